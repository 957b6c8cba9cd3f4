#include "catalog/lake_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/file.h"

namespace stedi {
namespace {

constexpr auto kPollInterval = std::chrono::milliseconds(100);
constexpr size_t kPidTextMax = 20;

[[noreturn]] void FailOn(const std::string& path, int error) {
  throw Error(ErrorCode::kUnavailable, fmt::format("{}: cannot lock the lake: {}", path,
                                                   std::generic_category().message(error)));
}

// Returns true when this process has the lock now, false when another one holds it.
bool TryLock(int fd, const std::string& path) {
  while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) FailOn(path, errno);
  }
  return true;
}

// Throws kInvalid unless the open file is one that a LakeLock made: a regular file without other
// links that contains at most a pid. Locking empties the file, so anything else must be left alone.
void CheckIsLockFile(int fd, const std::string& path) {
  struct stat status = {};
  if (fstat(fd, &status) != 0) FailOn(path, errno);
  bool is_ours = S_ISREG(status.st_mode) && status.st_nlink <= 1 &&
                 status.st_size <= static_cast<off_t>(kPidTextMax);
  if (is_ours) {
    char text[kPidTextMax];
    const ssize_t length = pread(fd, text, sizeof text, 0);
    is_ours = length >= 0 && std::all_of(text, text + length, [](char c) {
                return (c >= '0' && c <= '9') || c == '\n';
              });
  }
  if (is_ours) return;
  throw Error(
      ErrorCode::kInvalid,
      fmt::format("{} is not a lock file of stedi's: move it away, or name another lake", path));
}

// Returns 0 when the holder has not written its pid yet.
int ReadPid(int fd) {
  char text[kPidTextMax];
  const ssize_t length = pread(fd, text, sizeof text, 0);
  int pid = 0;
  if (length > 0) std::from_chars(text, text + length, pid);
  return pid;
}

void WritePid(int fd, const std::string& path) {
  const std::string text = fmt::format("{}\n", getpid());
  if (ftruncate(fd, 0) != 0 || pwrite(fd, text.data(), text.size(), 0) < 0) FailOn(path, errno);
}

// Closes the descriptor unless release() is called.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

}  // namespace

LakeLock::LakeLock(const std::filesystem::path& lock_file, bool wait,
                   const std::function<void(int pid)>& on_wait,
                   const std::function<bool()>& is_cancelled) {
  MakeFolders(lock_file.parent_path());
  const std::string path = lock_file.string();
  // O_NONBLOCK: opening a named pipe could wait otherwise.
  FileDescriptor fd(
      open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  if (fd.get() < 0 && (errno == ELOOP || errno == EISDIR)) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("{} is a {}, not a lock file of stedi's: move it away, or name another "
                            "lake",
                            path, errno == ELOOP ? "link" : "folder"));
  }
  if (fd.get() < 0) FailOn(path, errno);
  CheckIsLockFile(fd.get(), path);
  bool has_told = false;
  while (!TryLock(fd.get(), path)) {
    const int pid = ReadPid(fd.get());
    if (!wait) {
      const std::string holder = pid > 0 ? fmt::format("process {}", pid) : "another process";
      throw Error(ErrorCode::kLocked,
                  fmt::format("the lake is being written by {}: wait for it, or run without "
                              "--no-wait",
                              holder));
    }
    if (!std::exchange(has_told, true) && on_wait) on_wait(pid);
    if (is_cancelled && is_cancelled()) {
      throw Error(ErrorCode::kCancelled, "cancelled while waiting for the lake");
    }
    std::this_thread::sleep_for(kPollInterval);
  }
  WritePid(fd.get(), path);
  fd_ = fd.release();
}

LakeLock::~LakeLock() {
  // The file is emptied but stays: if it were removed, a waiting process could lock a file that no
  // other process sees.
  [[maybe_unused]] const int truncated = ftruncate(fd_, 0);
  close(fd_);
}

}  // namespace stedi
