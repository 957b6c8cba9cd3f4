// A range of landing bytes that did not become a row, and the reason. It is an expected outcome,
// not an Error.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "landing/misfit.h"

namespace stedi {

enum class RejectReason : uint8_t {
  kMalformed,
  kTruncated,
  kInvalidUtf8,
  kDuplicateKey,
  kTypeMismatch,
  kOutOfRange,
  kNotNull,
  kTooLarge,
  kTooDeep,
  kNotAnObject,
};

struct RejectReasonRow {
  RejectReason reason;
  std::string_view name;  // in tables and JSON
  // Whether the bytes are one well-formed record, which another contract may accept.
  bool is_one_record;
  std::string_view text;  // for people
};

// One row per reason, in the order of the enum. The fast path (landing/fast_path_loop.h) accepts
// records without asking landing/record_parser.cc. So a reason that record_parser.cc gives must
// never apply to a record that the fast path accepts: else it would depend on the records before a
// record whether it is rejected. The twin in Python (export/templates/shared) gives the same names;
// ONE_RECORD in its record_parser.py repeats `is_one_record`.
inline constexpr auto kRejectReasons = std::to_array<RejectReasonRow>({
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

constexpr bool RejectReasonsAreInOrder() {
  for (size_t i = 0; i < kRejectReasons.size(); ++i) {
    if (static_cast<size_t>(kRejectReasons[i].reason) != i) return false;
  }
  return true;
}
static_assert(RejectReasonsAreInOrder());

constexpr const RejectReasonRow& Describe(RejectReason reason) {
  return kRejectReasons.at(static_cast<size_t>(reason));
}

struct Rejection {
  uint64_t offset = 0;  // decoded bytes from the start of the file
  uint64_t length =
      0;  // decoded bytes; 0 = something is missing here (an array that is not closed)
  uint64_t fault_offset =
      0;  // where the fault itself is, offset <= fault_offset <= offset + length
  RejectReason reason = RejectReason::kMalformed;
  Misfit misfit = {};  // where the fault is about one value
};

}  // namespace stedi
