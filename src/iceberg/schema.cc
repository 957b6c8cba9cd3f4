#include "iceberg/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "base/error.h"

namespace stedi {
namespace {

struct TypeName {
  IcebergType::Kind kind;
  std::string_view name;
};
constexpr TypeName kTypeNames[] = {
    {IcebergType::Kind::kBoolean, "boolean"},
    {IcebergType::Kind::kInt, "int"},
    {IcebergType::Kind::kLong, "long"},
    {IcebergType::Kind::kFloat, "float"},
    {IcebergType::Kind::kDouble, "double"},
    {IcebergType::Kind::kDecimal, "decimal"},
    {IcebergType::Kind::kDate, "date"},
    {IcebergType::Kind::kTimestamp, "timestamp"},
    {IcebergType::Kind::kTimestamptz, "timestamptz"},
    {IcebergType::Kind::kString, "string"},
    {IcebergType::Kind::kBinary, "binary"},
};
constexpr uint8_t kDecimalPrecisionMax = 38;

std::string_view NameOf(IcebergType::Kind kind) {
  return std::ranges::find(kTypeNames, kind, &TypeName::kind)->name;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<uint8_t> ParseSmallNumber(std::string_view text) {
  uint8_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "decimal(12,2)"; Java writes a space after the comma.
std::optional<IcebergType> ParseDecimal(std::string_view text) {
  constexpr std::string_view kHead = "decimal(";
  if (!text.starts_with(kHead) || !text.ends_with(')')) return std::nullopt;
  text.remove_prefix(kHead.size());
  text.remove_suffix(1);
  const size_t comma = text.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const auto precision = ParseSmallNumber(Trim(text.substr(0, comma)));
  const auto scale = ParseSmallNumber(Trim(text.substr(comma + 1)));
  if (!precision || !scale || *precision < 1 || *precision > kDecimalPrecisionMax ||
      *scale > *precision) {
    return std::nullopt;
  }
  return IcebergType{IcebergType::Kind::kDecimal, *precision, *scale};
}

const Field* FindField(const std::vector<Field>& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

// The type changes that leave every file already written readable (specification: schema
// evolution).
bool IsPromotion(const IcebergType& from, const IcebergType& to) {
  using Kind = IcebergType::Kind;
  if (from.kind == Kind::kInt) return to.kind == Kind::kLong;
  if (from.kind == Kind::kFloat) return to.kind == Kind::kDouble;
  return from.kind == Kind::kDecimal && to.kind == Kind::kDecimal && from.scale == to.scale &&
         to.precision >= from.precision;
}

void CheckUniqueNames(const std::vector<Field>& wanted) {
  std::set<std::string_view> seen;
  for (const Field& field : wanted) {
    if (!seen.insert(field.name).second) {
      throw Error(ErrorCode::kInvalid,
                  fmt::format("column '{}' is named twice: name each column once", field.name));
    }
  }
}

[[noreturn]] void Refuse(std::string_view column, std::string_view change) {
  throw Error(
      ErrorCode::kInvalid,
      fmt::format("column '{}' {}, but the rows already loaded would not fit: undo the change, "
                  "or load the table anew with --rebuild",
                  column, change));
}

// When a feed's contract changes, its rows stay: each of them must be valid in the new schema too.
void CheckAppendOnly(const std::vector<Field>& current, const std::vector<Field>& wanted) {
  for (const Field& old : current) {
    const Field* now = FindField(wanted, old.name);
    if (now == nullptr) Refuse(old.name, "was dropped from the contract");
    if (now->type != old.type && !IsPromotion(old.type, now->type)) {
      Refuse(old.name, fmt::format("changes its type from {} to {}", ToString(old.type),
                                   ToString(now->type)));
    }
    if (now->required && !old.required) Refuse(old.name, "becomes NOT NULL");
  }
  for (const Field& now : wanted) {
    if (now.required && FindField(current, now.name) == nullptr) {
      Refuse(now.name, "is new and NOT NULL");
    }
  }
}

}  // namespace

std::string ToString(const IcebergType& type) {
  if (type.kind != IcebergType::Kind::kDecimal) return std::string(NameOf(type.kind));
  return fmt::format("decimal({},{})", type.precision, type.scale);
}

std::optional<IcebergType> FindIcebergType(std::string_view text) {
  for (const TypeName& row : kTypeNames) {
    if (row.name == text && row.kind != IcebergType::Kind::kDecimal) return IcebergType{row.kind};
  }
  return ParseDecimal(text);
}

IcebergType ParseIcebergType(std::string_view text) {
  if (const auto type = FindIcebergType(text)) return *type;
  throw Error(ErrorCode::kInvalid,
              fmt::format("type '{}' is not one that stedi reads or writes", text));
}

Schema EvolveSchema(const Schema& current, const std::vector<Field>& wanted, EvolutionRule rule,
                    int32_t& last_column_id) {
  CheckUniqueNames(wanted);
  if (rule == EvolutionRule::kAppendOnly) CheckAppendOnly(current.fields, wanted);
  int32_t last_id = last_column_id;
  for (const Field& field : current.fields) last_id = std::max(last_id, field.id);

  Schema next{current.schema_id + 1, wanted};
  for (Field& field : next.fields) {
    const Field* old = FindField(current.fields, field.name);
    const bool keeps_id =
        old != nullptr && (rule == EvolutionRule::kAppendOnly || old->type == field.type);
    field.id = keeps_id ? old->id : ++last_id;
  }
  if (next.fields == current.fields) return current;
  last_column_id = last_id;
  return next;
}

}  // namespace stedi
