#include "select/select_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/ascii_case.h"
#include "pipeline/portable_pattern.h"
#include "select/select_tree.h"

namespace stedi {
namespace {

using Json = nlohmann::json;
using Mistake = std::optional<CallMistake>;

std::optional<std::string> TextLiteral(const Json& node) {
  const Json& value = Member(node, "value");
  if (TextOf(node, "class") != "CONSTANT" || TextOf(Member(value, "type"), "id") != "VARCHAR" ||
      Member(value, "is_null") == true) {
    return std::nullopt;
  }
  return TextOf(value, "value");  // an empty string is left out of the tree
}

std::optional<int64_t> WholeLiteral(const Json& node) {
  const Json& value = Member(Member(node, "value"), "value");
  if (TextOf(node, "class") != "CONSTANT" || !value.is_number_integer()) return std::nullopt;
  return value.get<int64_t>();
}

Json WithoutPlaces(Json node) {
  if (node.is_object()) node.erase("query_location");
  if (node.is_structured()) {
    for (Json& child : node) child = WithoutPlaces(child);
  }
  return node;
}

// Whether `node` is certainly a whole number >= 0: a literal, or greatest(.., literal).
bool IsNeverNegative(const Json& node) {
  if (const auto literal = WholeLiteral(node)) return *literal >= 0;
  if (FunctionName(node) != "greatest") return false;
  return std::ranges::any_of(Member(node, "children"), [](const Json& child) {
    return WholeLiteral(child).value_or(-1) >= 0;
  });
}

Mistake FindPatternMistake(const std::string& name, const Json& call) {
  const std::optional<std::string> pattern = TextLiteral(Argument(call, 1));
  if (!pattern) {
    return CallMistake{fmt::format("{} with a pattern that is no literal text: engines read some "
                                   "patterns differently",
                                   name),
                       "write the pattern out in '..'"};
  }
  const std::optional<PatternProblem> problem = FindPatternProblem(*pattern);
  if (!problem) return std::nullopt;
  return CallMistake{fmt::format("a pattern with {}", problem->message), problem->hint};
}

Mistake FindSplitMistake(const Json& call) {
  if (TextLiteral(Argument(call, 1)).value_or("").empty()) {
    return CallMistake{
        "split_part by what may be empty: DuckDB splits between all characters, Spark nowhere",
        "write the delimiter out in '..'"};
  }
  if (WholeLiteral(Argument(call, 2)).value_or(0) == 0) {
    return CallMistake{
        "split_part of a part that may be 0: it is empty on DuckDB and an error on "
        "Spark",
        "write the part's number, from 1"};
  }
  return std::nullopt;
}

// In trim('x' FROM s) the characters precede the string, in trim(s, 'x') they follow it.
Mistake FindTrimMistake(const std::string& name, const Json& call) {
  if (Member(call, "children").size() != 2) return std::nullopt;
  const size_t text = FirstPlace(Argument(call, 0)).value_or(SIZE_MAX);
  if (FirstPlace(Argument(call, 1)).value_or(SIZE_MAX) < text) return std::nullopt;
  const char* side = name == "ltrim" ? "LEADING" : name == "rtrim" ? "TRAILING" : "BOTH";
  return CallMistake{
      fmt::format("{}(a, b): Spark takes the characters from the first text and trims the second, "
                  "DuckDB the other way round",
                  name),
      fmt::format("write trim({} ' ' FROM text)", side)};
}

// min_by and max_by: DuckDB skips rows in which the value is NULL, Spark returns that NULL.
Mistake FindByMistake(const std::string& name, const Json& call, const ExpressionKinds& kinds) {
  const Json& value = Argument(call, 0);
  const bool is_literal =
      TextOf(value, "class") == "CONSTANT" && Member(Member(value, "value"), "is_null") == false;
  if (is_literal || (kinds.IsNeverNull(value) && !kinds.has_outer_join())) return std::nullopt;
  const Json& filter = Member(call, call.contains("filter") ? "filter" : "filter_expr");
  const auto asks_for_value = [&](const Json& condition) {
    return TextOf(condition, "type") == "OPERATOR_IS_NOT_NULL" &&
           WithoutPlaces(Argument(condition, 0)) == WithoutPlaces(value);
  };
  const bool is_filtered =
      asks_for_value(filter) || (TextOf(filter, "type") == "CONJUNCTION_AND" &&
                                 std::ranges::any_of(Member(filter, "children"), asks_for_value));
  if (is_filtered) return std::nullopt;
  return CallMistake{
      fmt::format("{} of what may be NULL: DuckDB passes over rows where it is, Spark does not",
                  name),
      fmt::format("write {}(x, y) FILTER (WHERE x IS NOT NULL), or give the column NOT NULL",
                  name)};
}

}  // namespace

std::optional<CallMistake> FindCallMistake(const std::string& name, const Json& call,
                                           const ExpressionKinds& kinds) {
  if (!Member(Member(call, "order_bys"), "orders").empty() || !Member(call, "arg_orders").empty()) {
    return CallMistake{fmt::format("ORDER BY inside of {}(..): Spark does not read it", name),
                       "write min_by(x, y) or max_by(x, y) for the first or last one"};
  }
  if (TextOf(call, "class") == "WINDOW" && Member(call, "distinct") == true) {
    return CallMistake{fmt::format("{}(DISTINCT ..) OVER: Spark does not have it", name),
                       "count in a SELECT with GROUP BY, and join it"};
  }
  switch (TraitsOf(name).rule) {
    case CallRule::kTrim:
      return FindTrimMistake(name, call);
    case CallRule::kPattern:
    case CallRule::kPatternGroup:
      return FindPatternMistake(name, call);
    case CallRule::kSplit:
      return FindSplitMistake(call);
    case CallRule::kBy:
      return FindByMistake(name, call, kinds);
    case CallRule::kLength:
      if (IsNeverNegative(Argument(call, 1))) return std::nullopt;
      return CallMistake{
          fmt::format("{} by what may be below 0: DuckDB leaves so many characters out, Spark "
                      "gives an empty text",
                      name),
          fmt::format("write the number, or {}(text, greatest(n, 0))", name)};
    case CallRule::kPadding:
      if (TextLiteral(Argument(call, 2)) != "") return std::nullopt;
      return CallMistake{fmt::format("{} with an empty text: it is an error on DuckDB", name),
                         "write left(text, n)"};
    default:
      return std::nullopt;
  }
}

std::optional<CallMistake> FindExtractMistake(const Json& call) {
  constexpr auto kParts = std::to_array<std::string_view>(
      {"year", "quarter", "month", "week", "day", "doy", "hour", "minute"});
  const std::string part = LowerCase(TextLiteral(Argument(call, 0)).value_or(""));
  if (std::ranges::find(kParts, part) != kParts.end()) return std::nullopt;
  return CallMistake{
      fmt::format("extract({} ..) is not known to give the same result on Spark", part),
      part.find("dow") != std::string::npos || part.find("week") != std::string::npos
          ? "write datediff(d, cast('1900-01-01' AS DATE)) % 7, which is 0 on a Monday"
          : fmt::format("one of {}", fmt::join(kParts, ", "))};
}

}  // namespace stedi
