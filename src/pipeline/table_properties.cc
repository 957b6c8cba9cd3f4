#include "pipeline/table_properties.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "pipeline/feed_tables.h"
#include "pipeline/names.h"
#include "pipeline/nearest_name.h"
#include "pipeline/portable_tokens.h"
#include "pipeline/property_keys.h"
#include "pipeline/sql_tokens.h"

namespace stedi {
namespace {

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

// Of a derived table alone, but for those with a name behind a dot.
constexpr std::array<std::string_view, 3> kViewProperties = {"not_null", kMayBeEmptyKey, "consent"};

class PropertyReader {
 public:
  PropertyReader(const SqlText& sql, const ParsedTable& parsed, bool is_feed,
                 TableDefinition& table, std::vector<Diagnostic>& diagnostics)
      : sql_(sql), parsed_(parsed), is_feed_(is_feed), table_(table), diagnostics_(diagnostics) {}

  void Read() {
    for (const ParsedProperty& property : parsed_.properties) {
      if (!table_.properties.emplace(property.key, property.value).second) {
        Report(property.key_offset, fmt::format("the property {} stands here twice", property.key));
      } else if (!property.key.ends_with(kActionSuffix)) {
        ReadOne(property);
      }
    }
    for (const ParsedProperty& property : parsed_.properties) {
      if (property.key.ends_with(kActionSuffix)) ReadAction(property);
    }
    if (is_feed_ && !table_.properties.contains(kPathKey)) {
      Report(parsed_.name_offset,
             fmt::format("the feed {} does not say where it lies", table_.name),
             "add TBLPROPERTIES ('feed.path' = '${stedi.landing}/..')");
    }
  }

 private:
  void Report(size_t offset, std::string message, std::string hint = {}) {
    diagnostics_.push_back(ErrorAt(sql_, offset, std::move(message), std::move(hint)));
  }

  void ReadOne(const ParsedProperty& property);
  void ReadAction(const ParsedProperty& property);
  bool ReadFeedProperty(const ParsedProperty& property);
  void ReadKeepUnfit(const ParsedProperty& property);
  void ReadRejected(const ParsedProperty& property);
  void ReadEmptyIsNull(const ParsedProperty& property);
  void ReadMaxRejected(const ParsedProperty& property);
  void ReadFiles(const ParsedProperty& property);
  void ReadFollowLinks(const ParsedProperty& property);
  void ReadNotNull(const ParsedProperty& property);
  void ReadMayBeEmpty(const ParsedProperty& property);
  void ReadRange(const ParsedProperty& property, std::string_view name);
  bool ReadCovers(const ParsedProperty& property, std::string_view table, Expectation& expectation);
  void ReadExpectation(const ParsedProperty& property, std::string_view kind,
                       std::string_view suffix);
  // Whether the value is one SQL expression, complete and portable; else a diagnostic.
  bool IsExpression(const ParsedProperty& property, std::string_view what, std::string hint);
  bool ReadCondition(const ParsedProperty& property, Expectation& expectation);
  void ReadNote(const ParsedProperty& property);
  bool ReadReference(const ParsedProperty& property, std::string_view column,
                     Expectation& expectation);
  std::string UnknownPropertyHint(std::string_view key) const;
  // The columns of a list; nothing (and a diagnostic) when one is not the table's, nor `added`.
  std::optional<std::vector<std::string>> ReadColumns(const ParsedProperty& property,
                                                      std::string_view added = "");
  bool IsColumn(std::string_view name, size_t offset);
  Expectation NewExpectation(const ParsedProperty& property, std::string name,
                             std::string_view kind) const;

  struct FeedPropertyRow {
    std::string_view name;
    void (PropertyReader::*read)(const ParsedProperty&);
  };
  static const std::array<FeedPropertyRow, 6> feed_properties;

