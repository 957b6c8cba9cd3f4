// Converts column bounds of a data file from Parquet's PLAIN encoding to Iceberg's single-value
// serialization (specification, appendix D). A bound may always be left out, but a wrong one makes
// readers lose rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "iceberg/schema.h"

namespace stedi {

enum class BoundSide : uint8_t { kLower, kUpper };

inline constexpr size_t kBoundCodePointsMax = 16;  // of a string
inline constexpr size_t kBoundBytesMax = 16;       // of a binary value

// Returns nothing where no bound can be given, which includes a value of a wrong length. Never
// throws. In `plain`, numbers are little-endian, decimals of more than 18 digits are big-endian,
// and strings come without their length.
std::optional<std::string> SerializeBound(const IcebergType& type, std::string_view plain,
                                          BoundSide side);

}  // namespace stedi
