// Decides whether an object is a record of the file or is nested inside one. After damage it is
// unknown which brackets are open, but the bytes that *follow* an object can tell. Inside a record
// every object is followed by ',', ']' or '}', so an object that is followed by a '{', or by the
// end of the file, is a record. Elements of a top-level array are followed by ',' as well. In this
// case reading goes on to the ']' that ends the values: after a nested array more of the record
// follows, but not after a top-level one. All of this examines only bytes after the damage, so the
// result holds whatever the damage did to brackets and quotes
// (docs/decisions/0002-damage-in-landing-files.md).
#pragma once

#include <cstddef>
#include <cstdint>

#include "landing/recovery.h"

namespace stedi {

enum class Following : uint8_t { kProvesRecord, kUndecided, kNeedMore };
// Classifies a well-formed object by the bytes that follow it, from `p` on. kProvesRecord: it is a
// record, because such bytes never follow an object inside a record. kUndecided: ProveRecord() must
// decide. kNeedMore: it depends on bytes after `end`. `is_empty`: the object is `{}`, which may
// also occur in text; outside an array it counts only on a line of its own.
Following ClassifyFollowing(const char* p, const char* end, bool at_end, bool in_array,
                            bool is_empty = false);

enum class Proof : uint8_t {
  kRecord,     // a record
  kElement,    // a record and an element of a top-level array
  kNested,     // nested inside a record, or only the beginning of one
  kUndecided,  // complete and followed by ',', but more damage comes before it is decided
  kUnknown,    // not complete, or followed by bytes that never follow a record
  kNeedMore,   // it depends on bytes after `end`
};
struct ProofResult {
  Proof proof = Proof::kUnknown;
  // Only with kNested, kUndecided and kUnknown: no record that could be proven begins before this
  // position, which is always after the '{'.
  const char* next = nullptr;
};

struct ProofLimits {
  uint64_t record_bytes_max = 0;
  // Whether a sequence of values that is longer than the largest record shows that no record is
  // around them. It shows nothing when a record is known to be too large.
  bool size_counts = true;
};

// Decides what the object whose '{' is at `begin` is. Reads at most kLookAheadBytesMax bytes more
// than record_bytes_max. `at_end`: no bytes follow `end`; the result is then never kNeedMore.
ProofResult ProveRecord(const char* begin, const char* end, bool at_end, const ProofLimits& limits);

}  // namespace stedi
