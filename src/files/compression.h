// How the bytes of a landing file are compressed.
#pragma once

#include <cstdint>

namespace stedi {

enum class Compression : uint8_t { kNone, kGzip, kZstd };

}  // namespace stedi
