// JSON values to typed columns, without loss or with a reason (rules: docs/pipelines.md,
// "Coercion").
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "landing/rejection.h"

namespace stedi {

// `number` is a JSON number (RFC 8259). kTypeMismatch when it is not a whole number, kOutOfRange
// when it does not fit.
std::optional<RejectReason> NumberToBigint(std::string_view number, int64_t& out);
std::optional<RejectReason> NumberToInt(std::string_view number, int32_t& out);
// Correctly rounded, as strtod. kOutOfRange for overflow, for a non-zero number that would become
// 0, and for a whole number (no fraction, no exponent) that no double holds exactly.
std::optional<RejectReason> NumberToDouble(std::string_view number, double& out);

}  // namespace stedi
