// What `stedi compare` takes and says.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inspect/compare.h"

namespace stedi {

// The table and the columns of --key table=column,column. Throws kInvalid.
std::pair<std::string, std::vector<std::string>> SplitKey(std::string_view text);

// One line for a table; below it, indented, what differs.
std::string ComparisonText(const TableComparison& table, bool has_color);
// The last line.
std::string ComparisonSummary(const LakesComparison& lakes);
nlohmann::ordered_json ComparisonJson(const LakesComparison& lakes);

}  // namespace stedi
