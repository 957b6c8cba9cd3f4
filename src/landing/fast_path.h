// Reads well-formed records by predicting the next key from the last: what stands between two
// values
// (`,"x":` or `}\n{"user":`) mostly repeats, so it is compared as a whole and not parsed. Whatever
// is unexpected is left to the full parser, which reads that record again. Both agree on every
// input.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "landing/byte_scan.h"
#include "landing/contract.h"
#include "landing/row_buffer.h"

namespace stedi {

// Decoded bytes by what became of them.
struct ByteCounts {
  uint64_t accepted = 0;
  uint64_t quarantined = 0;
  uint64_t whitespace = 0;
  uint64_t framing = 0;
  uint64_t Sum() const { return accepted + quarantined + whitespace + framing; }
};

// Where the fast path works: a padded buffer and what is known of it.
struct FastRegion {
  const char* begin = nullptr;  // a '{' at top level
  const char* end = nullptr;
  const char* limit = nullptr;  // records that begin here or later are not wanted
  uint64_t offset = 0;          // of `begin` in the file
  bool in_array = false;        // inside a top-level array, where ',' separates records
};

class FastPath {
 public:
  // `contract` and `index` must outlive it.
  FastPath(const Contract& contract, const ContractIndex& index, uint64_t record_bytes_max);

  // Adds whole records to `rows`, and their bytes and what separates them to `counts`, until one
  // that it cannot read, the limit or the end. Returns the top-level place where it stopped: before
  // a record, or just after one. It has done nothing when that is where it began.
  const char* Run(const FastRegion& region, RowBuffer& rows, ByteCounts& counts);

 private:
  static constexpr size_t kSuccessors = 4;
  static constexpr size_t kLiteralsMax = 192;

  // All bytes from the end of a value (or the beginning of the first record) to the next value.
  struct Literal {
    alignas(16) std::array<char, kLiteralBytesMax> bytes = {};
    size_t length = 0;
    uint64_t column_bit = 0;
    uint32_t column = 0;
    ColumnType type = ColumnType::kString;
    bool starts_record = false;
    uint32_t next_victim = 0;
    std::array<Literal*, kSuccessors> next = {};  // what followed it before
    // With starts_record: one past the '}' of the record before, the '{' of the next one, and how
    // many bytes of which kind stand between them.
    size_t record_end = 0;
    size_t record_begin = 0;
    size_t whitespace = 0;
    size_t framing = 0;
  };
  // What was learned in one state. Literals point to each other, so they never move.
  struct Memo {
    Literal root;  // the place before any record
    std::vector<std::unique_ptr<Literal>> literals;
  };

  Literal* LearnStep(Literal& previous, const char* p, const FastRegion& region);
  bool ParseStep(const char* p, bool before_any, const FastRegion& region, Literal& step) const;
  bool ParseKey(const char* p, const char* end, const char* step_begin, Literal& step) const;

  const char* ReadValue(const Literal& step, const char* p, RowBuffer& rows);
  static const char* ReadStringValue(size_t column, const char* p, RowBuffer& rows);
  static const char* ReadIntegerValue(const Literal& step, const char* p, RowBuffer& rows);
  static const char* ReadDoubleValue(size_t column, const char* p, RowBuffer& rows);
  static const char* ReadBooleanValue(size_t column, const char* p, RowBuffer& rows);
  bool Commit(const char* record, const char* record_end, const FastRegion& region,
              RowBuffer& rows) const;

  const Contract& contract_;
  const ContractIndex& index_;
  const uint64_t record_bytes_max_;
  std::array<Memo, 2> memos_;  // outside, inside an array
  Literal unlearned_;          // a step that is too long or too rare to keep
  uint64_t all_columns_ = 0;
  uint64_t not_null_columns_ = 0;
  bool is_usable_ = true;
  // Of the record being read, a bit a column.
  uint64_t seen_ = 0;
  uint64_t null_ = 0;
};

}  // namespace stedi
