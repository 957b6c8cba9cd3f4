#include "cli/compare_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "cli/human_text.h"

namespace stedi {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kTableWidth = 26;
constexpr size_t kNumberWidth = 12;

std::string Rows(int64_t count) {
  return fmt::format("{} row{}", GroupDigits(count), count == 1 ? "" : "s");
}

std::string Colored(std::string_view text, bool is_good, bool has_color) {
  if (!has_color) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", is_good ? 32 : 31, text);
}

std::string Value(const std::optional<std::string>& value) {
  return value.has_value() ? PrintableText(*value) : "NULL";
}

std::string Values(const NamedValues& values) {
  std::string text;
  for (const auto& [name, value] : values) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, Value(value));
  }
  return text;
}

std::string ColumnsText(const TableComparison& table) {
  std::string text;
  std::vector<std::string> differing;
  for (const ColumnComparison& column : table.columns) {
    if (column.is_equal()) continue;
    if (column.type_b.empty()) {
      text += fmt::format("    column {} ({}) is only in A\n", column.name, column.type_a);
    } else if (column.type_a.empty()) {
      text += fmt::format("    column {} ({}) is only in B\n", column.name, column.type_b);
    } else if (column.type_a != column.type_b) {
      text += fmt::format("    column {} is {} in A and {} in B\n", column.name, column.type_a,
                          column.type_b);
    } else {
      differing.push_back(column.name);
    }
  }
  if (!differing.empty()) {
    text += fmt::format("    columns that differ: {}\n", fmt::join(differing, ", "));
  } else if (table.checksum_a != table.checksum_b) {
    text += "    every column has the same values, but they stand together in other rows\n";
  }
  return text;
}

void AppendRows(std::string& text, const char* lake, int64_t count,
                const std::vector<SurplusRow>& rows) {
  int64_t shown = 0;
  for (const SurplusRow& row : rows) {
    text += fmt::format("        {}{}: {}\n", lake,
                        row.count == 1 ? "" : fmt::format(", {} times", GroupDigits(row.count)),
                        Values(row.values));
    shown += row.count;
  }
  if (shown < count) {
    text += fmt::format("        {}: and {} more\n", lake, GroupDigits(count - shown));
  }
}

const std::optional<std::string>& ValueOf(const SurplusRow& row, const std::string& column) {
  return std::ranges::find(row.values, column,
                           [](const auto& named) { return std::string_view(named.first); })
      ->second;
}

// Describes the differing rows of one key. One row against one row, and rows that only one lake
// has, fit on the line of the key; otherwise the rows are listed below it.
std::string KeyText(const KeyDifference& difference) {
  std::string text = fmt::format("      {}: ", Values(difference.key));
  if (!difference.columns.empty() && difference.rows_a == 1 && difference.rows_b == 1) {
    std::vector<std::string> changes;
    for (const std::string& column : difference.columns) {
      changes.push_back(fmt::format("{} is {} in A, {} in B", column,
                                    Value(ValueOf(difference.a[0], column)),
                                    Value(ValueOf(difference.b[0], column))));
    }
    return text + fmt::format("{}\n", fmt::join(changes, "; "));
  }
  if (difference.rows_a == 0 || difference.rows_b == 0) {
    const bool is_a = difference.rows_b == 0;
    const int64_t count = is_a ? difference.rows_a : difference.rows_b;
    return text +
           fmt::format("{}only in {}\n", count == 1 ? "" : Rows(count) + " ", is_a ? 'A' : 'B');
  }
  text +=
      fmt::format("{} only in A, {} only in B\n", Rows(difference.rows_a), Rows(difference.rows_b));
  AppendRows(text, "A", difference.rows_a, difference.a);
  AppendRows(text, "B", difference.rows_b, difference.b);
  return text;
}

std::string Verdict(const TableComparison& table) {
  if (!table.in_b) return "only in A";
  if (!table.in_a) return "only in B";
  return table.is_equal() ? "equal" : "different";
}

Json ValuesJson(const NamedValues& values) {
  Json json = Json::object();
  for (const auto& [name, value] : values) json[name] = value ? Json(*value) : Json(nullptr);
  return json;
}

