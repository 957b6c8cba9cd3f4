// Interprets the properties that make expectations (docs/pipelines.md, Expectations).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/property_values.h"

namespace stedi {

// Reads expect.<name>, unique.<name>, references.<column> and covers.<table> into
// `table.expectations`. Returns false, and does nothing, when the property is none of them; a feed
// cannot have covers.<table>. Mistakes are reported to `values`.
bool ReadExpectation(PropertyValues& values, const ParsedProperty& property, bool is_feed,
                     TableDefinition& table);
// Reads not_null: one expectation for each column.
void ReadNotNull(PropertyValues& values, const ParsedProperty& property, TableDefinition& table);
// Reads <expectation's property>.action. REQUIRES: all expectations are read.
void ReadAction(PropertyValues& values, const ParsedProperty& property, bool is_feed,
                TableDefinition& table);

// Returns how the expectations that such a table can have are written: "expect.<name>" ..
std::vector<std::string_view> ExpectationProperties(bool is_feed);

}  // namespace stedi
