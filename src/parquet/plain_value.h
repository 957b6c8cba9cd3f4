// Single values in Parquet's PLAIN encoding, without the length before a text: numbers are
// little-endian, decimals of more than 18 digits big-endian. Bounds of columns are such values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "iceberg/schema.h"

namespace stedi {

// Parquet's physical types, by their numbers in its Thrift definition.
enum class PhysicalType : int32_t {
  kBoolean = 0,
  kInt32 = 1,
  kInt64 = 2,
  kFloat = 4,
  kDouble = 5,
  kByteArray = 6,
  kFixedLenByteArray = 7,
};

// How Iceberg stores its types in Parquet (specification, appendix A).
PhysicalType PhysicalTypeOf(const IcebergType& type);

// The size of a value of kFixedLenByteArray: the fewest bytes that can hold the decimal's digits.
size_t FixedBytes(const IcebergType& type);

// Whether columns of this type are handled as numbers (int64_t words); all others are handled as
// texts.
bool IsNumber(PhysicalType type);

// `word` is the number itself; for FLOAT and DOUBLE, its bits.
std::string PlainNumber(PhysicalType type, int64_t word);

// Returns the 128-bit number whose halves are `low` and `high`, as a big-endian two's complement of
// FixedBytes(type) bytes.
std::string PlainDecimal(const IcebergType& type, uint64_t low, int64_t high);

// Whether `a` sorts before `b` in the order of the type's values. REQUIRES: neither is NaN.
bool PlainLess(const IcebergType& type, std::string_view a, std::string_view b);

}  // namespace stedi
