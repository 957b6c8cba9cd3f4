// Allows one writer at a time: flock on the lake's lock file, which holds the pid of its owner.
#pragma once

#include <filesystem>
#include <functional>

namespace stedi {

class LakeLock {
 public:
  // Takes the lock. When another process holds it: if `wait` is false, throws Error(kLocked) that
  // names its pid; otherwise calls `on_wait(pid)` once (pid 0: not known) and waits until the lock
  // is free, or throws kCancelled once `is_cancelled()` returns true. Both functions may be empty.
  // Throws kInvalid when the file is not one that a LakeLock made, and kUnavailable when it cannot
  // be opened or locked.
  LakeLock(const std::filesystem::path& lock_file, bool wait,
           const std::function<void(int pid)>& on_wait, const std::function<bool()>& is_cancelled);
  ~LakeLock();
  LakeLock(const LakeLock&) = delete;
  LakeLock& operator=(const LakeLock&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace stedi
