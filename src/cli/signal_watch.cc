#include "cli/signal_watch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <ctime>

#include "cli/human_text.h"
#include "database/database.h"

namespace stedi {
namespace {

constexpr int kSignalStatus = 128;    // a shell gives a program that signal n ended status 128 + n
constexpr int kEndOfWatch = SIGUSR2;  // sent by the destructor

std::atomic<int>& Received() {
  static std::atomic<int> received{0};
  return received;
}

}  // namespace

SignalWatch::SignalWatch() : signals_() {
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, kEndOfWatch}) sigaddset(&signals_, signal);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  thread_ = std::thread([this] { Watch(); });
}

SignalWatch::~SignalWatch() {
  pthread_kill(thread_.native_handle(), kEndOfWatch);
  thread_.join();
}

int SignalWatch::ExitStatus() {
  const int signal = Received();
  return signal == 0 ? 0 : kSignalStatus + signal;
}

void SignalWatch::Watch() {
  int signal = sigwaitinfo(&signals_, nullptr);
  while (signal < 0) signal = sigwaitinfo(&signals_, nullptr);  // EINTR
  if (signal == kEndOfWatch) return;
  Received() = signal;
  Print(stderr, "stedi: stopping; once more exits at once\n");
  CancelStatements();
  constexpr int64_t kNanosecondsPerMillisecond = 1'000'000;
  const int64_t patience_ms = StopPatience().count();
  const timespec patience = {patience_ms / 1000, patience_ms % 1000 * kNanosecondsPerMillisecond};
  if (sigtimedwait(&signals_, nullptr, &patience) == kEndOfWatch) return;
  _exit(kSignalStatus + Received());
}

}  // namespace stedi
