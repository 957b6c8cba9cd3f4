// Lossless conversion of JSON values to the column types of a contract. A conversion that would
// lose or invent something is a reason to reject the record.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "landing/rejection.h"

namespace stedi {

// `number` is one JSON number. Takes exact integers in any notation: 5, 5.0, 50e-1, 5e0. Returns
// why the number does not fit: one with a fraction is a type mismatch, an integer beyond 64 bits is
// out of range.
std::optional<RejectReason> NumberToBigint(std::string_view number, int64_t& out);

// The same for 32 bits.
std::optional<RejectReason> NumberToInt(std::string_view number, int32_t& out);

// The nearest double, as strtod gives it. Out of range are: an integer literal (no '.', no 'e')
// that no double equals (`out` is then the nearest one), a number that overflows to infinity, and a
// non-zero number that would become zero.
std::optional<RejectReason> NumberToDouble(std::string_view number, double& out);

}  // namespace stedi
