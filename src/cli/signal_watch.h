// Handles Ctrl-C, SIGTERM and SIGHUP while a run or a query is under way. The first signal asks it
// to stop. The program exits at once on a second signal, or when StopPatience() has passed after
// the first. Either way the lake stays as it was last published.
#pragma once

#include <pthread.h>

#include <csignal>
#include <thread>

namespace stedi {

class SignalWatch {
 public:
  // Blocks the signals. REQUIRES: no other thread exists yet, since threads inherit this.
  SignalWatch();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  // The exit status of a program that a signal has stopped: 128 + the signal, so 130 for Ctrl-C and
  // 143 for SIGTERM. 0 when no signal has come.
  static int ExitStatus();

 private:
  void Watch();

  sigset_t signals_;
  std::thread thread_;
};

}  // namespace stedi
