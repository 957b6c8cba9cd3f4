#include "pipeline/property_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "pipeline/nearest_name.h"
#include "pipeline/portable_tokens.h"
#include "pipeline/sql_tokens.h"

namespace stedi {

std::vector<std::string> SplitAt(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    std::string_view part = text.substr(begin, end - begin);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    parts.emplace_back(part);
    begin = end + 1;
  }
  return parts;
}

void PropertyValues::Report(size_t offset, std::string message, std::string hint) {
  diagnostics_.push_back(ErrorAt(sql_, offset, std::move(message), std::move(hint)));
}

void PropertyValues::ReportImpossible(const ParsedProperty& property, std::string hint) {
  Report(property.value_offset,
         fmt::format("{} = '{}' is not possible", property.key, property.value), std::move(hint));
}

std::optional<std::vector<std::string>> PropertyValues::ReadColumns(const ParsedProperty& property,
                                                                    std::string_view added) {
  std::vector<std::string> columns = SplitAt(property.value, ',');
  for (size_t i = 0; i < columns.size(); ++i) {
    const bool is_added = !added.empty() && columns[i] == added;
    if (!is_added && !IsColumn(columns[i], property.value_offset)) return std::nullopt;
    if (std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i), columns[i]) !=
        columns.begin() + static_cast<std::ptrdiff_t>(i)) {
      Report(property.value_offset, fmt::format("the column {} stands here twice", columns[i]));
      return std::nullopt;
    }
  }
  return columns;
}

bool PropertyValues::IsColumn(std::string_view name, size_t offset) {
  std::vector<std::string> names;
  for (const ColumnDefinition& column : table_.columns) names.push_back(column.name);
  if (std::find(names.begin(), names.end(), name) != names.end()) return true;
  const std::string nearest = NearestName(name, names);
  Report(offset,
         name.empty() ? "the name of a column is missing"
                      : fmt::format("{} has no column {}", table_.name, name),
         nearest.empty() ? fmt::format("its columns are {}", fmt::join(names, ", "))
                         : fmt::format("did you mean '{}'?", nearest));
  return false;
}

bool PropertyValues::IsExpression(const ParsedProperty& property, std::string_view what,
                                  std::string hint) {
  // The literal is at least as long as its value; doubled quotes make it longer.
  const size_t value_end = property.value_offset + property.value.size() + 2;
  if (HasUnsetParameter(sql_, property.value_offset, value_end)) return false;
  int depth = 0;
  bool balanced = true;
  const std::vector<SqlToken> tokens = TokenizeSql(property.value);
  for (const SqlToken& token : tokens) {
    if (IsSymbol(token, "(")) ++depth;
    if (IsSymbol(token, ")")) balanced = --depth >= 0 && balanced;
    if (IsSymbol(token, ";") || token.kind == SqlToken::Kind::kUnterminated) balanced = false;
  }
  if (tokens.size() == 1 || !balanced || depth != 0) {
    Report(property.value_offset, fmt::format("{} is not one {}", property.key, what),
           std::move(hint));
    return false;
  }
  if (property.value.find("--") != std::string::npos ||
      property.value.find("/*") != std::string::npos) {
    Report(property.value_offset,
           fmt::format("a comment in {} {}", what == "expression" ? "an" : "a", what),
           "write it before the property");
    return false;
  }
  if (const auto mistakes = FindUnportableTokens(property.value); !mistakes.empty()) {
    Report(property.value_offset, mistakes.front().message, mistakes.front().hint);
    return false;
  }
  return true;
}

}  // namespace stedi
