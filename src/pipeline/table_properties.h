// What TBLPROPERTIES mean: expectations, personal data, where a feed lies.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/table_definition.h"
#include "pipeline/table_definition_parser.h"

namespace stedi {

// Fills `table` (whose columns are known) from the properties of `parsed`: properties,
// expectations, pii, and not_null of its columns. Every property that is not known, has a value
// that means nothing or names a column that is not there is appended to `diagnostics`. That a
// referenced table exists is not looked at here. Not for tables that were not parsed to their end.
void ReadProperties(const SqlText& sql, const ParsedTable& parsed, bool is_feed,
                    TableDefinition& table, std::vector<Diagnostic>& diagnostics);

// What 'feed.files' and 'feed.follow_links' of a feed say.
FileRule FileRuleOf(const TableDefinition& feed);

}  // namespace stedi