  const SqlText& sql_;
  const ParsedTable& parsed_;
  bool is_feed_;
  TableDefinition& table_;
  std::vector<Diagnostic>& diagnostics_;
};

const std::array<PropertyReader::FeedPropertyRow, 6> PropertyReader::feed_properties = {{
    {"feed.keep_unfit", &PropertyReader::ReadKeepUnfit},
    {kRejectedKey, &PropertyReader::ReadRejected},
    {"empty_is_null", &PropertyReader::ReadEmptyIsNull},
    {kMaxRejectedKey, &PropertyReader::ReadMaxRejected},
    {"feed.files", &PropertyReader::ReadFiles},
    {"feed.follow_links", &PropertyReader::ReadFollowLinks},
}};

void PropertyReader::ReadOne(const ParsedProperty& property) {
  const std::string_view key = property.key;
  if (key == kPathKey) {
    if (!is_feed_) {
      Report(property.key_offset, "feed.path in a materialized view",
             "leave it out: a view is filled from its SELECT");
    } else if (property.value.empty()) {
      Report(property.value_offset, "feed.path is empty", "name the folder of the landing files");
    }
    return;
  }
  if (ReadFeedProperty(property)) return;
  if (key == "not_null") return ReadNotNull(property);
  if (key == kNoteKey) return ReadNote(property);
  if (key == kMayBeEmptyKey && !is_feed_) return ReadMayBeEmpty(property);
  if (key == "consent" && !is_feed_) {
    if (IsColumn(property.value, property.value_offset)) table_.consent = property.value;
    return;
  }
  if (key.starts_with("parameter.")) return ReadRange(property, key.substr(key.find('.') + 1));
  if (key == kPiiKey) {
    if (auto columns = ReadColumns(property, is_feed_ ? kFileColumn : "")) table_.pii = *columns;
    return;
  }
  for (const std::string_view kind : {"expect", "unique", "references", "covers"}) {
    if (is_feed_ && kind == kCovers) continue;  // a feed is compared with nothing
    if (key.starts_with(kind) && key.substr(kind.size()).starts_with(".")) {
      return ReadExpectation(property, kind, key.substr(kind.size() + 1));
    }
  }
  if (!IsIcebergProperty(key)) {
    Report(property.key_offset, fmt::format("the property {} is not known", key),
           UnknownPropertyHint(key));
  }
}

// Properties that only a feed has. False: it is none of them.
bool PropertyReader::ReadFeedProperty(const ParsedProperty& property) {
  const auto row = std::ranges::find(feed_properties, property.key, &FeedPropertyRow::name);
  if (row == feed_properties.end()) return false;
  if (is_feed_) {
    (this->*row->read)(property);
  } else {
    Report(property.key_offset, fmt::format("{} in a materialized view", property.key),
           "leave it out: a view is filled from its SELECT");
  }
  return true;
}

void PropertyReader::ReadKeepUnfit(const ParsedProperty& property) {
  table_.keep_unfit = property.value == "true";
  if (property.value == "true" || property.value == "false") return;
  Report(property.value_offset,
         fmt::format("{} = '{}' is not possible", property.key, property.value),
         "one of true, false");
}

void PropertyReader::ReadRejected(const ParsedProperty& property) {
  std::optional<std::vector<std::string>> columns = ReadColumns(property);
  if (!columns) return;
  if (std::ranges::find(*columns, kReasonColumn) != columns->end()) {
    return Report(property.value_offset,
                  fmt::format("{} cannot name the column {}", property.key, kReasonColumn),
                  "the table of rejected records has a column of that name");
  }
  table_.rejected_columns = std::move(*columns);
}

void PropertyReader::ReadEmptyIsNull(const ParsedProperty& property) {
  const std::optional<std::vector<std::string>> columns = ReadColumns(property);
  if (!columns) return;
  for (ColumnDefinition& column : table_.columns) {
    column.empty_is_null = std::ranges::find(*columns, column.name) != columns->end();
  }
}

// FileRuleOf says what it means.
void PropertyReader::ReadFiles(const ParsedProperty& property) {
  for (const std::string& pattern : SplitAt(property.value, ',')) {
    if (!pattern.empty() && pattern.find_first_of("/[]{}") == std::string::npos) continue;
    Report(property.value_offset,
           pattern.empty() ? "a pattern of feed.files is missing"
                           : fmt::format("{} is not a pattern of a file's name", pattern),
           "write patterns such as '*.json,*.json.gz': * stands for any characters, ? for one; "
           "folders have no part in it");
    return;
  }
}

void PropertyReader::ReadFollowLinks(const ParsedProperty& property) {
  if (property.value == "true" || property.value == "false") return;
  Report(property.value_offset,
         fmt::format("{} = '{}' is not possible", property.key, property.value),
         "one of true, false");
}

std::string PropertyReader::UnknownPropertyHint(std::string_view key) const {
  std::vector<std::string> whole;
  std::vector<std::string> prefixes = {"expect", "unique", "references", "parameter"};
  prefixes.insert(prefixes.end(), kIcebergPrefixes.begin(), kIcebergPrefixes.end());
  if (is_feed_) {
    whole.emplace_back(kPathKey);
    for (const FeedPropertyRow& row : feed_properties) whole.emplace_back(row.name);
  } else {
    whole.insert(whole.end(), kViewProperties.begin(), kViewProperties.end());
    prefixes.emplace_back(kCovers);
  }
  whole.emplace_back(kPiiKey);
  whole.emplace_back(kNoteKey);
  const std::string nearest_whole = NearestName(key, whole);
  if (!nearest_whole.empty()) return fmt::format("did you mean '{}'?", nearest_whole);
  const size_t dot = std::min(key.find('.'), key.size());
  const std::string nearest_prefix = NearestName(key.substr(0, dot), prefixes);
  if (!nearest_prefix.empty() && dot < key.size()) {
    return fmt::format("did you mean '{}{}'?", nearest_prefix, key.substr(dot));
  }
  return fmt::format(
      "known are {}, expect.<name>, unique.<name>, references.<column>, {}parameter.<name>, and "
      "Iceberg's {}.*",
      fmt::join(whole, ", "), is_feed_ ? "" : "covers.<table>, ",
      fmt::join(kIcebergPrefixes, ".*, "));
}

void PropertyReader::ReadNotNull(const ParsedProperty& property) {
  if (is_feed_) {
    return Report(property.key_offset, "not_null in a feed",
                  "write NOT NULL behind the column's type: such records are rejected");
  }
  const std::optional<std::vector<std::string>> columns = ReadColumns(property);
  if (!columns) return;
  for (const std::string& name : *columns) {
    for (ColumnDefinition& column : table_.columns) {
      if (column.name == name) column.not_null = true;
    }
    Expectation expectation = NewExpectation(property, "not_null." + name, "not_null");
    expectation.columns = {name};
    table_.expectations.push_back(std::move(expectation));
  }
}

void PropertyReader::ReadExpectation(const ParsedProperty& property, std::string_view kind,
                                     std::string_view suffix) {
  const bool names_what_is_there = kind == "references" || kind == kCovers;
  if (const std::string mistake = NameMistake(suffix); !mistake.empty() && !names_what_is_there) {
    return Report(property.key_offset, fmt::format("the name in {} {}", property.key, mistake),
                  "use lower-case letters, digits and _");
  }
  Expectation expectation =
      NewExpectation(property, kind == "expect" ? std::string(suffix) : property.key, kind);
  if (kind == "expect") {
    if (!ReadCondition(property, expectation)) return;
  } else if (kind == "unique") {
    auto columns = ReadColumns(property);
    if (!columns) return;
    expectation.columns = std::move(*columns);
  } else if (kind == kCovers) {
    if (!ReadCovers(property, suffix, expectation)) return;
  } else if (!ReadReference(property, suffix, expectation)) {
    return;
  }
  table_.expectations.push_back(std::move(expectation));
}

void PropertyReader::ReadMaxRejected(const ParsedProperty& property) {
  if (ParseShare(property.value).has_value()) return;
  Report(property.value_offset,
         fmt::format("feed.max_rejected = '{}' is not a share", property.value),
         "write a number from 0 to 1, such as '0.5'");
}

void PropertyReader::ReadMayBeEmpty(const ParsedProperty& property) {
  const std::optional<int64_t> rows = ParseRows(property.value);
  if (!rows.has_value() && property.value != "true" && property.value != "false") {
    return Report(property.value_offset,
                  fmt::format("may_be_empty = '{}' is not possible", property.value),
                  "one of true, false, or how many rows the tables it reads must have, such as 20");
  }
  table_.may_be_empty_below = property.value == "true" ? kAnyRows : rows.value_or(0);
}

void PropertyReader::ReadRange(const ParsedProperty& property, std::string_view name) {
  std::optional<ParameterRange> range = ParseParameterRange(name, property.value);
  if (!range.has_value()) {
    return Report(property.value_offset,
                  fmt::format("{} = '{}' is not a range", property.key, property.value),
                  "write two whole numbers or two days, such as '0 to 200'");
  }
  range->position = PositionAt(sql_, property.key_offset);
  table_.ranges.push_back(std::move(*range));
}

// "0.5 by column = column_there, column_of_both from 20 rows"
bool PropertyReader::ReadCovers(const ParsedProperty& property, std::string_view table,
                                Expectation& expectation) {
  constexpr std::string_view kBy = " by ";
  constexpr std::string_view kFrom = " from ";
  constexpr std::string_view kRows = " rows";
  const size_t by = property.value.find(kBy);
  const std::string share = property.value.substr(0, by);
  const auto refuse = [&] {
    Report(property.value_offset,
           fmt::format("{} = '{}' does not say a share and columns", property.key, property.value),
           fmt::format("write '{}' = '0.5 by column_here = column_there, ..'", property.key));
    return false;
  };
  if (by == std::string::npos || !ParseShare(share).has_value() || !NameMistake(table).empty() ||
      table == table_.name) {
    return refuse();
  }
  expectation.share = share;
  expectation.references_table = table;
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
    if (!IsColumn(sides.front(), property.value_offset)) return false;
    expectation.columns.push_back(sides.front());
    expectation.covered_columns.push_back(sides.back());
  }
  return true;
}

bool PropertyReader::ReadCondition(const ParsedProperty& property, Expectation& expectation) {
  expectation.condition = property.value;
  return IsExpression(property, "condition", "write what holds for every row, such as 'x >= 0'");
}

void PropertyReader::ReadNote(const ParsedProperty& property) {
  if (is_feed_) {
    return Report(property.key_offset, "note in a feed", "write it in a materialized view");
  }
  IsExpression(property, "expression", "write a text about the rows, or NULL for none");
}

bool PropertyReader::IsExpression(const ParsedProperty& property, std::string_view what,
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

bool PropertyReader::ReadReference(const ParsedProperty& property, std::string_view column,
                                   Expectation& expectation) {
  if (!IsColumn(column, property.key_offset)) return false;
  const std::vector<std::string> parts = SplitAt(property.value, '.');
  if (parts.size() != 2 || !NameMistake(parts[0]).empty() || !NameMistake(parts[1]).empty()) {
    Report(
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

void PropertyReader::ReadAction(const ParsedProperty& property) {
  const std::string base = property.key.substr(0, property.key.size() - kActionSuffix.size());
  if (!table_.properties.contains(base)) {
    return Report(property.key_offset, fmt::format("{} stands without {}", property.key, base),
                  fmt::format("add '{}' = '..'", base));
  }
  for (Expectation& expectation : table_.expectations) {
    const bool is_expect = expectation.kind == "expect";
    if ((is_expect ? "expect." + expectation.name : expectation.name) != base) continue;
    const auto action = ParseExpectationAction(property.value);
    const std::span<const ExpectationAction> allowed = KindOf(expectation).actions;
    const bool takes_rows =
        action == ExpectationAction::kDrop || action == ExpectationAction::kQuarantine;
    if (!action || std::find(allowed.begin(), allowed.end(), *action) == allowed.end() ||
        (is_feed_ && takes_rows)) {
      std::vector<std::string_view> names;
      for (const ExpectationAction a : allowed) {
        if (!is_feed_ || a == ExpectationAction::kFail || a == ExpectationAction::kWarn) {
          names.push_back(ToString(a));
        }
      }
      return Report(property.value_offset,
                    fmt::format("{} = '{}' is not possible", property.key, property.value),
                    fmt::format("one of {}", fmt::join(names, ", ")));
    }
    expectation.action = *action;
  }
}

std::optional<std::vector<std::string>> PropertyReader::ReadColumns(const ParsedProperty& property,
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

bool PropertyReader::IsColumn(std::string_view name, size_t offset) {
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

Expectation PropertyReader::NewExpectation(const ParsedProperty& property, std::string name,
                                           std::string_view kind) const {
  Expectation expectation;
  expectation.name = std::move(name);
  for (const ExpectationKind& row : ExpectationKinds()) {
    if (row.name == kind) expectation.kind = row.name;
  }
  expectation.action = KindOf(expectation).actions.front();
  expectation.position = PositionAt(sql_, property.key_offset);
  expectation.line_text = LineText(sql_.original, expectation.position.line);
  return expectation;
}

}  // namespace

FileRule FileRuleOf(const TableDefinition& feed) {
  FileRule rule;
  if (const auto files = feed.properties.find("feed.files"); files != feed.properties.end()) {
    rule.patterns = SplitAt(files->second, ',');
  }
  const auto links = feed.properties.find("feed.follow_links");
  rule.follow_links = links != feed.properties.end() && links->second == "true";
  return rule;
}

void ReadProperties(const SqlText& sql, const ParsedTable& parsed, bool is_feed,
                    TableDefinition& table, std::vector<Diagnostic>& diagnostics) {
  PropertyReader(sql, parsed, is_feed, table, diagnostics).Read();
}

}  // namespace stedi
