// The inner loops over landing bytes: SSE2, which every x86-64 has, with a portable form for other
// machines. Both forms give the same results.
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace stedi {

// Zero bytes that must be readable after the end of a padded buffer: the loops below read ahead,
// and a zero stops each of them.
inline constexpr size_t kScanPadBytes = 64;

inline bool IsJsonSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
inline bool IsDigit(char c) { return static_cast<uint8_t>(c - '0') < 10; }
inline bool IsControl(char c) { return static_cast<uint8_t>(c) < 0x20; }

struct StringScan {
  const char* stop = nullptr;  // first '"', '\\' or control byte
  bool non_ascii = false;      // a byte of 0x80 or more stands before it
};

namespace detail {

inline bool StopsString(char c) { return c == '"' || c == '\\' || IsControl(c); }

inline StringScan ScanStringByBytes(const char* p, const char* end, bool non_ascii) {
  StringScan scan{p, non_ascii};
  while (scan.stop < end && !StopsString(*scan.stop)) {
    scan.non_ascii |= static_cast<uint8_t>(*scan.stop) >= 0x80;
    ++scan.stop;
  }
  return scan;
}

#ifdef __SSE2__
struct StringMasks {
  uint32_t stops;
  uint32_t non_ascii;
};

inline StringMasks ClassifyStringBytes(const char* p) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i escapes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  const __m128i stops = _mm_or_si128(_mm_or_si128(quotes, escapes), controls);
  return {static_cast<uint32_t>(_mm_movemask_epi8(stops)),
          static_cast<uint32_t>(_mm_movemask_epi8(bytes))};
}
#endif

}  // namespace detail

// Looks through the inside of a string up to `end`; stop == end when nothing stops it.
inline StringScan ScanString(const char* p, const char* end) {
  bool non_ascii = false;
#ifdef __SSE2__
  for (; end - p >= 16; p += 16) {
    const detail::StringMasks masks = detail::ClassifyStringBytes(p);
    if (masks.stops != 0) {
      const auto before = static_cast<uint32_t>(__builtin_ctz(masks.stops));
      non_ascii |= (masks.non_ascii & ((1U << before) - 1U)) != 0;
      return {p + before, non_ascii};
    }
    non_ascii |= masks.non_ascii != 0;
  }
#endif
  return detail::ScanStringByBytes(p, end, non_ascii);
}

// The same in a padded buffer, whose zeros stop it.
inline StringScan ScanPaddedString(const char* p) {
#ifdef __SSE2__
  bool non_ascii = false;
  for (;; p += 16) {
    const detail::StringMasks masks = detail::ClassifyStringBytes(p);
    if (masks.stops != 0) {
      const auto before = static_cast<uint32_t>(__builtin_ctz(masks.stops));
      non_ascii |= (masks.non_ascii & ((1U << before) - 1U)) != 0;
      return {p + before, non_ascii};
    }
    non_ascii |= masks.non_ascii != 0;
  }
#else
  StringScan scan{p, false};
  for (; !detail::StopsString(*scan.stop); ++scan.stop) {
    scan.non_ascii |= static_cast<uint8_t>(*scan.stop) >= 0x80;
  }
  return scan;
#endif
}

inline constexpr size_t kLiteralBytesMax = 64;

// Whether the first `length` bytes of two places are equal; at both, kLiteralBytesMax are readable.
inline bool EqualLiteral(const char* p, const char* literal, size_t length) {
#ifdef __SSE2__
  for (size_t at = 0;; at += 16) {
    const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + at));
    const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(literal + at));
    const auto differ = static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(a, b))) ^ 0xFFFFU;
    if (length - at <= 16) return (differ & ((1U << (length - at)) - 1U)) == 0;
    if (differ != 0) return false;
  }
#else
  return std::memcmp(p, literal, length) == 0;
#endif
}

// Copies up to 12 bytes to `out`, with zeros after them. At `p`, 16 bytes are readable.
inline void CopyShortPadded(const char* p, size_t length, char* out) {
#ifdef __SSE2__
  const __m128i index = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m128i keep = _mm_cmplt_epi8(index, _mm_set1_epi8(static_cast<char>(length)));
  const __m128i bytes = _mm_and_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)), keep);
  std::memcpy(out, &bytes, 12);
#else
  std::memset(out, 0, 12);
  std::memcpy(out, p, length);
#endif
}

}  // namespace stedi
