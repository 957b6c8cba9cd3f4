// Parses the keys that `stedi compare` takes and formats its output.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inspect/compare.h"

namespace stedi {

// Splits a value of --key, table=column,column, into the table and its columns. Throws kInvalid
// when it has another form.
std::pair<std::string, std::vector<std::string>> SplitKey(std::string_view text);

// One line for the table and, indented below it, its differences.
std::string ComparisonText(const TableComparison& table, bool has_color);
// The last line of the output: how many tables are equal.
std::string ComparisonSummary(const LakesComparison& lakes);
nlohmann::ordered_json ComparisonJson(const LakesComparison& lakes);

}  // namespace stedi
