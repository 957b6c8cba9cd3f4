// Interprets TBLPROPERTIES: expectations, personal data, where the files of a feed are ..
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/table_definition.h"
#include "pipeline/table_definition_parser.h"

namespace stedi {

// Interprets the properties of `parsed` and fills what they define in `table`: properties,
// expectations, pii, not_null of its columns and so on. Appends to `diagnostics` every property
// that is not known, has a meaningless value, or names a column that does not exist. Does not check
// that a referenced table exists. REQUIRES: the columns of `table` are filled, and
// `parsed.complete`.
void ReadProperties(const SqlText& sql, const ParsedTable& parsed, bool is_feed,
                    TableDefinition& table, std::vector<Diagnostic>& diagnostics);

// Returns what 'feed.files' and 'feed.follow_links' of a feed say.
FileRule FileRuleOf(const TableDefinition& feed);

}  // namespace stedi
