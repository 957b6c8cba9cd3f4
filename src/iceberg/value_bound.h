// Column bounds of a data file: a value in Parquet's PLAIN encoding -> Iceberg's single-value
// serialization (specification, appendix D). Leaving a bound out is always allowed; a wrong one
// loses rows.
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

// Empty optional: no bound can be given. `plain`: numbers little-endian, decimals of more than 18
// digits big-endian, a text without its length. Throws nothing: what has a wrong length gets none.
std::optional<std::string> SerializeBound(const IcebergType& type, std::string_view plain,
                                          BoundSide side);

}  // namespace stedi
