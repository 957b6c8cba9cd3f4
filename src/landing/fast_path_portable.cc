// The fast path in plain C++, eight bytes at a time where the machine is little endian. It takes
// from byte_scan.h what that has in NEON.
#include <bit>

#include "landing/fast_path_loop.h"
#include "landing/number_scan.h"

namespace stedi {
namespace {

constexpr uint64_t kEachByte = 0x0101010101010101U;
constexpr uint64_t kHighBits = 0x80 * kEachByte;

// Sets the high bit of each byte that is zero. Bytes above the lowest zero byte may have it set,
// too.
uint64_t ZeroBytes(uint64_t word) { return (word - kEachByte) & ~word & kHighBits; }

struct PortableOps {
  static bool Equals(const char* p, const KeyStep& step) {
    for (size_t at = 0; at < step.length; at += 8) {
      const uint64_t differ =
          detail::LoadEightBytes(p + at) ^ detail::LoadEightBytes(step.bytes.data() + at);
      if ((differ & detail::LoadEightBytes(step.mask.data() + at)) != 0) return false;
    }
    return true;
  }

  static StringScan ScanString(const char* p) {
    if constexpr (kHasNeon) return ScanPaddedString(p);
    if constexpr (std::endian::native != std::endian::little) return ScanBytes(p, false);
    bool non_ascii = false;
    for (;; p += 8) {
      const uint64_t word = detail::LoadEightBytes(p);
      const uint64_t controls = (word - 0x20 * kEachByte) & ~word & kHighBits;
      const uint64_t stops =
          ZeroBytes(word ^ '"' * kEachByte) | ZeroBytes(word ^ '\\' * kEachByte) | controls;
      if (stops != 0) {
        const auto before = static_cast<unsigned>(__builtin_ctzll(stops)) / 8;
        const uint64_t passed = (uint64_t{1} << (8 * before)) - 1;
        return {p + before, non_ascii || (word & passed & kHighBits) != 0};
      }
      non_ascii |= (word & kHighBits) != 0;
    }
  }

  static StringCell MakeCell(const char* p, size_t length) { return MakeStringCell(p, length); }
  static const char* ReadInteger(const char* p, int64_t& out) { return ScanShortInteger(p, out); }
  static const char* ReadDouble(const char* p, double& out) { return ScanShortDouble(p, out); }

 private:
  static StringScan ScanBytes(const char* p, bool non_ascii) {
    for (; !detail::StopsString(*p); ++p) non_ascii |= static_cast<uint8_t>(*p) >= 0x80;
    return {p, non_ascii};
  }
};

}  // namespace

const char* RunFastPathPortable(const FastJob& job) { return FastLoop<PortableOps>(job).Run(); }

}  // namespace stedi
