// The time of day.
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

}  // namespace stedi