Json RowsJson(const std::vector<SurplusRow>& rows) {
  Json json = Json::array();
  for (const SurplusRow& row : rows) {
    json.push_back({{"count", row.count}, {"values", ValuesJson(row.values)}});
  }
  return json;
}

Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json TableJson(const TableComparison& table) {
  Json columns = Json::array();
  for (const ColumnComparison& column : table.columns) {
    columns.push_back({{"name", column.name},
                       {"equal", column.is_equal()},
                       {"type_a", TextOrNull(column.type_a)},
                       {"type_b", TextOrNull(column.type_b)},
                       {"checksum_a", TextOrNull(column.checksum_a)},
                       {"checksum_b", TextOrNull(column.checksum_b)}});
  }
  Json differing = Json::array();
  for (const KeyDifference& difference : table.differing) {
    differing.push_back({{"key", ValuesJson(difference.key)},
                         {"columns", difference.columns},
                         {"rows_a", difference.rows_a},
                         {"rows_b", difference.rows_b},
                         {"a", RowsJson(difference.a)},
                         {"b", RowsJson(difference.b)}});
  }
  const auto rows = [](bool is_there, int64_t count) {
    return is_there ? Json(count) : Json(nullptr);
  };
  return {{"table", table.table},
          {"verdict", Verdict(table)},
          {"rows_a", rows(table.in_a, table.rows_a)},
          {"rows_b", rows(table.in_b, table.rows_b)},
          {"checksum_a", TextOrNull(table.checksum_a)},
          {"checksum_b", TextOrNull(table.checksum_b)},
          {"left_out", table.left_out},
          {"columns", std::move(columns)},
          {"only_in_a", table.only_in_a},
          {"only_in_b", table.only_in_b},
          {"differing", std::move(differing)}};
}

}  // namespace

std::pair<std::string, std::vector<std::string>> SplitKey(std::string_view text) {
  const size_t sign = text.find('=');
  std::vector<std::string> columns;
  for (size_t begin = sign + 1; sign != std::string_view::npos && begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    columns.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (sign == 0 || columns.empty() || std::ranges::find(columns, "") != columns.end()) {
    throw Error(ErrorCode::kInvalid, fmt::format("--key needs table=column,column, such as "
                                                 "customers_trusted=customer, not '{}'",
                                                 text));
  }
  return {std::string(text.substr(0, sign)), std::move(columns)};
}

std::string ComparisonText(const TableComparison& table, bool has_color) {
  const bool is_good = table.is_equal();
  const int64_t rows = table.in_a ? table.rows_a : table.rows_b;
  std::string text =
      fmt::format("{}  {} {}  {}", PadRight(PrintableText(table.table), kTableWidth),
                  PadLeft(GroupDigits(rows), kNumberWidth), PadRight(rows == 1 ? "row" : "rows", 4),
                  Colored(Verdict(table), is_good, has_color));
  if (table.in_a && table.in_b && table.rows_a != table.rows_b) {
    text += fmt::format(": {} in B", Rows(table.rows_b));
  }
  if (!table.left_out.empty()) {
    text += fmt::format(", without {}: it names the run, not the data",
                        fmt::join(table.left_out, ", "));
  }
  text += '\n';
  if (is_good || !table.in_a || !table.in_b) return text;
  text += ColumnsText(table);
  if (table.only_in_a > 0 || table.only_in_b > 0) {
    text += fmt::format("    {} only in A, {} only in B\n", Rows(table.only_in_a),
                        Rows(table.only_in_b));
  }
  for (const KeyDifference& difference : table.differing) text += KeyText(difference);
  return text;
}

std::string ComparisonSummary(const LakesComparison& lakes) {
  const auto equal = std::ranges::count_if(lakes.tables, &TableComparison::is_equal);
  const bool is_good = static_cast<size_t>(equal) == lakes.tables.size();
  return fmt::format("{} of {} tables equal{}\n", equal, lakes.tables.size(),
                     is_good ? "" : ": the lakes differ");
}

nlohmann::ordered_json ComparisonJson(const LakesComparison& lakes) {
  Json tables = Json::array();
  for (const TableComparison& table : lakes.tables) tables.push_back(TableJson(table));
  return {{"equal", lakes.is_equal()},
          {"database_a", lakes.database_a},
          {"database_b", lakes.database_b},
          {"tables", std::move(tables)}};
}

}  // namespace stedi
