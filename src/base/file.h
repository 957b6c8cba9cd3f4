// Local files: every byte that stedi itself (not DuckDB, not SQLite) reads from or writes to a disk
// goes through here. New files are 0600, new folders 0700.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stedi {

struct FileStatus {
  uint64_t size_bytes = 0;
  int64_t mtime_ns = 0;  // since 1970, UTC
  bool is_regular = false;
  bool is_folder = false;
};

// Returns nothing when `path` does not exist; throws kUnavailable on any other failure.
std::optional<FileStatus> StatFile(const std::filesystem::path& path);

// Throws kNotFound, kUnavailable, or kInvalid when it is not a regular file. The message contains
// the path and the system's reason.
std::string ReadWholeFile(const std::filesystem::path& path);

// Creates `path`, which must not exist, writes `bytes` to it and fsyncs it. Throws kNotFound when
// the parent folder is missing, otherwise kUnavailable (ENOSPC, EIO and the like). After a failed
// write the partly written file is removed where possible.
void WriteNewFile(const std::filesystem::path& path, std::string_view bytes);

// Call fsync on a file that another writer (DuckDB) wrote, and on a folder that has new entries.
// Both throw kNotFound or kUnavailable.
void SyncFile(const std::filesystem::path& path);
void SyncFolder(const std::filesystem::path& path);

// Creates the folder and its missing parents, each with mode 0700. Existing folders keep their
// mode. Throws kNotFound or kUnavailable.
void MakeFolders(const std::filesystem::path& path);

// A file that is open for positional reads, on a disk or in an object store. It is safe to share
// between threads.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  // Reads up to `out.size()` bytes at `offset` and returns how many they are: fewer only at the end
  // of the file. Throws kUnavailable.
  virtual size_t ReadAt(uint64_t offset, std::span<char> out) const = 0;
  virtual const FileStatus& status() const = 0;  // as it was when the file was opened
};

// Reads the whole file, including bytes that are appended to it during the call. Throws as ReadAt()
// does.
std::string ReadToEnd(const ReadableFile& file);

class InputFile final : public ReadableFile {
 public:
  // Throws kNotFound or kUnavailable; kInvalid when it is not a regular file.
  explicit InputFile(const std::filesystem::path& path);
  ~InputFile() override;
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  size_t ReadAt(uint64_t offset, std::span<char> out) const override;
  const FileStatus& status() const override { return status_; }

 private:
  std::string path_;
  int fd_;
  FileStatus status_;
};

// A new file that is written sequentially. This class does not fsync it.
class OutputFile {
 public:
  // Creates `path`. A file that exists there is removed first. Throws kNotFound or kUnavailable.
  explicit OutputFile(const std::filesystem::path& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Throws kUnavailable on ENOSPC, EIO and the like.
  void Append(std::string_view bytes);
  // Asks the kernel to start writing the appended bytes to the disk, so that a later fsync has less
  // to wait for. This is only a hint: it reports no failure.
  void StartSync();
  // The number of bytes that were appended since the last StartSync().
  uint64_t waiting_bytes() const { return written_ - started_; }

 private:
  std::string path_;
  int fd_;
  uint64_t written_ = 0;
  uint64_t started_ = 0;
};

}  // namespace stedi
