// Reads numbers and makes cells without a branch on their length, for fast_path_avx2.cc.
#pragma once

#include <immintrin.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "landing/row_block.h"

namespace stedi {

// The 16 entries from index i on are a shuffle that moves the first i of 16 bytes to the end. A
// negative entry gives a zero byte.
inline constexpr std::array<int8_t, 32> kMoveToEnd = {
    -16, -15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1,
    0,   1,   2,   3,   4,   5,   6,   7,  8,  9,  10, 11, 12, 13, 14, 15};
// The entries from index 12 - i on are a mask that keeps the first i of 16 bytes; i is at most 12.
inline constexpr std::array<uint8_t, 32> kKeepFirst = {
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0, 0, 0, 0};
inline constexpr std::array<double, 16> kPowersOfTen = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

struct X86Values {
  // Returns the value of 16 digits, each of which is a byte of 0 to 9.
  [[gnu::always_inline]] static uint64_t SixteenDigits(__m128i digits) {
    const __m128i pairs = _mm_maddubs_epi16(
        digits, _mm_setr_epi8(10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1));
    const __m128i fours = _mm_madd_epi16(pairs, _mm_setr_epi16(100, 1, 100, 1, 100, 1, 100, 1));
    const __m128i packed = _mm_packus_epi32(fours, fours);
    const __m128i eights =
        _mm_madd_epi16(packed, _mm_setr_epi16(10000, 1, 10000, 1, 10000, 1, 10000, 1));
    const auto both = static_cast<uint64_t>(_mm_cvtsi128_si64(eights));
    return (both & 0xFFFFFFFFU) * 100'000'000U + (both >> 32U);
  }

  [[gnu::always_inline]] static __m128i MoveToEnd(uint32_t count) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(kMoveToEnd.data() + count));
  }

  [[gnu::always_inline]] static uint32_t BitEach(__m128i bytes) {
    return static_cast<uint32_t>(_mm_movemask_epi8(bytes));
  }

  // The next value cannot be read before the end of this one is known. Therefore, in both functions
  // below, few steps lead from the bytes to the end, and the value is computed independently of
  // them.

  // Reads an integer of at most 15 digits that no '.' or exponent follows. Returns one past it, or
  // nullptr.
  [[gnu::always_inline]] static const char* ReadInteger(const char* p, int64_t& out) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    const __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
    const uint32_t negative = *p == '-' ? 1 : 0;
    const auto end =
        static_cast<uint32_t>(__builtin_ctz((~BitEach(is_digit) & ~negative) | 0x10000U));
    const uint32_t count = end - negative;
    const char after = p[end];
    if (count - 1 > 14 || after == '.' || (after | 0x20) == 'e') return nullptr;
    if (p[negative] == '0' && count > 1) return nullptr;
    const __m128i digits = _mm_and_si128(values, is_digit);
    const uint64_t value = SixteenDigits(_mm_shuffle_epi8(digits, MoveToEnd(end)));
    out = static_cast<int64_t>((value ^ (0 - uint64_t{negative})) + negative);
    return p + end;
  }

  // Reads a number of at most 15 bytes, with or without a fraction, that no exponent follows: one
  // division then gives the nearest double. Returns one past it, or nullptr.
  [[gnu::always_inline]] static const char* ReadDouble(const char* p, double& out) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // The characters "-./0123456789" are adjacent in ASCII.
    const __m128i from_minus = _mm_sub_epi8(bytes, _mm_set1_epi8('-'));
    const __m128i is_part =
        _mm_cmpeq_epi8(_mm_min_epu8(from_minus, _mm_set1_epi8('9' - '-')), from_minus);
    const auto end = static_cast<uint32_t>(__builtin_ctz(~BitEach(is_part)));
    const __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    const __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
    const uint32_t negative = *p == '-' ? 1 : 0;
    const uint32_t taken = (1U << end) - 1;
    const uint32_t points = BitEach(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('.'))) & taken;
    const auto whole = static_cast<uint32_t>(__builtin_ctz(points | (taken + 1)));
    const uint32_t has_point = points != 0 ? 1 : 0;
    if (end > 15 || whole <= negative || (points & (points - 1)) != 0) return nullptr;
    if ((~BitEach(is_digit) & taken) != (points | negative)) return nullptr;
    if (whole + has_point == end && has_point != 0) return nullptr;
    if (whole - negative > 1 && p[negative] == '0') return nullptr;
    if ((p[end] | 0x20) == 'e') return nullptr;
    const uint32_t fraction = (end - whole - 1) & (0 - has_point);
    // The digits before the point move one byte further to the right, over the point.
    const __m128i move = MoveToEnd(end);
    const auto before = static_cast<char>((whole + 1) & (0 - has_point));
    const __m128i over = _mm_add_epi8(move, _mm_cmpgt_epi8(_mm_set1_epi8(before), move));
    const __m128i digits = _mm_and_si128(values, is_digit);
    const auto mantissa =
        static_cast<double>(static_cast<int64_t>(SixteenDigits(_mm_shuffle_epi8(digits, over))));
    const double magnitude = mantissa / kPowersOfTen[fraction];
    // The sign is set as a bit: a branch on it is mispredicted half of the time.
    out = std::bit_cast<double>(std::bit_cast<uint64_t>(magnitude) | uint64_t{negative} << 63U);
    return p + end;
  }

  [[gnu::always_inline]] static StringCell MakeCell(const char* p, size_t length) {
    const bool is_short = length <= 12;
    const size_t kept = is_short ? length : 12;
    const __m128i keep =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(kKeepFirst.data() + 12 - kept));
    const __m128i bytes = _mm_and_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)), keep);
    const auto prefix = static_cast<uint32_t>(_mm_cvtsi128_si32(bytes));
    const auto rest = static_cast<uint64_t>(_mm_cvtsi128_si64(_mm_srli_si128(bytes, 4)));
    const auto pointer = reinterpret_cast<uint64_t>(p);
    const uint64_t second = is_short ? rest : pointer;
    StringCell cell;
    cell.length = static_cast<uint32_t>(length);
    std::memcpy(cell.prefix, &prefix, sizeof(prefix));
    std::memcpy(&cell.rest, &second, sizeof(second));
    return cell;
  }
};

}  // namespace stedi
