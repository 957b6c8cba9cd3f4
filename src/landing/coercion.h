// Lossless conversion of JSON values to the column types of a contract. A conversion that would
// lose or invent information is a reason to reject the record.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "landing/rejection.h"

namespace stedi {

// REQUIRES: `number` is a JSON number. Accepts exact integers in any notation: 5, 5.0, 50e-1, 5e0.
// Returns nothing, or why the number does not fit: kTypeMismatch for a number with a fraction,
// kOutOfRange for an integer beyond 64 bits.
std::optional<RejectReason> NumberToBigint(std::string_view number, int64_t& out);

// The same for 32 bits.
std::optional<RejectReason> NumberToInt(std::string_view number, int32_t& out);

// Sets `out` to the nearest double, as strtod does. Returns kOutOfRange for an integer literal
// (without '.' and exponent) that no double equals, in which case `out` is set to the nearest one;
// for a number that overflows to infinity; and for a non-zero number that would become zero.
std::optional<RejectReason> NumberToDouble(std::string_view number, double& out);

}  // namespace stedi
