// Parquet's encodings of integers (Encodings.md of Apache Parquet). Each function appends to `out`.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace stedi {

// The RLE / bit-packed hybrid (RLE = 3, and the indices of RLE_DICTIONARY = 8), without a length
// before it. REQUIRES: each value is below 2^bit_width, and bit_width is at most 32.
void AppendRleHybrid(std::span<const uint32_t> values, int bit_width, std::string& out);

// The same encoding of `value`, repeated `count` times.
void AppendRleRun(uint32_t value, size_t count, int bit_width, std::string& out);

// DELTA_BINARY_PACKED = 5. `Value`: int32_t or int64_t.
template <class Value>
void AppendDelta(std::span<const Value> values, std::string& out);

// One bit per value, the least significant bit first (PLAIN of BOOLEAN).
void AppendBits(std::span<const int64_t> values, std::string& out);

}  // namespace stedi
