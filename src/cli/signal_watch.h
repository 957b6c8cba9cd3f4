// Ctrl-C and SIGTERM while a run or a query is under way: the first asks it to stop, the second, or
// StopPatience() without an end, exits at once. Either way a lake stays as it was published last.
#pragma once

#include <pthread.h>

#include <csignal>
#include <thread>

namespace stedi {

class SignalWatch {
 public:
  // Make it before any other thread: those inherit that these signals are blocked.
  SignalWatch();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  // The exit status of what a signal has stopped: 130 or 143; 0 when none has come.
  static int ExitStatus();

 private:
  void Watch();

  sigset_t signals_;
  std::thread thread_;
};

}  // namespace stedi
