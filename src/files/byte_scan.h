// The inner loops over landing bytes, in SSE2, which every x86-64 processor has, in NEON, which
// every aarch64 processor has, and in a portable form for other machines. All forms give the same
// results.
#pragma once

#if defined(__SSE2__)
#include <emmintrin.h>
#define STEDI_SCANS_BLOCKS 1
#elif defined(__AARCH64EL__)
#include <arm_neon.h>
#define STEDI_SCANS_BLOCKS 1
#else
#define STEDI_SCANS_BLOCKS 0
#endif

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace stedi {

// The number of zero bytes that must be readable after the end of a padded buffer: the loops below
// read ahead, and a zero stops each of them.
inline constexpr size_t kScanPadBytes = 64;

#ifdef __AARCH64EL__
inline constexpr bool kHasNeon = true;
#else
inline constexpr bool kHasNeon = false;
#endif

inline bool IsJsonSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
inline bool IsDigit(char c) { return static_cast<uint8_t>(c - '0') < 10; }
inline bool IsControl(char c) { return static_cast<uint8_t>(c) < 0x20; }

struct StringScan {
  const char* stop = nullptr;  // first '"', '\\' or control byte
  bool non_ascii = false;      // a byte of 0x80 or more precedes `stop`
};

namespace detail {

inline bool StopsString(char c) { return c == '"' || c == '\\' || IsControl(c); }

// Continues the scan byte by byte while may_read(scan.stop) is true.
template <class MayRead>
inline StringScan ScanStringByBytes(StringScan scan, const MayRead& may_read) {
  for (; may_read(scan.stop) && !StopsString(*scan.stop); ++scan.stop) {
    scan.non_ascii |= static_cast<uint8_t>(*scan.stop) >= 0x80;
  }
  return scan;
}

#if STEDI_SCANS_BLOCKS
// In both masks the bits of the first of 16 bytes are the lowest ones.
#ifdef __SSE2__
struct StringMasks {
  static constexpr int kBitsPerByte = 1;
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
#else
struct StringMasks {
  static constexpr int kBitsPerByte = 4;
  uint64_t stops;
  uint64_t non_ascii;
};

// Returns four bits for each byte, which is 0 or 0xFF.
inline uint64_t NibbleEach(uint8x16_t bytes) {
  return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(bytes), 4)), 0);
}

inline StringMasks ClassifyStringBytes(const char* p) {
  const uint8x16_t bytes = vld1q_u8(reinterpret_cast<const uint8_t*>(p));
  const uint8x16_t quotes = vceqq_u8(bytes, vdupq_n_u8('"'));
  const uint8x16_t escapes = vceqq_u8(bytes, vdupq_n_u8('\\'));
  const uint8x16_t controls = vcltq_u8(bytes, vdupq_n_u8(0x20));
  const uint8x16_t high = vcgeq_u8(bytes, vdupq_n_u8(0x80));
  return {NibbleEach(vorrq_u8(vorrq_u8(quotes, escapes), controls)), NibbleEach(high)};
}
#endif

// Continues the scan in blocks of 16 bytes while may_read(scan.stop) says that there is another
// block. Returns whether a byte stopped the scan.
template <class MayRead>
inline bool ScanStringByBlocks(StringScan& scan, const MayRead& may_read) {
  for (; may_read(scan.stop); scan.stop += 16) {
    const StringMasks masks = ClassifyStringBytes(scan.stop);
    if (masks.stops != 0) {
      const auto before_stop = (masks.stops - 1U) & ~masks.stops;
      scan.non_ascii |= (masks.non_ascii & before_stop) != 0;
      scan.stop += std::countr_zero(masks.stops) / StringMasks::kBitsPerByte;
      return true;
    }
    scan.non_ascii |= masks.non_ascii != 0;
  }
  return false;
}
#endif

}  // namespace detail

// Scans the inside of a JSON string up to `end`. In the result, stop == end when no byte stops the
// scan.
inline StringScan ScanString(const char* p, const char* end) {
  StringScan scan{p, false};
#if STEDI_SCANS_BLOCKS
  const auto is_block = [end](const char* at) { return end - at >= 16; };
  if (detail::ScanStringByBlocks(scan, is_block)) return scan;
#endif
  return detail::ScanStringByBytes(scan, [end](const char* at) { return at < end; });
}

// The same in a padded buffer, where the zeros after its end stop the scan.
inline StringScan ScanPaddedString(const char* p) {
  StringScan scan{p, false};
  const auto always = [](const char*) { return true; };
#if STEDI_SCANS_BLOCKS
  detail::ScanStringByBlocks(scan, always);
  return scan;
#else
  return detail::ScanStringByBytes(scan, always);
#endif
}

// Copies `length` bytes, at most 12, to `out` and fills the rest of its 12 bytes with zeros.
// REQUIRES: 16 bytes are readable at `p`.
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
