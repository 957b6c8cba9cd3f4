#include "pipeline/table_properties.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "pipeline/expectation_properties.h"
#include "pipeline/feed_tables.h"
#include "pipeline/nearest_name.h"
#include "pipeline/property_keys.h"
#include "pipeline/property_values.h"

namespace stedi {
namespace {

// Which tables can have a property.
enum class Of : uint8_t { kFeed, kView, kBoth };

class PropertyReader {
 public:
  PropertyReader(const SqlText& sql, const ParsedTable& parsed, bool is_feed,
                 TableDefinition& table, std::vector<Diagnostic>& diagnostics)
      : values_(sql, table, diagnostics), parsed_(parsed), is_feed_(is_feed), table_(table) {}

  void Read() {
    for (const ParsedProperty& property : parsed_.properties) {
      if (!table_.properties.emplace(property.key, property.value).second) {
        values_.Report(property.key_offset,
                       fmt::format("the property {} stands here twice", property.key));
      } else if (!property.key.ends_with(kActionSuffix)) {
        ReadOne(property);
      }
    }
    for (const ParsedProperty& property : parsed_.properties) {
      if (property.key.ends_with(kActionSuffix)) ReadAction(values_, property, is_feed_, table_);
    }
    if (is_feed_ && !table_.properties.contains(kPathKey)) {
      values_.Report(parsed_.name_offset,
                     fmt::format("the feed {} does not say where it lies", table_.name),
                     "add TBLPROPERTIES ('feed.path' = '${stedi.landing}/..')");
    }
  }

 private:
  void ReadOne(const ParsedProperty& property);
  void ReadPath(const ParsedProperty& property);
  void ReadKeepUnfit(const ParsedProperty& property);
  void ReadRejected(const ParsedProperty& property);
  void ReadEmptyIsNull(const ParsedProperty& property);
  void ReadMaxRejected(const ParsedProperty& property);
  void ReadFiles(const ParsedProperty& property);
  void ReadFollowLinks(const ParsedProperty& property);
  void ReadNotNullColumns(const ParsedProperty& property);
  void ReadMayBeEmpty(const ParsedProperty& property);
  void ReadConsent(const ParsedProperty& property);
  void ReadPii(const ParsedProperty& property);
  void ReadNote(const ParsedProperty& property);
  void ReadRange(const ParsedProperty& property, std::string_view name);
  bool IsFlag(const ParsedProperty& property);
  std::string UnknownPropertyHint(std::string_view key) const;

  // A property without a name after a dot. `elsewhere`: what to do where it stands in a table of
  // the other kind; empty: it is not known there.
  struct Row {
    std::string_view name;
    Of of;
    std::string_view elsewhere;
    void (PropertyReader::*read)(const ParsedProperty&);
  };
  static const std::array<Row, 12> rows;

