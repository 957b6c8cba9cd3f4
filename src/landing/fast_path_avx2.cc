// The fast path with AVX2 and BMI.
#include <immintrin.h>

#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "files/simd_target.h"
#include "files/utf8.h"
#include "landing/fast_path.h"
#include "landing/row_block.h"

STEDI_BEGIN_TARGET("avx2,bmi")
#include "landing/fast_path_loop.h"
#include "landing/x86_values.h"

namespace stedi {
namespace {

struct Avx2Ops : X86Values {
  [[gnu::always_inline]] static __m256i Load(const char* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }

  [[gnu::always_inline]] static bool EqualsHalf(const char* p, const KeyStep& step, size_t at) {
    const __m256i differ = _mm256_xor_si256(Load(p + at), Load(step.bytes.data() + at));
    return _mm256_testz_si256(differ, Load(step.mask.data() + at)) != 0;
  }

  [[gnu::always_inline]] static bool Equals(const char* p, const KeyStep& step) {
    return EqualsHalf(p, step, 0) && (step.length <= 32 || EqualsHalf(p, step, 32));
  }

  [[gnu::always_inline]] static StringScan ScanString(const char* p) {
    bool non_ascii = false;
    for (;; p += 32) {
      const __m256i bytes = Load(p);
      const __m256i controls =
          _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1F)), bytes);
      const __m256i quotes = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"'));
      const __m256i escapes = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
      const auto stops = static_cast<uint32_t>(
          _mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(quotes, escapes), controls)));
      const auto high = static_cast<uint32_t>(_mm256_movemask_epi8(bytes));
      if (stops != 0) {
        const uint32_t passed = _blsmsk_u32(stops) >> 1U;
        return {p + __builtin_ctz(stops), non_ascii || (high & passed) != 0};
      }
      non_ascii |= high != 0;
    }
  }
};

}  // namespace

const char* RunFastPathAvx2(const FastJob& job) { return FastLoop<Avx2Ops>(job).Run(); }

}  // namespace stedi
STEDI_END_TARGET
