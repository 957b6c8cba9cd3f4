// What TBLPROPERTIES mean: expectations, personal data, where a feed lies.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/table_definition.h"
#include "pipeline/table_definition_parser.h"

namespace stedi {

// Keys of TBLPROPERTIES that more than the parser knows.
inline constexpr const char* kPiiKey = "pii";
inline constexpr std::string_view kUniquePrefix = "unique.";  // then the name of the expectation
inline constexpr std::string_view kActionSuffix = ".action";  // behind the key of an expectation

// Of Iceberg's own table properties, before a dot. Tables get them as they are.
inline constexpr std::array<std::string_view, 3> kIcebergPrefixes = {"write", "commit", "history"};
inline bool IsIcebergProperty(std::string_view key) {
  const size_t dot = key.find('.');
  return dot != std::string_view::npos &&
         std::ranges::find(kIcebergPrefixes, key.substr(0, dot)) != kIcebergPrefixes.end();
}

// Fills `table` (whose columns are known) from the properties of `parsed`: properties,
// expectations, pii, and not_null of its columns. Every property that is not known, has a value
// that means nothing or names a column that is not there is appended to `diagnostics`. That a
// referenced table exists is not looked at here. Not for tables that were not parsed to their end.
void ReadProperties(const SqlText& sql, const ParsedTable& parsed, bool is_feed,
                    TableDefinition& table, std::vector<Diagnostic>& diagnostics);

// What 'feed.files' and 'feed.follow_links' of a feed say.
FileRule FileRuleOf(const TableDefinition& feed);

}  // namespace stedi