  PropertyValues values_;
  const ParsedTable& parsed_;
  bool is_feed_;
  TableDefinition& table_;
};

constexpr std::string_view kViewIsFilled = "leave it out: a view is filled from its SELECT";

// Hints name them in this order.
const std::array<PropertyReader::Row, 12> PropertyReader::rows = {{
    {kPathKey, Of::kFeed, kViewIsFilled, &PropertyReader::ReadPath},
    {"feed.keep_unfit", Of::kFeed, kViewIsFilled, &PropertyReader::ReadKeepUnfit},
    {kRejectedKey, Of::kFeed, kViewIsFilled, &PropertyReader::ReadRejected},
    {"empty_is_null", Of::kFeed, kViewIsFilled, &PropertyReader::ReadEmptyIsNull},
    {kMaxRejectedKey, Of::kFeed, kViewIsFilled, &PropertyReader::ReadMaxRejected},
    {"feed.files", Of::kFeed, kViewIsFilled, &PropertyReader::ReadFiles},
    {"feed.follow_links", Of::kFeed, kViewIsFilled, &PropertyReader::ReadFollowLinks},
    {kNotNullKey, Of::kView, "write NOT NULL behind the column's type: such records are rejected",
     &PropertyReader::ReadNotNullColumns},
    {kMayBeEmptyKey, Of::kView, "", &PropertyReader::ReadMayBeEmpty},
    {"consent", Of::kView, "", &PropertyReader::ReadConsent},
    {kPiiKey, Of::kBoth, "", &PropertyReader::ReadPii},
    {kNoteKey, Of::kBoth, "", &PropertyReader::ReadNote},
}};

void PropertyReader::ReadOne(const ParsedProperty& property) {
  const std::string_view key = property.key;
  const Of here = is_feed_ ? Of::kFeed : Of::kView;
  if (const auto row = std::ranges::find(rows, key, &Row::name); row != rows.end()) {
    if (row->of == here || row->of == Of::kBoth) return (this->*row->read)(property);
    if (!row->elsewhere.empty()) {
      return values_.Report(property.key_offset,
                            fmt::format("{} in a {}", key, is_feed_ ? "feed" : "materialized view"),
                            std::string(row->elsewhere));
    }
  }
  if (key.starts_with("parameter.")) return ReadRange(property, key.substr(key.find('.') + 1));
  if (ReadExpectation(values_, property, is_feed_, table_)) return;
  if (!IsIcebergProperty(key)) {
    values_.Report(property.key_offset, fmt::format("the property {} is not known", key),
                   UnknownPropertyHint(key));
  }
}

void PropertyReader::ReadPath(const ParsedProperty& property) {
  if (!property.value.empty()) return;
  values_.Report(property.value_offset, "feed.path is empty",
                 "name the folder of the landing files");
}

bool PropertyReader::IsFlag(const ParsedProperty& property) {
  if (property.value == "true" || property.value == "false") return true;
  values_.ReportImpossible(property, "one of true, false");
  return false;
}

void PropertyReader::ReadKeepUnfit(const ParsedProperty& property) {
  table_.keep_unfit = IsFlag(property) && property.value == "true";
}

void PropertyReader::ReadRejected(const ParsedProperty& property) {
  std::optional<std::vector<std::string>> columns = values_.ReadColumns(property);
  if (!columns) return;
  if (std::ranges::find(*columns, kReasonColumn) != columns->end()) {
    return values_.Report(property.value_offset,
                          fmt::format("{} cannot name the column {}", property.key, kReasonColumn),
                          "the table of rejected records has a column of that name");
  }
  table_.rejected_columns = std::move(*columns);
}

void PropertyReader::ReadEmptyIsNull(const ParsedProperty& property) {
  const std::optional<std::vector<std::string>> columns = values_.ReadColumns(property);
  if (!columns) return;
  for (ColumnDefinition& column : table_.columns) {
    column.empty_is_null = std::ranges::find(*columns, column.name) != columns->end();
  }
}

// Only checks the patterns; FileRuleOf() interprets them.
void PropertyReader::ReadFiles(const ParsedProperty& property) {
  for (const std::string& pattern : SplitAt(property.value, ',')) {
    if (!pattern.empty() && pattern.find_first_of("/[]{}") == std::string::npos) continue;
    values_.Report(
        property.value_offset,
        pattern.empty() ? "a pattern of feed.files is missing"
                        : fmt::format("{} is not a pattern of a file's name", pattern),
        "write patterns such as '*.json,*.json.gz': * stands for any characters, ? for one; "
        "folders have no part in it");
    return;
  }
}

void PropertyReader::ReadFollowLinks(const ParsedProperty& property) { IsFlag(property); }

std::string PropertyReader::UnknownPropertyHint(std::string_view key) const {
  std::vector<std::string> whole;
  for (const Row& row : rows) {
    if (row.of == Of::kBoth || (row.of == Of::kFeed) == is_feed_) whole.emplace_back(row.name);
  }
  std::vector<std::string> prefixes = {"parameter"};
  prefixes.insert(prefixes.end(), kIcebergPrefixes.begin(), kIcebergPrefixes.end());
  const std::vector<std::string_view> expectations = ExpectationProperties(is_feed_);
  for (const std::string_view one : expectations)
    prefixes.emplace_back(one.substr(0, one.find('.')));
  const std::string nearest_whole = NearestName(key, whole);
  if (!nearest_whole.empty()) return fmt::format("did you mean '{}'?", nearest_whole);
  const size_t dot = std::min(key.find('.'), key.size());
  const std::string nearest_prefix = NearestName(key.substr(0, dot), prefixes);
  if (!nearest_prefix.empty() && dot < key.size()) {
    return fmt::format("did you mean '{}{}'?", nearest_prefix, key.substr(dot));
  }
  return fmt::format("known are {}, {}, parameter.<name>, and Iceberg's {}.*",
                     fmt::join(whole, ", "), fmt::join(expectations, ", "),
                     fmt::join(kIcebergPrefixes, ".*, "));
}

void PropertyReader::ReadMaxRejected(const ParsedProperty& property) {
  if (ParseShare(property.value).has_value()) return;
  values_.Report(property.value_offset,
                 fmt::format("feed.max_rejected = '{}' is not a share", property.value),
                 "write a number from 0 to 1, such as '0.5'");
}

void PropertyReader::ReadMayBeEmpty(const ParsedProperty& property) {
  const std::optional<int64_t> below = ParseRows(property.value);
  if (!below.has_value() && property.value != "true" && property.value != "false") {
    return values_.ReportImpossible(
        property, "one of true, false, or how many rows the tables it reads must have, such as 20");
  }
  table_.may_be_empty_below = property.value == "true" ? kAnyRows : below.value_or(0);
}

void PropertyReader::ReadRange(const ParsedProperty& property, std::string_view name) {
  std::optional<ParameterRange> range = ParseParameterRange(name, property.value);
  if (!range.has_value()) {
    return values_.Report(property.value_offset,
                          fmt::format("{} = '{}' is not a range", property.key, property.value),
                          "write two whole numbers or two days, such as '0 to 200'");
  }
  range->position = PositionAt(values_.sql(), property.key_offset);
  table_.ranges.push_back(std::move(*range));
}

void PropertyReader::ReadNote(const ParsedProperty& property) {
  if (is_feed_) {
    return values_.Report(property.key_offset, "note in a feed", "write it in a materialized view");
  }
  values_.IsExpression(property, "expression", "write a text about the rows, or NULL for none");
}

void PropertyReader::ReadNotNullColumns(const ParsedProperty& property) {
  ReadNotNull(values_, property, table_);
}

void PropertyReader::ReadConsent(const ParsedProperty& property) {
  if (values_.IsColumn(property.value, property.value_offset)) table_.consent = property.value;
}

void PropertyReader::ReadPii(const ParsedProperty& property) {
  if (auto columns = values_.ReadColumns(property, is_feed_ ? kFileColumn : "")) {
    table_.pii = std::move(*columns);
  }
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
