// The wall-clock time, and the time that has elapsed.
#pragma once

#include <chrono>
#include <cstdint>

namespace stedi {

// Milliseconds since 1970, UTC.
inline int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

inline double SecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace stedi
