#include "landing/record_parser.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "files/utf8.h"
#include "landing/coercion.h"

namespace stedi {
namespace {

// Whether the string contains a lone surrogate, which UTF-8 cannot express.
bool HasLoneSurrogate(const JsonValue& value) {
  if (!value.has_escape) return false;
  std::string unescaped(value.text.size(), '\0');
  return !Unescape(value.text, unescaped.data()).valid;
}

bool IsNull(const ContractColumn& column, const JsonValue& value) {
  if (value.kind == JsonKind::kNull) return true;
  return column.empty_is_null && value.kind == JsonKind::kString && value.text.empty();
}

// Whether a column is NULL when it cannot hold its value, instead of the record being rejected. The
// first of the rejected columns tells whose record it is: if it cannot hold its value, the record
// is rejected, so that its bytes are searched for the value.
bool CanKeepUnfit(const Contract& contract, size_t column) {
  const std::vector<size_t>& wanted = contract.rejected_columns;
  const bool is_key = !wanted.empty() && wanted.front() == column;
  return contract.keep_unfit && !contract.columns[column].not_null && !is_key;
}

Misfit MisfitOf(FoundKind found, size_t column) { return {found, static_cast<uint16_t>(column)}; }

}  // namespace

const ParsedRecord& RecordParser::Parse(const char* begin, const char* end) {
  record_.begin = begin;
  record_.duplicate = nullptr;
  record_.fields.clear();
  seen_.reset();
  JsonLexer lexer(begin, end);
  ParseMembers(lexer);
  record_.status = lexer.status();
  record_.stop = lexer.position();
  record_.first_control = lexer.first_control();
  record_.non_ascii = lexer.non_ascii();
  return record_;
}

bool RecordParser::ParseMembers(JsonLexer& lexer) {
  if (!lexer.Expect('{') || !lexer.SkipSpace()) return false;
  if (lexer.Peek() == '}') return lexer.Expect('}');
  while (true) {
    JsonValue key;
    JsonValue value;
    if (!lexer.ReadString(key) || !lexer.SkipSpace()) return false;
    if (!lexer.Expect(':') || !lexer.SkipSpace()) return false;
    if (!lexer.ReadValue(value, 1)) return false;
    AddMember(key, value);
    if (!lexer.SkipSpace()) return false;
    if (lexer.Peek() == '}') return lexer.Expect('}');
    if (!lexer.Expect(',') || !lexer.SkipSpace()) return false;
  }
}

void RecordParser::AddMember(const JsonValue& key, const JsonValue& value) {
  std::string_view name = key.text;
  bool valid = true;
  if (key.has_escape) {
    scratch_.resize(key.text.size());
    const Unescaped unescaped = Unescape(key.text, scratch_.data());
    name = std::string_view(scratch_).substr(0, unescaped.length);
    valid = unescaped.valid;
  }
  const std::optional<size_t> column = valid ? index_.FindColumn(name) : std::nullopt;
  if (column && seen_[*column]) {
    if (record_.duplicate == nullptr) {
      record_.duplicate = key.text.data();
      record_.duplicate_column = *column;
    }
    return;
  }
  if (column) seen_[*column] = true;
  record_.fields.push_back({column.value_or(kNoColumn), key.text, value});
}

// Returns the first fault of the record as a whole, in order of precedence.
std::optional<RecordFault> RecordParser::CheckText() const {
  if (record_.first_control != nullptr) {
    return RecordFault{RejectReason::kMalformed, record_.first_control};
  }
  if (record_.non_ascii) {
    const auto size = static_cast<size_t>(record_.stop - record_.begin);
    const char* const invalid = FindInvalidUtf8({record_.begin, size});
    if (invalid != nullptr) return RecordFault{RejectReason::kInvalidUtf8, invalid};
  }
  for (const RecordField& field : record_.fields) {
    if (field.column == kNoColumn) continue;
    if (contract_.columns[field.column].type != ColumnType::kString) continue;
    if (field.value.kind == JsonKind::kString && HasLoneSurrogate(field.value)) {
      return RecordFault{RejectReason::kInvalidUtf8, field.value.text.data(),
                         MisfitOf(FoundKind::kLoneSurrogate, field.column)};
    }
  }
  if (record_.duplicate != nullptr) {
    return RecordFault{RejectReason::kDuplicateKey, record_.duplicate,
                       MisfitOf(FoundKind::kDuplicateKey, record_.duplicate_column)};
  }
  return std::nullopt;
}

std::optional<RecordFault> RecordParser::Store(uint64_t offset, RowBuffer& rows) {
  if (std::optional<RecordFault> fault = CheckText()) return fault;
  rows.PrepareRow();
  std::bitset<kContractColumnsMax> present;
  unfit_.reset();
  bool has_rescued = false;
  for (const RecordField& field : record_.fields) {
    if (field.column == kNoColumn) {
      has_rescued = true;
      continue;
    }
    if (IsNull(contract_.columns[field.column], field.value)) continue;
    const std::optional<ValueFault> fault = StoreValue(field, rows);
    if (!fault) {
      present[field.column] = true;
    } else if (CanKeepUnfit(contract_, field.column)) {
      unfit_[field.column] = has_rescued = true;
    } else {
      return RecordFault{fault->reason, field.value.text.data(),
                         MisfitOf(fault->found, field.column)};
    }
  }
  for (size_t i = 0; i < contract_.columns.size(); ++i) {
    if (present[i] || !contract_.columns[i].not_null) continue;
    return RecordFault{RejectReason::kNotNull, record_.stop - 1,
                       MisfitOf(seen_[i] ? FoundKind::kNull : FoundKind::kMissing, i)};
  }
  for (size_t i = 0; i < contract_.columns.size(); ++i) {
    if (!present[i]) rows.SetNull(i);
  }
  if (has_rescued) StoreRescued(rows);
  rows.CommitRow(offset);
  return std::nullopt;
}

// Stores the unknown keys and the unfit values as one JSON object in input order, and the names of
// the unfit columns in column order.
void RecordParser::StoreRescued(RowBuffer& rows) {
  scratch_.clear();
  for (const RecordField& field : record_.fields) {
    if (field.column != kNoColumn && !unfit_[field.column]) continue;
    if (field.column == kNoColumn) rows.other_keys().Add(field.key);
    scratch_.append(scratch_.empty() ? "{\"" : ",\"").append(field.key).append("\":");
    const bool is_string = field.value.kind == JsonKind::kString;
    if (is_string) scratch_ += '"';
    scratch_.append(field.value.text);
    if (is_string) scratch_ += '"';
  }
  rows.SetRescued(scratch_ += '}');
  if (unfit_.none()) return;
  scratch_.clear();
  for (size_t i = 0; i < contract_.columns.size(); ++i) {
    if (!unfit_[i]) continue;
    if (!scratch_.empty()) scratch_ += ',';
    scratch_.append(contract_.columns[i].name);
  }
  rows.SetUnfit(scratch_);
}

std::optional<RecordParser::ValueFault> RecordParser::StoreValue(const RecordField& field,
                                                                 RowBuffer& rows) const {
  const JsonValue& value = field.value;
  const ColumnType type = contract_.columns[field.column].type;
  if (type == ColumnType::kBoolean) {
    if (value.kind != JsonKind::kTrue && value.kind != JsonKind::kFalse) {
      return ValueFault{RejectReason::kTypeMismatch, KindOf(value)};
    }
    rows.SetBoolean(field.column, value.kind == JsonKind::kTrue);
    return std::nullopt;
  }
  if (value.kind != JsonKind::kString && value.kind != JsonKind::kNumber) {
    return ValueFault{RejectReason::kTypeMismatch, KindOf(value)};
  }
  if (type != ColumnType::kString) return StoreNumber(field, rows);
  std::string_view text = value.text;
  if (value.kind == JsonKind::kString && value.has_escape) {
    char* const unescaped = rows.AllocateText(text.size());
    text = std::string_view(unescaped, Unescape(text, unescaped).length);
  }
  rows.SetString(field.column, MakeStringCell(text.data(), text.size()));
  return std::nullopt;
}

std::optional<RecordParser::ValueFault> RecordParser::StoreNumber(const RecordField& field,
                                                                  RowBuffer& rows) const {
  std::string_view text = field.value.text;
  std::string unescaped;
  if (field.value.has_escape) {
    unescaped.resize(text.size());
    unescaped.resize(Unescape(text, unescaped.data()).length);
    text = unescaped;
  }
  if (field.value.kind == JsonKind::kString && !IsJsonNumber(text)) {
    return ValueFault{RejectReason::kTypeMismatch, KindOf(field.value)};
  }
  std::optional<RejectReason> reason;
  bool is_inexact = false;
  switch (contract_.columns[field.column].type) {
    case ColumnType::kBigint: {
      int64_t number = 0;
      reason = NumberToBigint(text, number);
      rows.SetBigint(field.column, number);
      break;
    }
    case ColumnType::kInt: {
      int32_t number = 0;
      reason = NumberToInt(text, number);
      rows.SetInt(field.column, number);
      break;
    }
    default: {
      double number = 0;
      reason = NumberToDouble(text, number);
      is_inexact = number != 0;
      rows.SetDouble(field.column, number);
      break;
    }
  }
  if (!reason) return std::nullopt;
  if (*reason == RejectReason::kTypeMismatch) return ValueFault{*reason, FoundKind::kFraction};
  return ValueFault{*reason, is_inexact ? FoundKind::kInexactNumber : FoundKind::kOutOfRangeNumber};
}

}  // namespace stedi
