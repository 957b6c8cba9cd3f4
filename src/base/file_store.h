// Access to landing files and to the files of a lake, which are on a disk or in an object store:
// code that reads or writes them does not know which. The disk is implemented here, S3 in
// store/s3_files.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"

namespace stedi {

// A file that is written sequentially, by one thread at a time. It must not be used by others
// before Finish() has returned.
class NewFile {
 public:
  virtual ~NewFile() = default;
  virtual void Append(std::string_view bytes) = 0;
  // Returns when the whole file is stored durably.
  virtual void Finish() = 0;
};

// Any thread may call these functions. They throw kNotFound, kInvalid or
// kUnavailable; the message contains the path.
class FileStore {
 public:
  virtual ~FileStore() = default;

  virtual std::unique_ptr<const ReadableFile> Open(const std::filesystem::path& path) const = 0;
  virtual std::optional<FileStatus> Stat(const std::filesystem::path& path) const = 0;
  // Returns when all of `bytes` are stored durably.
  virtual void WriteNew(const std::filesystem::path& path, std::string_view bytes) const = 0;
  // Creates `path`, replacing what is there. The store must outlive the result, which one thread at
  // a time may use.
  virtual std::unique_ptr<NewFile> Create(const std::filesystem::path& path) const = 0;
  // Makes sure that a file that another writer (DuckDB) wrote is stored durably. Throws when it is
  // missing or does not have `size_bytes` bytes.
  virtual void ConfirmDurable(const std::filesystem::path& path, uint64_t size_bytes) const = 0;
  // Creates the folder and its parents, where the store has folders.
  virtual void MakeFolder(const std::filesystem::path& folder) const = 0;
  // Makes sure that the new entries of the folder are stored durably.
  virtual void ConfirmFolderDurable(const std::filesystem::path& folder) const = 0;
  // Removes the file. A store that cannot remove files leaves it, which is harmless because nothing
  // refers to it.
  virtual void Remove(const std::filesystem::path& path) const = 0;
  // How many bytes to request per read when many bytes are read; a multiple of 1 MiB.
  virtual uint64_t read_bytes() const = 0;
  // The target size of a data file: a writer begins another file when it is reached.
  virtual uint64_t data_file_bytes() const = 0;
};

const FileStore& LocalFiles();

// Whether `path` is a URL such as s3://bucket/key (it contains "://"), and not a path of the
// operating system.
bool IsRemote(const std::filesystem::path& path);

// Returns `path` as an absolute path without "." and "..". If `path` is remote, only each '/' at
// its end is removed.
std::filesystem::path AbsoluteLocation(const std::filesystem::path& path);

}  // namespace stedi
