// XXH3-128 with AVX2. It gives the same digests as the portable form.
#include <immintrin.h>

#include <cassert>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "files/content_hash.h"
#include "files/simd_target.h"

STEDI_BEGIN_TARGET("avx2")
#define XXH_INLINE_ALL
#define XXH_VECTOR XXH_AVX2
#include <xxhash.h>

namespace stedi {

BlockDigest HashBlockAvx2(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

}  // namespace stedi
STEDI_END_TARGET
