// Tells whether an object is a record of the file or lies inside one. After damage the open
// brackets are not known any more; what *follows* an object tells. Inside a record every object is
// followed by ',', ']' or '}': so one that is followed by a '{', or by the end of the file, is a
// record. Elements of a top-level array are followed by ',' as well: there reading goes on to the
// ']' that ends the values: more of the record follows a nested array, but not a top-level one. All
// of this looks at bytes behind the damage only, so it holds whatever the damage did to brackets
// and quotes (docs/decisions/0002-damage-in-landing-files.md).
#pragma once

#include <cstddef>
#include <cstdint>

#include "landing/recovery.h"

namespace stedi {

enum class Follow : uint8_t { kSure, kAsk, kNeedMore };
// What the bytes from `p` on, right after a well-formed object, say about it. kSure: such bytes
// never follow an object inside a record. kAsk: ProveRecord() decides. `is_empty`: the object is
// `{}`, which may also occur in text; outside an array it only counts on a line of its own.
Follow WhatFollows(const char* p, const char* end, bool at_end, bool in_array,
                   bool is_empty = false);

enum class Proof : uint8_t {
  kRecord,    // a record
  kElement,   // a record and an element of a top-level array
  kNested,    // inside of a record, or only the beginning of one
  kOpen,      // whole, with a ',' behind it, but there is more damage before the bytes tell
  kUnknown,   // not whole, or it is followed by what follows no record
  kNeedMore,  // it depends on bytes at the end
};
struct ProofResult {
  Proof proof = Proof::kUnknown;
  const char* next = nullptr;  // kNested, kOpen, kUnknown: no record that could be proven begins
                               // before; always behind the '{'
};

struct ProofLimits {
  uint64_t record_bytes_max = 0;
  // Whether a run of values that is longer than the largest record shows that no record is around
  // them. It shows nothing where a record is known to be too large.
  bool size_counts = true;
};

// Reads on from the '{' at `begin`, at most kLookAheadBytesMax bytes beyond record_bytes_max.
// `at_end`: no bytes follow `end`; the result is then never kNeedMore.
ProofResult ProveRecord(const char* begin, const char* end, bool at_end, const ProofLimits& limits);

}  // namespace stedi
