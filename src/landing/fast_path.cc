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
  Literal* now = &memos_[region.in_array ? 1 : 0].root;
  while (true) {
    Literal* next = now->next[0];
    if (next == nullptr || !EqualLiteral(p, next->bytes.data(), next->length)) {
      next = LearnStep(*now, p, region);
    }
    if (next == nullptr) {
      if (p == region.begin) return record;
      const char* const close = SkipSpace(p);
      if (*close != '}' || !Commit(record, close + 1, region, rows)) return record;
      counts.accepted += static_cast<uint64_t>(close + 1 - record);
      return close + 1;
    }
    now = next;
    if (now->starts_record) {
      const char* const record_end = p + now->record_end;
      if (!Commit(record, record_end, region, rows)) return record;
      counts.accepted += static_cast<uint64_t>(record_end - record);
      counts.whitespace += now->whitespace;
      counts.framing += now->framing;
      record = p + now->record_begin;
      if (record >= region.limit) return record;
      rows.PrepareRow();
      seen_ = null_ = 0;
    }
    if ((seen_ & now->column_bit) != 0) return record;
    seen_ |= now->column_bit;
    p = ReadValue(*now, p + now->length, rows);
    if (p == nullptr) return record;
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

// The step at `p`: one that followed `previous` before, or a new one; nullptr when it is none.
FastPath::Literal* FastPath::LearnStep(Literal& previous, const char* p, const FastRegion& region) {
  for (Literal* const next : previous.next) {
    if (next == nullptr) break;
    if (EqualLiteral(p, next->bytes.data(), next->length)) return next;
  }
  Memo& memo = memos_[region.in_array ? 1 : 0];
  const bool is_learned = &previous != &unlearned_;  // before it is overwritten
  unlearned_ = Literal();
  if (!ParseStep(p, &previous == &memo.root, region, unlearned_)) return nullptr;
  if (unlearned_.length > kLiteralBytesMax) return &unlearned_;
  const auto is_same = [&](const std::unique_ptr<Literal>& known) {
    return known->length == unlearned_.length &&
           std::memcmp(known->bytes.data(), p, known->length) == 0;
  };
  const auto known = std::find_if(memo.literals.begin(), memo.literals.end(), is_same);
  Literal* found = known == memo.literals.end() ? nullptr : known->get();
  if (found == nullptr) {
    if (memo.literals.size() == kLiteralsMax) return &unlearned_;
    found = memo.literals.emplace_back(std::make_unique<Literal>(unlearned_)).get();
    std::memcpy(found->bytes.data(), p, found->length);
  }
  if (!is_learned) return found;
  previous.next[previous.next_victim] = found;
  previous.next_victim = (previous.next_victim + 1) % kSuccessors;
  return found;
}

bool FastPath::ParseStep(const char* p, bool before_any, const FastRegion& region,
                         Literal& step) const {
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

bool FastPath::ParseKey(const char* p, const char* end, const char* step_begin,
                        Literal& step) const {
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
  step.column = static_cast<uint32_t>(*column);
  step.column_bit = uint64_t{1} << *column;
  step.type = contract_.columns[*column].type;
  step.length = static_cast<size_t>(p - step_begin);
  return true;
}

const char* FastPath::ReadValue(const Literal& step, const char* p, RowBuffer& rows) {
  // A literal that was learned from denser text can be the beginning of this one.
  if (IsJsonSpace(*p)) p = SkipSpace(p);
  if (*p == 'n') {
    null_ |= step.column_bit;
    return std::memcmp(p, "null", 4) == 0 ? p + 4 : nullptr;
  }
  switch (step.type) {
    case ColumnType::kString:
      return ReadStringValue(step.column, p, rows);
    case ColumnType::kBigint:
    case ColumnType::kInt:
      return ReadIntegerValue(step, p, rows);
    case ColumnType::kDouble:
      return ReadDoubleValue(step.column, p, rows);
    case ColumnType::kBoolean:
      break;
  }
  return ReadBooleanValue(step.column, p, rows);
}

const char* FastPath::ReadBooleanValue(size_t column, const char* p, RowBuffer& rows) {
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

const char* FastPath::ReadIntegerValue(const Literal& step, const char* p, RowBuffer& rows) {
  int64_t value = 0;
  const char* end = ScanShortInteger(p, value);
  if (end == nullptr) {
    end = ScanPaddedNumber(p);
    if (end == nullptr) return nullptr;
    if (NumberToBigint({p, static_cast<size_t>(end - p)}, value)) return nullptr;
  }
  if (step.type == ColumnType::kBigint) {
    rows.SetBigint(step.column, value);
    return end;
  }
  if (value < std::numeric_limits<int32_t>::min() || value > std::numeric_limits<int32_t>::max()) {
    return nullptr;
  }
  rows.SetInt(step.column, static_cast<int32_t>(value));
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
