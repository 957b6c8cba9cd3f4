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

// Throws kNotFound or kUnavailable, naming the file and the system's reason.
std::string ReadWholeFile(const std::filesystem::path& path);

// Creates `path` (which must not exist), writes and fsyncs it. Throws kUnavailable on ENOSPC, EIO
// and the like; the half-written file is removed where possible.
void WriteNewFile(const std::filesystem::path& path, std::string_view bytes);

// fsync of a file that somebody else (DuckDB) wrote, and of a folder that has new entries.
void SyncFile(const std::filesystem::path& path);
void SyncFolder(const std::filesystem::path& path);

// Creates the folder and its parents, 0700 each. Existing folders keep their mode.
void MakeFolders(const std::filesystem::path& path);

// A file open for positional reads, wherever it is; safe to share between threads.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  // Reads up to `out.size()` bytes at `offset`; fewer only at the end of the file. Throws
  // kUnavailable.
  virtual size_t ReadAt(uint64_t offset, std::span<char> out) const = 0;
  virtual const FileStatus& status() const = 0;  // as it was at opening
};

// Reads the whole file, including what is appended to it meanwhile. Throws kUnavailable.
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

// A file being written front to back, for this process alone; not synced.
class OutputFile {
 public:
  // Creates `path`, replacing what is there. Throws kNotFound or kUnavailable.
  explicit OutputFile(const std::filesystem::path& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Throws kUnavailable on ENOSPC, EIO and the like.
  void Append(std::string_view bytes);
  // Asks the disk to begin writing what was appended, so that a later sync has less to wait for. It
  // is only a hint, and cannot fail.
  void StartSync();
  // Bytes that, as far as is known, nothing has sent to the disk yet.
  uint64_t waiting_bytes() const { return written_ - started_; }

 private:
  std::string path_;
  int fd_;
  uint64_t written_ = 0;
  uint64_t started_ = 0;
};

}  // namespace stedi
