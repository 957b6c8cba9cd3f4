// Reads numbers of the most common kind: short, without an exponent, and exact. All others are left
// to coercion.h. All functions read a padded buffer.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "files/byte_scan.h"

namespace stedi {

namespace detail {

inline uint64_t LoadEightBytes(const char* p) {
  uint64_t word = 0;
  std::memcpy(&word, p, sizeof(word));
  return word;
}

inline bool AreEightDigits(uint64_t word) {
  constexpr uint64_t kHighNibbles = 0xF0F0F0F0F0F0F0F0U;
  // Adding 6 carries a low nibble above 9 into the high one.
  return ((word & kHighNibbles) | (((word + 0x0606060606060606U) & kHighNibbles) >> 4U)) ==
         0x3333333333333333U;
}

// The value of eight ASCII digits, the first one in the lowest byte: adds up pairs, then fours,
// then all of them.
inline uint64_t ParseEightDigits(uint64_t word) {
  word -= 0x3030303030303030U;
  word = word * 10 + (word >> 8U);
  constexpr uint64_t kPairs = 0x000000FF000000FFU;
  constexpr uint64_t kFirstWeights = 100 + (uint64_t{1'000'000} << 32U);
  constexpr uint64_t kSecondWeights = 1 + (uint64_t{10'000} << 32U);
  return (((word & kPairs) * kFirstWeights + ((word >> 16U) & kPairs) * kSecondWeights) >> 32U) &
         0xFFFFFFFFU;
}

}  // namespace detail

// Appends the digits at `p` to `value`, which may overflow if it then has more than 19. Returns one
// past them.
inline const char* AppendDigits(const char* p, uint64_t& value) {
  if constexpr (std::endian::native == std::endian::little) {
    for (uint64_t word = detail::LoadEightBytes(p); detail::AreEightDigits(word);
         word = detail::LoadEightBytes(p)) {
      value = value * 100'000'000 + detail::ParseEightDigits(word);
      p += 8;
    }
  }
  for (; IsDigit(*p); ++p) value = value * 10 + static_cast<uint64_t>(*p - '0');
  return p;
}

// Reads a JSON integer of at most 18 digits that no '.' or exponent follows. Returns one past it,
// or nullptr.
inline const char* ScanShortInteger(const char* p, int64_t& out) {
  const bool negative = *p == '-';
  const char* const digits = p + (negative ? 1 : 0);
  uint64_t value = 0;
  const char* const end = AppendDigits(digits, value);
  const auto count = end - digits;
  if (count == 0 || count > 18 || (*digits == '0' && count > 1)) return nullptr;
  if (*end == '.' || *end == 'e' || *end == 'E') return nullptr;
  out = negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
  return end;
}

// Reads a JSON number without an exponent, of at most 18 digits that make an integer up to 2^53:
// one division then gives the nearest double. Returns one past it, or nullptr.
inline const char* ScanShortDouble(const char* p, double& out) {
  static constexpr std::array<double, 19> kPowersOfTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,
                                                          1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13,
                                                          1e14, 1e15, 1e16, 1e17, 1e18};
  constexpr uint64_t kExactMax = uint64_t{1} << 53U;
  const uint64_t negative = *p == '-' ? 1 : 0;
  const char* const digits = p + negative;
  if (!IsDigit(*digits)) return nullptr;
  uint64_t value = static_cast<uint64_t>(*digits - '0');
  const char* end = digits + 1;
  if (IsDigit(*end)) {
    if (*digits == '0') return nullptr;
    end = AppendDigits(end, value);
  }
  auto count = end - digits;
  size_t fraction = 0;
  if (*end == '.') {
    const char* const begin = end + 1;
    if (!IsDigit(*begin)) return nullptr;
    value = value * 10 + static_cast<uint64_t>(*begin - '0');
    end = IsDigit(begin[1]) ? AppendDigits(begin + 1, value) : begin + 1;
    fraction = static_cast<size_t>(end - begin);
    count += end - begin;
  }
  // More than 18 digits may have overflowed the value.
  if (count > 18 || value > kExactMax || *end == 'e' || *end == 'E') return nullptr;
  const double magnitude = static_cast<double>(value) / kPowersOfTen[fraction];
  // The sign is set as a bit: a branch on it is mispredicted half of the time.
  out = std::bit_cast<double>(std::bit_cast<uint64_t>(magnitude) | negative << 63U);
  return end;
}

}  // namespace stedi
