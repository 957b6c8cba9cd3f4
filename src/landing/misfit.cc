#include "landing/misfit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "files/byte_scan.h"

namespace stedi {
namespace {

struct FoundRow {
  FoundKind found;
  std::string_view text;
};
constexpr auto kFound = std::to_array<FoundRow>({
    {FoundKind::kUnknown, ""},
    {FoundKind::kMissing, "no such key"},
    {FoundKind::kNull, "null"},
    {FoundKind::kTrue, "true"},
    {FoundKind::kFalse, "false"},
    {FoundKind::kNumber, "number"},
    {FoundKind::kFraction, "fraction"},
    {FoundKind::kOutOfRangeNumber, "number out of range"},
    {FoundKind::kInexactNumber, "whole number that is not exact"},
    {FoundKind::kText, "text"},
    {FoundKind::kEmptyText, "empty text"},
    {FoundKind::kBlankText, "blank text"},
    {FoundKind::kLoneSurrogate, "half a surrogate pair"},
    {FoundKind::kObject, "object"},
    {FoundKind::kArray, "array"},
    {FoundKind::kDuplicateKey, "key given twice"},
});

constexpr bool AreInOrder() {
  for (size_t i = 0; i < kFound.size(); ++i) {
    if (static_cast<size_t>(kFound[i].found) != i) return false;
  }
  return true;
}
static_assert(AreInOrder());

std::string_view NameOf(ColumnType type) {
  switch (type) {
    case ColumnType::kString:
      return "STRING";
    case ColumnType::kBigint:
      return "BIGINT";
    case ColumnType::kInt:
      return "INT";
    case ColumnType::kDouble:
      return "DOUBLE";
    case ColumnType::kBoolean:
      return "BOOLEAN";
  }
  return "";
}

FoundKind KindOfText(std::string_view text) {
  if (text.empty()) return FoundKind::kEmptyText;
  return std::ranges::all_of(text, IsJsonSpace) ? FoundKind::kBlankText : FoundKind::kText;
}

}  // namespace

size_t FoundKindCount() { return kFound.size(); }

FoundKind KindOf(const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::kNull:
      return FoundKind::kNull;
    case JsonKind::kTrue:
      return FoundKind::kTrue;
    case JsonKind::kFalse:
      return FoundKind::kFalse;
    case JsonKind::kNumber:
      return FoundKind::kNumber;
    case JsonKind::kObject:
      return FoundKind::kObject;
    case JsonKind::kArray:
      return FoundKind::kArray;
    case JsonKind::kString:
      break;
  }
  if (!value.has_escape) return KindOfText(value.text);
  std::string unescaped(value.text.size(), '\0');
  unescaped.resize(Unescape(value.text, unescaped.data()).length);
  return KindOfText(unescaped);
}

MisfitText Describe(const Misfit& misfit, const Contract& contract) {
  MisfitText text;
  if (misfit.found == FoundKind::kUnknown) return text;
  text.found = kFound.at(static_cast<size_t>(misfit.found)).text;
  if (misfit.column == kNoColumn) {
    text.wanted = "object";
    return text;
  }
  const ContractColumn& column = contract.columns.at(misfit.column);
  text.column = column.name;
  const bool has_value = misfit.found != FoundKind::kNull && misfit.found != FoundKind::kMissing;
  text.wanted = misfit.found == FoundKind::kDuplicateKey
                    ? "one value"
                    : fmt::format("{}{}", NameOf(column.type), has_value ? "" : " NOT NULL");
  return text;
}

}  // namespace stedi
