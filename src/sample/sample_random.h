// Random bits by position: any thread can ask for the bits of any record, in any order.
#pragma once

#include <cstdint>

namespace stedi {

// Returns 64 well mixed bits (by the finalizer of SplitMix64) that depend only on the arguments.
constexpr uint64_t RandomBits(uint64_t seed, uint64_t stream, uint64_t index) {
  uint64_t bits =
      seed * 0x9E3779B97F4A7C15U + stream * 0xD1B54A32D192ED03U + (index + 1) * 0x8CB92BA72F3D8DD7U;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
  return bits ^ (bits >> 31);
}

// Returns a number below `limit`, made from the low 32 of `bits`.
constexpr uint32_t Below(uint64_t bits, uint32_t limit) {
  return static_cast<uint32_t>(((bits & 0xFFFFFFFFU) * limit) >> 32);
}

}  // namespace stedi
