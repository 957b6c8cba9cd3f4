#include "landing/rejection.h"

#include <array>
#include <cassert>
#include <cstddef>

namespace stedi {
namespace {

constexpr std::array<RejectReasonRow, kRejectReasonCount> kReasons = {{
    {RejectReason::kMalformed, "malformed", "not well-formed JSON"},
    {RejectReason::kTruncated, "truncated", "cut off before its end"},
    {RejectReason::kInvalidUtf8, "invalid_utf8", "text that is not valid UTF-8"},
    {RejectReason::kDuplicateKey, "duplicate_key", "two keys name the same column"},
    {RejectReason::kTypeMismatch, "type_mismatch", "a value that its column's type cannot hold"},
    {RejectReason::kOutOfRange, "out_of_range", "a number outside the range of its column's type"},
    {RejectReason::kNotNull, "not_null", "a required value is missing or null"},
    {RejectReason::kTooLarge, "too_large", "longer than the limit for one record"},
    {RejectReason::kTooDeep, "too_deep", "nested deeper than the limit"},
    {RejectReason::kNotAnObject, "not_an_object", "JSON, but not an object"},
}};

}  // namespace

const RejectReasonRow& Describe(RejectReason reason) {
  const RejectReasonRow& row = kReasons.at(static_cast<size_t>(reason));
  assert(row.reason == reason);
  return row;
}

}  // namespace stedi
