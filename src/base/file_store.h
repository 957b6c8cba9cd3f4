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

// A file being written front to back. Without Finish what is there of it is of no use.
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
  // The folder and its parents, where the store has folders; and its new entries.
  virtual void MakeFolder(const std::filesystem::path& folder) const = 0;
  virtual void SettleFolder(const std::filesystem::path& folder) const = 0;
  // Where the store cannot remove, the file stays: nothing names it.
  virtual void Remove(const std::filesystem::path& path) const = 0;
  // Of one read, where many bytes are wanted; a multiple of 1 MiB.
  virtual uint64_t read_bytes() const = 0;
  // Of a data file, about.
  virtual uint64_t data_file_bytes() const = 0;
};

const FileStore& LocalFiles();

// s3://..: not a path of the operating system.
bool IsRemote(const std::filesystem::path& path);

// `path` absolute and without "." and ".."; a remote one without "/" at its end.
std::filesystem::path AbsoluteLocation(const std::filesystem::path& path);

}  // namespace stedi
