#include "pipeline/sql_type.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/ascii_case.h"

namespace stedi {
namespace {

using Kind = SqlType::Kind;

struct TypeName {
  std::string_view name;
  Kind kind;
};

// Spark's spellings; ToString() uses the first one of each kind. VARCHAR, SHORT and BYTE are
// missing because Iceberg has no such types, so that a table would be read back with another type.
constexpr std::array<TypeName, 17> kTypeNames = {{
    {"STRING", Kind::kString},
    {"BIGINT", Kind::kBigint},
    {"LONG", Kind::kBigint},
    {"INT", Kind::kInt},
    {"INTEGER", Kind::kInt},
    {"DOUBLE", Kind::kDouble},
    {"FLOAT", Kind::kFloat},
    {"REAL", Kind::kFloat},
    {"BOOLEAN", Kind::kBoolean},
    {"DATE", Kind::kDate},
    {"TIMESTAMP", Kind::kTimestamp},
    {"TIMESTAMP_LTZ", Kind::kTimestamp},
    {"TIMESTAMP_NTZ", Kind::kTimestampNtz},
    {"DECIMAL", Kind::kDecimal},
    {"DEC", Kind::kDecimal},
    {"NUMERIC", Kind::kDecimal},
    {"BINARY", Kind::kBinary},
}};
constexpr unsigned kPrecisionMax = 38;
constexpr uint8_t kPrecisionDefault = 10;  // Spark's DECIMAL is DECIMAL(10,0)

// `text` in upper case without white space.
std::string Squeeze(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    out.push_back(UpperLetter(c));
  }
  return out;
}

// Parses a number from 0 to 38, such as "12".
std::optional<uint8_t> ParseSmall(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value > kPrecisionMax) return std::nullopt;
  return static_cast<uint8_t>(value);
}

// Parses "(12,2)", "(12)" or "".
std::optional<SqlType> ParseDecimal(std::string_view arguments) {
  SqlType type{Kind::kDecimal, kPrecisionDefault, 0};
  if (arguments.empty()) return type;
  if (arguments.front() != '(' || arguments.back() != ')') return std::nullopt;
  arguments = arguments.substr(1, arguments.size() - 2);
  const size_t comma = arguments.find(',');
  const std::optional<uint8_t> precision = ParseSmall(arguments.substr(0, comma));
  std::optional<uint8_t> scale = uint8_t{0};
  if (comma != std::string_view::npos) scale = ParseSmall(arguments.substr(comma + 1));
  if (!precision || !scale || *precision == 0 || *scale > *precision) return std::nullopt;
  type.precision = *precision;
  type.scale = *scale;
  return type;
}

}  // namespace

std::optional<SqlType> ParseSqlType(std::string_view text) {
  const std::string squeezed = Squeeze(text);
  const std::string_view name = std::string_view(squeezed).substr(0, squeezed.find('('));
  const std::string_view arguments = std::string_view(squeezed).substr(name.size());
  for (const TypeName& row : kTypeNames) {
    if (row.name != name) continue;
    if (row.kind == Kind::kDecimal) return ParseDecimal(arguments);
    if (!arguments.empty()) return std::nullopt;
    return SqlType{row.kind, 0, 0};
  }
  return std::nullopt;
}

std::string ToString(const SqlType& type) {
  for (const TypeName& row : kTypeNames) {
    if (row.kind != type.kind) continue;
    if (type.kind != Kind::kDecimal) return std::string(row.name);
    return fmt::format("{}({},{})", row.name, type.precision, type.scale);
  }
  return {};
}

}  // namespace stedi
