#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "base/error.h"

namespace stedi {
namespace {

constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr mode_t kFileMode = 0600;
constexpr mode_t kFolderMode = 0700;

[[noreturn]] void ThrowSystemError(std::string_view verb, const std::string& path, int code) {
  const bool missing = code == ENOENT || code == ENOTDIR;
  throw Error(missing ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
              fmt::format("cannot {} {}: {}", verb, path, std::generic_category().message(code)));
}

FileStatus ToStatus(const struct stat& raw) {
  FileStatus status;
  status.size_bytes = static_cast<uint64_t>(raw.st_size);
  status.mtime_ns = int64_t{raw.st_mtim.tv_sec} * kNanosecondsPerSecond + raw.st_mtim.tv_nsec;
  status.is_regular = S_ISREG(raw.st_mode);
  status.is_folder = S_ISDIR(raw.st_mode);
  return status;
}

// Closes its file descriptor when it goes out of scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// Both functions return 0 or an errno value.
int WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

int WriteAndSync(int fd, std::string_view bytes) {
  const int failure = WriteAll(fd, bytes);
  if (failure != 0) return failure;
  return ::fsync(fd) == 0 ? 0 : errno;
}

void SyncPath(const std::filesystem::path& path, int flags) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (file.get() < 0) ThrowSystemError("open", path.string(), errno);
  if (::fsync(file.get()) != 0) ThrowSystemError("sync", path.string(), errno);
}

}  // namespace

std::optional<FileStatus> StatFile(const std::filesystem::path& path) {
  struct stat raw = {};
  if (::stat(path.c_str(), &raw) == 0) return ToStatus(raw);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  ThrowSystemError("look at", path.string(), errno);
}

std::string ReadWholeFile(const std::filesystem::path& path) { return ReadToEnd(InputFile(path)); }

std::string ReadToEnd(const ReadableFile& file) {
  std::string bytes;
  // The buffer has one byte more than the file had when it was opened: if the file has grown, the
  // buffer becomes full and reading goes on.
  bytes.resize(file.status().size_bytes + 1);
  size_t filled = 0;
  while (true) {
    const size_t count = file.ReadAt(filled, std::span(bytes).subspan(filled));
    filled += count;
    if (filled < bytes.size()) break;
    bytes.resize(bytes.size() * 2);
  }
  bytes.resize(filled);
  return bytes;
}

void WriteNewFile(const std::filesystem::path& path, std::string_view bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode));
  if (file.get() < 0) ThrowSystemError("create", path.string(), errno);
  const int failure = WriteAndSync(file.get(), bytes);
  if (failure == 0) return;
  ::unlink(path.c_str());
  ThrowSystemError("write", path.string(), failure);
}

void SyncFile(const std::filesystem::path& path) { SyncPath(path, 0); }

void SyncFolder(const std::filesystem::path& path) {
  SyncPath(path.empty() ? std::filesystem::path(".") : path, O_DIRECTORY);
}

void MakeFolders(const std::filesystem::path& path) {
  std::filesystem::path made;
  for (const std::filesystem::path& part : path) {
    made /= part;
    if (::mkdir(made.c_str(), kFolderMode) == 0) continue;
    const int failure = errno;
    const std::optional<FileStatus> there = StatFile(made);
    if (there && there->is_folder) continue;
    ThrowSystemError("create the folder", made.string(), failure);
  }
}

InputFile::InputFile(const std::filesystem::path& path)
    // Without O_NONBLOCK, opening a named pipe would wait for its writer.
    : path_(path.string()), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  if (fd_ < 0) ThrowSystemError("open", path_, errno);
  struct stat raw = {};
  const int failure = ::fstat(fd_, &raw) == 0 ? 0 : errno;
  status_ = ToStatus(raw);
  if (failure == 0 && status_.is_regular) return;
  ::close(fd_);
  if (failure != 0) ThrowSystemError("look at", path_, failure);
  throw Error(ErrorCode::kInvalid, fmt::format("{} is not a regular file", path_));
}

InputFile::~InputFile() { ::close(fd_); }

size_t InputFile::ReadAt(uint64_t offset, std::span<char> out) const {
  size_t filled = 0;
  while (filled < out.size()) {
    const ssize_t count =
        ::pread(fd_, out.data() + filled, out.size() - filled, static_cast<off_t>(offset + filled));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) ThrowSystemError("read", path_, errno);
    if (count == 0) break;
    filled += static_cast<size_t>(count);
  }
  return filled;
}

OutputFile::OutputFile(const std::filesystem::path& path) : path_(path.string()), fd_(-1) {
  // An existing file is not reused, because it could have wider permissions than kFileMode.
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) ThrowSystemError("replace", path_, errno);
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode);
  if (fd_ < 0) ThrowSystemError("create", path_, errno);
}

OutputFile::~OutputFile() { ::close(fd_); }

void OutputFile::Append(std::string_view bytes) {
  const int failure = WriteAll(fd_, bytes);
  if (failure != 0) ThrowSystemError("write", path_, failure);
  written_ += bytes.size();
}

void OutputFile::StartSync() {
#ifdef __linux__
  ::sync_file_range(fd_, static_cast<off64_t>(started_), static_cast<off64_t>(written_ - started_),
                    SYNC_FILE_RANGE_WRITE);
#endif
  started_ = written_;
}

}  // namespace stedi
