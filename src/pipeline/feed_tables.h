// The tables that a feed defines: its landing table, with columns that say where a row comes from,
// and, if it has feed.rejected, a table of what can be read of its rejected records.
#pragma once

#include <set>
#include <string>

#include "pipeline/table_definition.h"

namespace stedi {

inline constexpr const char* kRejectedSuffix = "_rejected";
inline constexpr const char* kReasonColumn = "reason";  // of a table of rejected records

// The columns of `table` that hold personal data: those that 'pii' names, and of a feed the added
// columns that may hold anything.
std::set<std::string> PiiOf(const TableDefinition& table);

// Fills contract, added_columns and rejected of `feed`, whose columns and properties are known.
void DefineFeedTables(Feed& feed);

}  // namespace stedi
