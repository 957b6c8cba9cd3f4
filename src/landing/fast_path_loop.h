// The loop of the fast path, written once and compiled for each SimdLevel. Only the files
// fast_path_<level>.cc include it, after they have selected the machine. `Ops` has the inner steps:
//   static bool Equals(const char* p, const KeyStep& step);     whether the step's bytes are at p
//   static StringScan ScanString(const char* p);                as ScanPaddedString
//   static StringCell MakeCell(const char* p, size_t length);   as MakeStringCell
//   static const char* ReadInteger(const char* p, int64_t& out);
//   static const char* ReadDouble(const char* p, double& out);
// ReadInteger and ReadDouble return one past the number, or nullptr when there is none or when it
// is too long or has an unusual form.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "files/byte_scan.h"
#include "files/utf8.h"
#include "landing/fast_path.h"
#include "landing/key_memo.h"
#include "landing/row_buffer.h"

namespace stedi {

template <class Ops>
class FastLoop {
 public:
  explicit FastLoop(const FastJob& job) : job_(job), rows_(job.rows) { FindSlots(); }

  // As FastPath::Run.
  const char* Run() {
    uint64_t whitespace = 0;
    uint64_t framing = 0;
    const char* const stop = ReadRecords(whitespace, framing);
    const auto passed = static_cast<uint64_t>(stop - job_.region.begin);
    job_.counts.accepted += passed - whitespace - framing;
    job_.counts.whitespace += whitespace;
    job_.counts.framing += framing;
    return stop;
  }

 private:
  // Returns where it stops, and adds the bytes between the records before that to `whitespace` and
  // `framing`.
  [[gnu::always_inline]] const char* ReadRecords(uint64_t& whitespace, uint64_t& framing) {
    const FastRegion& region = job_.region;
    const char* record = region.begin;
    const char* p = region.begin;
    Row row = BeginRow();
    KeyStep* now = &job_.memo.Root(region.in_array);
    while (true) {
      now = FindNext(*now, p);
      if (now == nullptr) {
        if (p == region.begin) return record;
        const char* const close = EndOfLast(p, region.in_array);
        return close != nullptr && Commit(row, record, close) ? close : record;
      }
      if (now->starts_record) {
        if (!Commit(row, record, p + now->record_end)) return record;
        whitespace += now->whitespace;
        framing += now->framing;
        record = p + now->record_begin;
        if (record >= region.limit) return record;
        row = BeginRow();
      }
      if ((row.seen & now->column_bit) != 0) return record;
      row.seen |= now->column_bit;
      const char* const value = p + now->length;
      p = ReadValue(*now, row.index, value);
      if (p != nullptr) {
        p = PredictEnd(*now, value, p);
        continue;
      }
      uint64_t null = 0;
      p = ReadUnusualValue(*now, value, rows_, null);
      if (p == nullptr) return record;
      row.null |= null;
    }
  }

  void FindSlots() {
    for (size_t i = 0; i < job_.column_count; ++i) slots_[i] = rows_.Slots(i);
  }

  // The record being read: the index of its row, and one bit for each column that was seen or is
  // null.
  struct Row {
    size_t index = 0;
    uint64_t seen = 0;
    uint64_t null = 0;
  };

  Row BeginRow() {
    if (rows_.PrepareRow()) FindSlots();
    return {rows_.rows(), 0, 0};
  }

  [[gnu::always_inline]] KeyStep* FindNext(KeyStep& now, const char* p) {
    for (KeyStep* const next : now.next) {
      if (next == nullptr) break;
      if (Ops::Equals(p, *next)) return next;
    }
    return job_.memo.Learn(now, p, job_.region);
  }

  // Returns `end`. If the values of this step mostly have the same length, the result is computed
  // from that length, so that the processor can go on with the predicted position before it knows
  // `end`.
  [[gnu::always_inline]] static const char* PredictEnd(KeyStep& step, const char* value,
                                                       const char* end) {
    if (step.surprises > KeyStep::kSurprisesMax) return end;
    size_t predicted = step.value_bytes;
    if (static_cast<size_t>(end - value) != predicted) {
      NoteSurprise(step, static_cast<uint32_t>(end - value));
      return end;
    }
    asm("" : "+r"(predicted));  // else the compiler would return `end`, which is equal
    return value + predicted;
  }

  [[gnu::noinline]] static void NoteSurprise(KeyStep& step, uint32_t value_bytes) {
    step.value_bytes = value_bytes;
    ++step.surprises;
  }

  // Returns one past the '}' that ends the record whose last value ends at `p`, or nullptr. A
  // record that is not directly followed by another one is left to the full parser, which checks
  // whether it is complete.
  static const char* EndOfLast(const char* p, bool in_array) {
    while (IsJsonSpace(*p)) ++p;
    if (*p != '}') return nullptr;
    const char* const close = p + 1;
    do ++p;
    while (IsJsonSpace(*p) || (in_array && *p == ','));
    return *p == '{' ? close : nullptr;
  }

  template <class Value>
  [[gnu::always_inline]] void Put(const KeyStep& step, size_t row, const Value& value) {
    std::memcpy(slots_[step.column] + row * sizeof(Value), &value, sizeof(Value));
  }

  [[gnu::always_inline]] const char* ReadValue(const KeyStep& step, size_t row, const char* p) {
    switch (step.type) {
      case ColumnType::kString:
        return ReadString(step, row, p);
      case ColumnType::kDouble: {
        double value = 0;
        p = Ops::ReadDouble(p, value);
        if (p != nullptr) Put(step, row, value);
        return p;
      }
      case ColumnType::kBigint: {
        int64_t value = 0;
        p = Ops::ReadInteger(p, value);
        if (p != nullptr) Put(step, row, value);
        return p;
      }
      case ColumnType::kInt: {
        int64_t value = 0;
        p = Ops::ReadInteger(p, value);
        const auto narrow = static_cast<int32_t>(value);
        if (p == nullptr || narrow != value) return nullptr;
        Put(step, row, narrow);
        return p;
      }
      case ColumnType::kBoolean:
        break;
    }
    return nullptr;
  }

  [[gnu::always_inline]] const char* ReadString(const KeyStep& step, size_t row, const char* p) {
    if (*p != '"') return nullptr;
    const char* const text = p + 1;
    const StringScan scan = Ops::ScanString(text);
    if (*scan.stop != '"') return nullptr;
    const auto length = static_cast<size_t>(scan.stop - text);
    if (length == 0 && step.empty_is_null) return nullptr;
    if (scan.non_ascii && FindInvalidUtf8({text, length}) != nullptr) return nullptr;
    Put(step, row, Ops::MakeCell(text, length));
    return scan.stop + 1;
  }

  [[gnu::always_inline]] bool Commit(const Row& row, const char* record, const char* record_end) {
    if (static_cast<uint64_t>(record_end - record) > job_.record_bytes_max) return false;
    uint64_t nulls = job_.all_columns & (~row.seen | row.null);
    if ((nulls & job_.not_null_columns) != 0) return false;
    for (; nulls != 0; nulls &= nulls - 1) {
      rows_.SetNull(static_cast<size_t>(__builtin_ctzll(nulls)));
    }
    rows_.CommitRow(job_.region.offset + static_cast<uint64_t>(record - job_.region.begin));
    return true;
  }

  const FastJob& job_;
  RowBuffer& rows_;
  std::array<char*, kFastColumnsMax> slots_;  // of the columns of rows_
};

}  // namespace stedi
