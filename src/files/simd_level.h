// Which variants of the inner loops this machine can run. All variants give the same results.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace stedi {

enum class SimdLevel : uint8_t {
  kPortable,  // plain C++
  kAvx2,      // AVX2 and BMI
};

// The levels that this machine supports, kPortable first.
std::span<const SimdLevel> AvailableSimdLevels();

// Returns the fastest of them, or the one that the environment variable STEDI_SIMD names (portable,
// avx2) if the machine supports it. The variable is read only once.
SimdLevel DefaultSimdLevel();

std::string_view NameOf(SimdLevel level);

}  // namespace stedi
