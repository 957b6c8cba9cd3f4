// A stretch of landing bytes that did not become a row, and why. Not an Error: an expected outcome.
#pragma once

#include <cstdint>
#include <span>
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
  // The bytes are one well-formed record: another contract may take it.
  bool is_one_record;
  std::string_view text;  // for people
};
// One row per reason, in the order of the enum.
std::span<const RejectReasonRow> RejectReasons();
const RejectReasonRow& Describe(RejectReason reason);

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
