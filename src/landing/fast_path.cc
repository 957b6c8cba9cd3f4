#include "landing/fast_path.h"

#include <cstring>
#include <limits>

#include "files/utf8.h"
#include "landing/coercion.h"
#include "landing/json_lexer.h"

namespace stedi {
namespace {

using Loop = const char* (*)(const FastJob&);

Loop LoopFor(SimdLevel level) {
  switch (level) {
#ifdef __x86_64__
    case SimdLevel::kAvx2:
      return RunFastPathAvx2;
#endif
    default:
      return RunFastPathPortable;
  }
}

const char* ReadText(size_t column, const char* p, RowBuffer& rows) {
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

const char* ReadNumber(const KeyStep& step, const char* p, RowBuffer& rows) {
  const char* const end = ScanPaddedNumber(p);
  if (end == nullptr) return nullptr;
  const std::string_view number(p, static_cast<size_t>(end - p));
  if (step.type == ColumnType::kDouble) {
    double value = 0;
    if (NumberToDouble(number, value)) return nullptr;
    rows.SetDouble(step.column, value);
  } else if (step.type == ColumnType::kInt) {
    int32_t value = 0;
    if (NumberToInt(number, value)) return nullptr;
    rows.SetInt(step.column, value);
  } else {
    int64_t value = 0;
    if (NumberToBigint(number, value)) return nullptr;
    rows.SetBigint(step.column, value);
  }
  return end;
}

const char* ReadBoolean(size_t column, const char* p, RowBuffer& rows) {
  const bool is_true = std::memcmp(p, "true", 4) == 0;
  if (!is_true && std::memcmp(p, "false", 5) != 0) return nullptr;
  rows.SetBoolean(column, is_true);
  return p + (is_true ? 4 : 5);
}

}  // namespace

const char* ReadUnusualValue(const KeyStep& step, const char* p, RowBuffer& rows, uint64_t& null) {
  // A step that was learned from text with less white space can match the beginning of this text.
  while (IsJsonSpace(*p)) ++p;
  if (*p == 'n') {
    null |= step.column_bit;
    return std::memcmp(p, "null", 4) == 0 ? p + 4 : nullptr;
  }
  if (step.empty_is_null && p[0] == '"' && p[1] == '"') {
    null |= step.column_bit;
    return p + 2;
  }
  switch (step.type) {
    case ColumnType::kString:
      return ReadText(step.column, p, rows);
    case ColumnType::kBoolean:
      return ReadBoolean(step.column, p, rows);
    default:
      return ReadNumber(step, p, rows);
  }
}

FastPath::FastPath(const Contract& contract, const ContractIndex& index, uint64_t record_bytes_max,
                   SimdLevel level)
    : memo_(contract, index),
      record_bytes_max_(record_bytes_max),
      column_count_(contract.columns.size()) {
  if (column_count_ == 0 || column_count_ > kFastColumnsMax) return;
  run_ = LoopFor(level);
  for (size_t i = 0; i < column_count_; ++i) {
    const uint64_t bit = uint64_t{1} << i;
    all_columns_ |= bit;
    if (contract.columns[i].not_null) not_null_columns_ |= bit;
  }
}

const char* FastPath::Run(const FastRegion& region, RowBuffer& rows, ByteCounts& counts) {
  if (run_ == nullptr) return region.begin;
  return run_({region, memo_, rows, counts, column_count_, all_columns_, not_null_columns_,
               record_bytes_max_});
}

}  // namespace stedi
