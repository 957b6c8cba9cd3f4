// How Parquet writes whole numbers (Encodings.md of Apache Parquet).
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace stedi {

// RLE / bit-packed hybrid (RLE = 3, and the indices of RLE_DICTIONARY = 8) without a length before
// it. Each value < 2^bit_width, bit_width at most 32.
void AppendRleHybrid(std::span<const uint32_t> values, int bit_width, std::string& out);

// `count` times the same, in the same encoding.
void AppendRleRun(uint32_t value, size_t count, int bit_width, std::string& out);

// DELTA_BINARY_PACKED = 5. `Value`: int32_t or int64_t.
template <class Value>
void AppendDelta(std::span<const Value> values, std::string& out);

// A bit each, least significant first (PLAIN of BOOLEAN).
void AppendBits(std::span<const int64_t> values, std::string& out);

}  // namespace stedi
