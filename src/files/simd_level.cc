#include "files/simd_level.h"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>

namespace stedi {
namespace {

constexpr std::array kLevels = {SimdLevel::kPortable, SimdLevel::kAvx2};

size_t CountLevels() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") ? 2 : 1;
#else
  return 1;
#endif
}

SimdLevel ChooseLevel() {
  const std::span<const SimdLevel> available = AvailableSimdLevels();
  const char* const wanted = std::getenv("STEDI_SIMD");
  for (const SimdLevel level : available) {
    if (wanted != nullptr && NameOf(level) == wanted) return level;
  }
  return available.back();
}

}  // namespace

std::span<const SimdLevel> AvailableSimdLevels() {
  static const size_t count = CountLevels();
  return std::span(kLevels).first(count);
}

SimdLevel DefaultSimdLevel() {
  static const SimdLevel level = ChooseLevel();
  return level;
}

std::string_view NameOf(SimdLevel level) {
  switch (level) {
    case SimdLevel::kPortable:
      return "portable";
    case SimdLevel::kAvx2:
      return "avx2";
  }
  return "";
}

}  // namespace stedi
