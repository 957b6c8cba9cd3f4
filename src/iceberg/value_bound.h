// Column bounds of a data file: DuckDB's text of a value -> Iceberg's single-value serialization
// (specification, appendix D). Leaving a bound out is always allowed; a wrong one loses rows.
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

// Empty optional: no bound can be given. `text` is DuckDB's rendering of the value.
std::optional<std::string> SerializeBound(const IcebergType& type, std::string_view text,
                                          BoundSide side);

}  // namespace stedi
