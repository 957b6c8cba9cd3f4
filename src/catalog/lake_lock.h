// One writer at a time: flock on the lake's lock file, which holds the pid of its owner.
#pragma once

#include <filesystem>
#include <functional>

namespace stedi {

class LakeLock {
 public:
  // Takes the lock. When another process holds it: throws Error(kLocked) naming its pid if `wait`
  // is false; otherwise calls `on_wait(pid)` once and waits until the lock is free, or throws
  // kCancelled once `is_cancelled()`. Throws kInvalid when the file is not one that a LakeLock
  // made.
  LakeLock(const std::filesystem::path& lock_file, bool wait,
           const std::function<void(int pid)>& on_wait, const std::function<bool()>& is_cancelled);
  ~LakeLock();
  LakeLock(const LakeLock&) = delete;
  LakeLock& operator=(const LakeLock&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace stedi
