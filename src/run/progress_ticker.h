// Calls a function several times a second while a long statement runs on another thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace stedi {

class ProgressTicker {
 public:
  explicit ProgressTicker(std::function<void()> tick);
  ~ProgressTicker();  // joins: no call comes after it
  ProgressTicker(const ProgressTicker&) = delete;
  ProgressTicker& operator=(const ProgressTicker&) = delete;

 private:
  std::function<void()> tick_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace stedi
