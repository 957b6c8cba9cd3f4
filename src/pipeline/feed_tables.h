// The tables that a feed defines: its landing table, with added columns that say where a row comes
// from, and, with feed.rejected, a table of what can be read of its rejected records.
#pragma once

#include <set>
#include <string>

#include "pipeline/table_definition.h"

namespace stedi {

inline constexpr const char* kRejectedSuffix = "_rejected";
inline constexpr const char* kReasonColumn = "reason";  // of a table of rejected records

// The columns of `table` that hold personal data: those that 'pii' names and, for a feed, the added
// columns that may hold anything.
std::set<std::string> PiiOf(const TableDefinition& table);

// Fills `contract`, `added_columns` and `rejected` of `feed`. REQUIRES: its columns and properties
// are filled.
void DefineFeedTables(Feed& feed);

}  // namespace stedi
