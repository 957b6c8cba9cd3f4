#include "landing/rejection.h"

#include <array>
#include <cstddef>

namespace stedi {
namespace {

constexpr auto kReasons = std::to_array<RejectReasonRow>({
    {RejectReason::kMalformed, "malformed", false, "not well-formed JSON"},
    {RejectReason::kTruncated, "truncated", false, "cut off before its end"},
    {RejectReason::kInvalidUtf8, "invalid_utf8", true, "text that is not valid UTF-8"},
    {RejectReason::kDuplicateKey, "duplicate_key", true, "two keys name the same column"},
    {RejectReason::kTypeMismatch, "type_mismatch", true,
     "a value that its column's type cannot hold"},
    {RejectReason::kOutOfRange, "out_of_range", true,
     "a number outside the range of its column's type"},
    {RejectReason::kNotNull, "not_null", true, "a required value is missing or null"},
    {RejectReason::kTooLarge, "too_large", false, "longer than the limit for one record"},
    {RejectReason::kTooDeep, "too_deep", false, "nested deeper than the limit"},
    {RejectReason::kNotAnObject, "not_an_object", false, "JSON, but not an object"},
});

constexpr bool AreInOrder() {
  for (size_t i = 0; i < kReasons.size(); ++i) {
    if (static_cast<size_t>(kReasons[i].reason) != i) return false;
  }
  return true;
}
static_assert(AreInOrder());

}  // namespace

std::span<const RejectReasonRow> RejectReasons() { return kReasons; }

const RejectReasonRow& Describe(RejectReason reason) {
  return kReasons.at(static_cast<size_t>(reason));
}

}  // namespace stedi
