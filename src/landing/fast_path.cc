#include "landing/fast_path.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "landing/coercion.h"
#include "landing/json_lexer.h"
#include "landing/number_scan.h"
#include "landing/utf8.h"

namespace stedi {
namespace {

constexpr size_t kColumnsMax = 64;  // one bit each

const char* SkipSpace(const char* p) {
  while (IsJsonSpace(*p)) ++p;
  return p;
}

}  // namespace

FastPath::FastPath(const Contract& contract, const ContractIndex& index, uint64_t record_bytes_max)
    : contract_(contract), index_(index), record_bytes_max_(record_bytes_max) {
  const size_t count = contract.columns.size();
  is_usable_ = count > 0 && count <= kColumnsMax;
  for (size_t i = 0; is_usable_ && i < count; ++i) {
    const uint64_t bit = uint64_t{1} << i;
    all_columns_ |= bit;
    if (contract.columns[i].not_null) not_null_columns_ |= bit;
  }
}

const char* FastPath::Run(const FastRegion& region, RowBuffer& rows, ByteCounts& counts) {
  if (!is_usable_) return region.begin;
  const char* record = region.begin;
  const char* p = region.begin;
  rows.PrepareRow();
  seen_ = null_ = 0;
  Prediction now = PredictStep(0, p, region);
  if (!now.found) return record;
  while (true) {
    const uint64_t bit = uint64_t{1} << now.step.column;
    if ((seen_ & bit) != 0) return record;
    seen_ |= bit;
    p = ReadValue(now.step.column, p + now.step.length, rows);
    if (p == nullptr) return record;
    now = PredictStep(now.literal, p, region);
    if (!now.found) {
      const char* const close = SkipSpace(p);
      if (*close != '}' || !Commit(record, close + 1, region, rows)) return record;
      counts.accepted += static_cast<uint64_t>(close + 1 - record);
      return close + 1;
    }
    if (!now.step.starts_record) continue;
    const char* const record_end = p + now.step.record_end;
    if (!Commit(record, record_end, region, rows)) return record;
    counts.accepted += static_cast<uint64_t>(record_end - record);
    counts.whitespace += now.step.whitespace;
    counts.framing += now.step.framing;
    record = p + now.step.record_begin;
    if (record >= region.limit) return record;
    rows.PrepareRow();
    seen_ = null_ = 0;
  }
}

bool FastPath::Commit(const char* record, const char* record_end, const FastRegion& region,
                      RowBuffer& rows) const {
  if (static_cast<uint64_t>(record_end - record) > record_bytes_max_) return false;
  uint64_t nulls = all_columns_ & (~seen_ | null_);
  if ((nulls & not_null_columns_) != 0) return false;
  for (; nulls != 0; nulls &= nulls - 1) {
    rows.SetNull(static_cast<size_t>(__builtin_ctzll(nulls)));
  }
  rows.CommitRow(region.offset + static_cast<uint64_t>(record - region.begin));
  return true;
}

FastPath::Prediction FastPath::PredictStep(uint16_t previous, const char* p,
                                           const FastRegion& region) {
  const Memo& memo = memos_[region.in_array ? 1 : 0];
  if (previous < memo.size()) {
    for (const uint16_t next : memo[previous].next) {
      if (next == kNone) break;
      const Literal& literal = memo[next];
      if (EqualLiteral(p, literal.bytes.data(), literal.step.length)) {
        return {literal.step, next, true};
      }
    }
  }
  return LearnStep(previous, p, region);
}

FastPath::Prediction FastPath::LearnStep(uint16_t previous, const char* p,
                                         const FastRegion& region) {
  Prediction prediction;
  prediction.found = ParseStep(p, previous == 0, region, prediction.step);
  prediction.literal = kNone;
  if (!prediction.found || prediction.step.length > kLiteralBytesMax) return prediction;
  Memo& memo = memos_[region.in_array ? 1 : 0];
  const auto add = [&] {
    memo.emplace_back();
    memo.back().next.fill(kNone);
    return static_cast<uint16_t>(memo.size() - 1);
  };
  if (memo.empty()) add();
  uint16_t found = kNone;
  for (uint16_t i = 1; i < memo.size() && found == kNone; ++i) {
    const Literal& literal = memo[i];
    const bool same = literal.step.length == prediction.step.length &&
                      std::memcmp(literal.bytes.data(), p, literal.step.length) == 0;
    if (same) found = i;
  }
  if (found == kNone && memo.size() < kLiteralsMax) {
    found = add();
    std::memcpy(memo[found].bytes.data(), p, prediction.step.length);
    memo[found].step = prediction.step;
  }
  prediction.literal = found;
  if (found == kNone || previous >= memo.size()) return prediction;
  Literal& from = memo[previous];
  from.next[from.next_victim] = found;
  from.next_victim = static_cast<uint8_t>((from.next_victim + 1) % kSuccessors);
  return prediction;
}

bool FastPath::ParseStep(const char* p, bool before_any, const FastRegion& region,
                         Step& step) const {
  const char* q = p;
  step.starts_record = false;
  if (!before_any) {
    q = SkipSpace(q);
    if (*q != ',' && *q != '}') return false;
    step.starts_record = *q == '}';
    ++q;
  }
  if (step.starts_record) {
    step.record_end = static_cast<size_t>(q - p);
    for (; IsJsonSpace(*q) || (region.in_array && *q == ','); ++q) {
      ++(*q == ',' ? step.framing : step.whitespace);
    }
    step.record_begin = static_cast<size_t>(q - p);
  }
  if (before_any || step.starts_record) {
    if (*q != '{') return false;
    ++q;
  }
  return ParseKey(SkipSpace(q), region.end, p, step);
}

bool FastPath::ParseKey(const char* p, const char* end, const char* step_begin, Step& step) const {
  if (*p != '"') return false;
  const char* const key = p + 1;
  const StringScan scan = ScanPaddedString(key);
  if (*scan.stop != '"' || scan.non_ascii) return false;
  const std::optional<size_t> column =
      index_.FindColumn({key, static_cast<size_t>(scan.stop - key)});
  if (!column) return false;
  p = SkipSpace(scan.stop + 1);
  if (*p != ':') return false;
  p = SkipSpace(p + 1);
  // Where the bytes end, white space may go on: such a literal would be too short for ever.
  if (p >= end) return false;
  step.column = *column;
  step.length = static_cast<size_t>(p - step_begin);
  return true;
}

const char* FastPath::ReadValue(size_t column, const char* p, RowBuffer& rows) {
  // A literal that was learned from denser text can be the beginning of this one.
  if (IsJsonSpace(*p)) p = SkipSpace(p);
  if (*p == 'n') {
    null_ |= uint64_t{1} << column;
    return std::memcmp(p, "null", 4) == 0 ? p + 4 : nullptr;
  }
  switch (contract_.columns[column].type) {
    case ColumnType::kString:
      return ReadStringValue(column, p, rows);
    case ColumnType::kBigint:
    case ColumnType::kInt:
      return ReadIntegerValue(column, p, rows);
    case ColumnType::kDouble:
      return ReadDoubleValue(column, p, rows);
    case ColumnType::kBoolean:
      break;
  }
  const bool is_true = std::memcmp(p, "true", 4) == 0;
  if (!is_true && std::memcmp(p, "false", 5) != 0) return nullptr;
  rows.SetBoolean(column, is_true);
  return p + (is_true ? 4 : 5);
}

const char* FastPath::ReadStringValue(size_t column, const char* p, RowBuffer& rows) {
  if (*p != '"') {
    const char* const end = ScanPaddedNumber(p);
    if (end != nullptr) rows.SetString(column, MakeStringCell(p, static_cast<size_t>(end - p)));
    return end;
  }
  const char* const text = p + 1;
  const StringScan scan = ScanPaddedString(text);
  if (*scan.stop != '"') return nullptr;
  const auto length = static_cast<size_t>(scan.stop - text);
  if (scan.non_ascii && FindInvalidUtf8({text, length}) != nullptr) return nullptr;
  rows.SetString(column, MakeStringCell(text, length));
  return scan.stop + 1;
}

const char* FastPath::ReadIntegerValue(size_t column, const char* p, RowBuffer& rows) {
  int64_t value = 0;
  const char* end = ScanShortInteger(p, value);
  if (end == nullptr) {
    end = ScanPaddedNumber(p);
    if (end == nullptr) return nullptr;
    if (NumberToBigint({p, static_cast<size_t>(end - p)}, value)) return nullptr;
  }
  if (contract_.columns[column].type == ColumnType::kBigint) {
    rows.SetBigint(column, value);
    return end;
  }
  if (value < std::numeric_limits<int32_t>::min() || value > std::numeric_limits<int32_t>::max()) {
    return nullptr;
  }
  rows.SetInt(column, static_cast<int32_t>(value));
  return end;
}

const char* FastPath::ReadDoubleValue(size_t column, const char* p, RowBuffer& rows) {
  double value = 0;
  const char* end = ScanShortDouble(p, value);
  if (end == nullptr) {
    end = ScanPaddedNumber(p);
    if (end == nullptr) return nullptr;
    if (NumberToDouble({p, static_cast<size_t>(end - p)}, value)) return nullptr;
  }
  rows.SetDouble(column, value);
  return end;
}

}  // namespace stedi
