#include "pipeline/expectation_properties.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <span>
#include <utility>

#include "pipeline/names.h"
#include "pipeline/property_keys.h"

namespace stedi {
namespace {

// The part of an expectation's property before the dot: "expect" ..
std::string_view PrefixOf(const ExpectationKind& kind) {
  return kind.property.substr(0, kind.property.find('.'));
}

// Whether such a table can have properties of the kind with a name after a dot.
bool IsNamed(const ExpectationKind& kind, bool is_feed) {
  return kind.property != PrefixOf(kind) && !(is_feed && kind.scope == ExpectationScope::kTables);
}

Expectation NewExpectation(const PropertyValues& values, const ParsedProperty& property,
                           std::string name, const ExpectationKind& kind) {
  Expectation expectation;
  expectation.name = std::move(name);
  expectation.kind = kind.name;
  expectation.action = kind.actions.front();
  expectation.position = PositionAt(values.sql(), property.key_offset);
  expectation.line_text = LineText(values.sql().original, expectation.position.line);
  return expectation;
}

bool ReadCondition(PropertyValues& values, const ParsedProperty& property,
                   Expectation& expectation) {
  expectation.condition = property.value;
  return values.IsExpression(property, "condition",
                             "write what holds for every row, such as 'x >= 0'");
}

bool ReadReference(PropertyValues& values, const ParsedProperty& property, std::string_view column,
                   Expectation& expectation) {
  if (!values.IsColumn(column, property.key_offset)) return false;
  const std::vector<std::string> parts = SplitAt(property.value, '.');
  if (parts.size() != 2 || !NameMistake(parts[0]).empty() || !NameMistake(parts[1]).empty()) {
    values.Report(
        property.value_offset,
        fmt::format("{} = '{}' does not name a table and a column", property.key, property.value),
        fmt::format("write '{}' = 'table.column'", property.key));
    return false;
  }
  expectation.columns = {std::string(column)};
  expectation.references_table = parts[0];
  expectation.references_column = parts[1];
  return true;
}

// Parses "0.5 by column = column_there, column_of_both from 20 rows".
bool ReadCovers(PropertyValues& values, const ParsedProperty& property, std::string_view suffix,
                const TableDefinition& table, Expectation& expectation) {
  constexpr std::string_view kBy = " by ";
  constexpr std::string_view kFrom = " from ";
  constexpr std::string_view kRows = " rows";
  const size_t by = property.value.find(kBy);
  const std::string share = property.value.substr(0, by);
  const auto refuse = [&] {
    values.Report(
        property.value_offset,
        fmt::format("{} = '{}' does not say a share and columns", property.key, property.value),
        fmt::format("write '{}' = '0.5 by column_here = column_there, ..'", property.key));
    return false;
  };
  if (by == std::string::npos || !ParseShare(share).has_value() || !NameMistake(suffix).empty() ||
      suffix == table.name) {
    return refuse();
  }
  expectation.share = share;
  expectation.references_table = suffix;
  std::string columns = property.value.substr(by + kBy.size());
  if (const size_t from = columns.find(kFrom); from != std::string::npos) {
    std::string_view rows = std::string_view(columns).substr(from + kFrom.size());
    if (!rows.ends_with(kRows)) return refuse();
    rows.remove_suffix(kRows.size());
    if (!ParseRows(rows).has_value()) return refuse();
    expectation.rows_min = *ParseRows(rows);
    columns.resize(from);
  }
  for (const std::string& pair : SplitAt(columns, ',')) {
    const std::vector<std::string> sides = SplitAt(pair, '=');
    if (sides.size() > 2 || !NameMistake(sides.back()).empty()) return refuse();
    if (!values.IsColumn(sides.front(), property.value_offset)) return false;
    expectation.columns.push_back(sides.front());
    expectation.covered_columns.push_back(sides.back());
  }
  return true;
}

// How the value of each kind of expectation is read: returns false after a mistake. `suffix`: the
// part of the key after the dot.
bool ReadValue(PropertyValues& values, const ParsedProperty& property, std::string_view suffix,
               const TableDefinition& table, Expectation& expectation) {
  if (expectation.kind == "expect") return ReadCondition(values, property, expectation);
  if (expectation.kind == "references") return ReadReference(values, property, suffix, expectation);
  if (expectation.kind == kCovers) return ReadCovers(values, property, suffix, table, expectation);
  auto columns = values.ReadColumns(property);
  if (columns) expectation.columns = std::move(*columns);
  return columns.has_value();
}

}  // namespace

bool ReadExpectation(PropertyValues& values, const ParsedProperty& property, bool is_feed,
                     TableDefinition& table) {
  const std::string_view key = property.key;
  const std::string_view prefix = key.substr(0, key.find('.'));
  const auto kind = std::ranges::find_if(ExpectationKinds(), [&](const ExpectationKind& row) {
    return PrefixOf(row) == prefix && IsNamed(row, is_feed) && prefix != key;
  });
  if (kind == ExpectationKinds().end()) return false;
  const std::string_view suffix = key.substr(prefix.size() + 1);
  const bool is_free_name = kind->property.ends_with("<name>");
  if (const std::string mistake = NameMistake(suffix); !mistake.empty() && is_free_name) {
    values.Report(property.key_offset, fmt::format("the name in {} {}", key, mistake),
                  "use lower-case letters, digits and _");
    return true;
  }
  const bool is_expect = kind->name == "expect";
  table.expectations.push_back(
      NewExpectation(values, property, std::string(is_expect ? suffix : key), *kind));
  const bool is_read = ReadValue(values, property, suffix, table, table.expectations.back());
  if (!is_read) table.expectations.pop_back();
  return true;
}

void ReadNotNull(PropertyValues& values, const ParsedProperty& property, TableDefinition& table) {
  const std::optional<std::vector<std::string>> columns = values.ReadColumns(property);
  if (!columns) return;
  for (const std::string& name : *columns) {
    for (ColumnDefinition& column : table.columns) {
      if (column.name == name) column.not_null = true;
    }
    Expectation expectation =
        NewExpectation(values, property, "not_null." + name, KindNamed(kNotNullKey));
    expectation.columns = {name};
    table.expectations.push_back(std::move(expectation));
  }
}

void ReadAction(PropertyValues& values, const ParsedProperty& property, bool is_feed,
                TableDefinition& table) {
  const std::string base = property.key.substr(0, property.key.size() - kActionSuffix.size());
  if (!table.properties.contains(base)) {
    return values.Report(property.key_offset,
                         fmt::format("{} stands without {}", property.key, base),
                         fmt::format("add '{}' = '..'", base));
  }
  for (Expectation& expectation : table.expectations) {
    const bool is_expect = expectation.kind == "expect";
    if ((is_expect ? "expect." + expectation.name : expectation.name) != base) continue;
    const auto action = ParseExpectationAction(property.value);
    const std::span<const ExpectationAction> allowed = KindOf(expectation).actions;
    const bool takes_rows =
        action == ExpectationAction::kDrop || action == ExpectationAction::kQuarantine;
    if (!action || std::find(allowed.begin(), allowed.end(), *action) == allowed.end() ||
        (is_feed && takes_rows)) {
      std::vector<std::string_view> names;
      for (const ExpectationAction a : allowed) {
        if (!is_feed || a == ExpectationAction::kFail || a == ExpectationAction::kWarn) {
          names.push_back(ToString(a));
        }
      }
      return values.ReportImpossible(property, fmt::format("one of {}", fmt::join(names, ", ")));
    }
    expectation.action = *action;
  }
}

std::vector<std::string_view> ExpectationProperties(bool is_feed) {
  std::vector<std::string_view> properties;
  for (const ExpectationKind& kind : ExpectationKinds()) {
    if (IsNamed(kind, is_feed)) properties.push_back(kind.property);
  }
  return properties;
}

}  // namespace stedi
