#include "store/scratch_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>

#include "base/error.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

// A folder younger than this may have been created, but not yet locked.
constexpr std::chrono::minutes kFresh(1);

// Locks the folder. Returns -1 when another process uses it or when it cannot be opened.
int LockFolder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0 && ::flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  if (fd >= 0) ::close(fd);
  return -1;
}

// Removes the folders with this prefix that no process uses any more. Those that cannot be removed
// stay.
void RemoveAbandoned(const fs::path& parent, const std::string& prefix) {
  std::error_code ignored;
  fs::directory_iterator entry(parent, ignored);
  for (; entry != fs::directory_iterator(); entry.increment(ignored)) {
    if (ignored || !entry->path().filename().native().starts_with(prefix)) continue;
    const fs::file_time_type changed = entry->last_write_time(ignored);
    if (ignored || changed > fs::file_time_type::clock::now() - kFresh) continue;
    const int fd = LockFolder(entry->path());
    if (fd < 0) continue;
    fs::remove_all(entry->path(), ignored);
    ::close(fd);
  }
}

}  // namespace

ScratchFolder::ScratchFolder(std::string_view name) {
  const fs::path parent = fs::temp_directory_path();
  RemoveAbandoned(parent, fmt::format("{}-", name));
  std::string pattern = (parent / fmt::format("{}-XXXXXX", name)).string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw Error(
        ErrorCode::kUnavailable,
        fmt::format("{}: cannot make a folder for temporary files: {}; TMPDIR names another",
                    pattern, std::generic_category().message(errno)));
  }
  path_ = pattern;
  fd_ = LockFolder(path_);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;  // the next command removes what is left
  fs::remove_all(path_, ignored);
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace stedi
