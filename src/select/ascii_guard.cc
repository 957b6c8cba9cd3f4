#include "select/ascii_guard.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "select/select_tree.h"

namespace stedi {
namespace {

using Json = nlohmann::json;

// Whether `pattern` is [^a-b] with ASCII characters a and b. A string without a match for it
// contains only the characters from a to b.
bool IsAllButAscii(std::string_view pattern) {
  return pattern.size() == 6 && pattern.starts_with("[^") && pattern[2] > 0 && pattern[3] == '-' &&
         pattern[4] >= pattern[2] && pattern[5] == ']';
}

void DropPlaces(Json& node) {
  if (node.is_object()) node.erase("query_location");
  if (!node.is_structured()) return;
  for (Json& child : node) DropPlaces(child);
}

}  // namespace

std::string ExpressionText(const Json& expression) {
  Json copy = expression;
  DropPlaces(copy);
  return copy.dump();
}

std::string GuardedAsAscii(const Json& condition) {
  if (TextOf(condition, "type") != "OPERATOR_NOT") return "";
  const Json& call = Argument(condition, 0);
  if (TextOf(call, "class") != "FUNCTION" || FunctionName(call) != "regexp_like") return "";
  const Json& pattern = Member(Member(Argument(call, 1), "value"), "value");
  if (!pattern.is_string() || !IsAllButAscii(pattern.get_ref<const std::string&>())) return "";
  return ExpressionText(Argument(call, 0));
}

}  // namespace stedi
