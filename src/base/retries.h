// Repeats operations that fail temporarily, as network requests do.
#pragma once

#include <fmt/format.h>

#include <chrono>

#include "base/error.h"

namespace stedi {

struct RetryLimits {
  int attempts = 3;  // including the first one
  std::chrono::milliseconds first_wait{200};
  int wait_factor = 3;  // each wait is this many times as long as the one before
};

// Calls `function` up to limits.attempts times and returns its first result. Only kUnavailable is
// retried; the error of the last attempt is thrown with the number of attempts in its message.
// `wait(milliseconds)` sleeps between attempts, and throws when the program must stop.
template <class Function, class Wait>
auto WithRetries(const RetryLimits& limits, const Wait& wait, const Function& function) {
  std::chrono::milliseconds pause = limits.first_wait;
  for (int attempt = 1;; ++attempt) {
    try {
      return function();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUnavailable) throw;
      if (attempt == limits.attempts) {
        throw Error(error.code(), fmt::format("{} ({} attempts)", error.what(), limits.attempts));
      }
    }
    wait(pause);
    pause *= limits.wait_factor;
  }
}

}  // namespace stedi
