// Lossless conversion of JSON values to the column types of a contract. What would lose or invent
// something is a reason to reject the record.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "landing/rejection.h"

namespace stedi {

// `number` is one JSON number. Exact integers in any notation: 5, 5.0, 50e-1, 5e0. A number with a
// fraction is a type mismatch, an integer beyond 64 bits is out of range.
std::optional<RejectReason> NumberToBigint(std::string_view number, int64_t& out);

// The same for 32 bits.
std::optional<RejectReason> NumberToInt(std::string_view number, int32_t& out);

// The nearest double, as strtod gives it. Out of range: an integer literal (no '.', no 'e') that no
// double equals (then `out` is the nearest), overflow to infinity, a non-zero number that would
// become zero.
std::optional<RejectReason> NumberToDouble(std::string_view number, double& out);

}  // namespace stedi
