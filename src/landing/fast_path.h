// Reads well-formed records by predicting the next key from the last one (key_memo.h). A record
// with anything unexpected is left to the full parser. Both give the same result for every input,
// and so do the variants of the loop for different machines.
#pragma once

#include <cstddef>
#include <cstdint>

#include "files/simd_level.h"
#include "landing/contract.h"
#include "landing/key_memo.h"
#include "landing/row_buffer.h"

namespace stedi {

// The number of decoded bytes of each kind.
struct ByteCounts {
  uint64_t accepted = 0;
  uint64_t quarantined = 0;
  uint64_t whitespace = 0;
  uint64_t framing = 0;
  uint64_t Sum() const { return accepted + quarantined + whitespace + framing; }
};

inline constexpr size_t kFastColumnsMax = 64;  // each column has one bit of a 64-bit word

// The input, the output and the limits of the loop.
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

// Reads a value that the loop itself does not read: one after white space, null, a boolean, or a
// number in an unusual form. Returns one past it, or nullptr when the full parser must read the
// record. If the value counts as null, adds the step's column bit to `null`.
const char* ReadUnusualValue(const KeyStep& step, const char* p, RowBuffer& rows, uint64_t& null);

class FastPath {
 public:
  // `contract` and `index` must outlive it.
  FastPath(const Contract& contract, const ContractIndex& index, uint64_t record_bytes_max,
           SimdLevel level = DefaultSimdLevel());

  // Adds complete records to `rows`, and their bytes and those between them to `counts`, up to the
  // first record that it cannot read, the limit or the end. Returns the top-level position at which
  // it stopped: before a record, or just after one. If that is region.begin, no row was added.
  const char* Run(const FastRegion& region, RowBuffer& rows, ByteCounts& counts);

 private:
  KeyMemo memo_;
  const uint64_t record_bytes_max_;
  const size_t column_count_;
  uint64_t all_columns_ = 0;
  uint64_t not_null_columns_ = 0;
  const char* (*run_)(const FastJob&) = nullptr;  // nullptr: no columns, or too many
};

}  // namespace stedi
