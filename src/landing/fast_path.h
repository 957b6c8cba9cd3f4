// Reads well-formed records by predicting the next key from the last one (key_memo.h). Anything
// unexpected is left to the full parser, which reads that record again. Both give the same for
// every input, and so do the variants of the loop for different machines.
#pragma once

#include <cstddef>
#include <cstdint>

#include "files/simd_level.h"
#include "landing/contract.h"
#include "landing/key_memo.h"
#include "landing/row_buffer.h"

namespace stedi {

// How many decoded bytes became what.
struct ByteCounts {
  uint64_t accepted = 0;
  uint64_t quarantined = 0;
  uint64_t whitespace = 0;
  uint64_t framing = 0;
  uint64_t Sum() const { return accepted + quarantined + whitespace + framing; }
};

inline constexpr size_t kFastColumnsMax = 64;  // one bit of a word for each

// What the loop works on.
struct FastJob {
  const FastRegion& region;
  KeyMemo& memo;
  RowBuffer& rows;
  ByteCounts& counts;
  size_t column_count = 0;
  uint64_t all_columns = 0;
  uint64_t not_null_columns = 0;
  uint64_t record_bytes_max = 0;
};

// The loop for each SimdLevel. REQUIRES: the machine supports the level.
const char* RunFastPathPortable(const FastJob& job);
const char* RunFastPathAvx2(const FastJob& job);

// Reads a value that the loop's own steps do not handle: one after white space, null, a boolean, a
// number of another form. Returns one past it, or nullptr when the full parser must read it.
const char* ReadUnusualValue(const KeyStep& step, const char* p, RowBuffer& rows, uint64_t& null);

class FastPath {
 public:
  // `contract` and `index` must outlive it.
  FastPath(const Contract& contract, const ContractIndex& index, uint64_t record_bytes_max,
           SimdLevel level = DefaultSimdLevel());

  // Adds whole records to `rows`, and their bytes and those between them to `counts`, up to the
  // first record that it cannot read, the limit or the end. Returns the top-level place where it
  // stopped: before a record, or just after one. If that is where it began, it has changed nothing.
  const char* Run(const FastRegion& region, RowBuffer& rows, ByteCounts& counts);

 private:
  KeyMemo memo_;
  const uint64_t record_bytes_max_;
  const size_t column_count_;
  uint64_t all_columns_ = 0;
  uint64_t not_null_columns_ = 0;
  const char* (*run_)(const FastJob&) = nullptr;  // nullptr: too many columns
};

}  // namespace stedi
