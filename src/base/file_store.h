// The file seam: landing files and the files of a lake are on a disk or in an object store, and
// what reads or writes them does not know which. This is the disk; store/s3_files.h is the other.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"

namespace stedi {

// A file being written front to back. Until Finish returns, what is stored of it is of no use.
class NewFile {
 public:
  virtual ~NewFile() = default;
  virtual void Append(std::string_view bytes) = 0;
  // Returns when all of it is stored for good.
  virtual void Finish() = 0;
};

// Any thread may call it. Throws kNotFound, kInvalid or kUnavailable, naming the file.
class FileStore {
 public:
  virtual ~FileStore() = default;

  virtual std::unique_ptr<const ReadableFile> Open(const std::filesystem::path& path) const = 0;
  virtual std::optional<FileStatus> Stat(const std::filesystem::path& path) const = 0;
  // Returns when all of it is stored for good.
  virtual void WriteNew(const std::filesystem::path& path, std::string_view bytes) const = 0;
  // One thread at a time. The store outlives it.
  virtual std::unique_ptr<NewFile> Create(const std::filesystem::path& path) const = 0;
  // Makes sure that a file of `size_bytes` that somebody else (DuckDB) wrote is stored for good.
  virtual void Settle(const std::filesystem::path& path, uint64_t size_bytes) const = 0;
  // Creates the folder and its parents, where the store has folders.
  virtual void MakeFolder(const std::filesystem::path& folder) const = 0;
  // Makes sure that the new entries of the folder are stored for good.
  virtual void SettleFolder(const std::filesystem::path& folder) const = 0;
  // A store that cannot remove leaves the file: nothing names it.
  virtual void Remove(const std::filesystem::path& path) const = 0;
  // The size of one read where many bytes are wanted; a multiple of 1 MiB.
  virtual uint64_t read_bytes() const = 0;
  // About how large a data file should become.
  virtual uint64_t data_file_bytes() const = 0;
};

const FileStore& LocalFiles();

// Whether `path` is s3://.., not a path of the operating system.
bool IsRemote(const std::filesystem::path& path);

// Makes `path` absolute and free of "." and ".."; a remote path loses a "/" at its end.
std::filesystem::path AbsoluteLocation(const std::filesystem::path& path);

}  // namespace stedi
