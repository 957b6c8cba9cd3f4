#include "select/select_tree.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/ascii_case.h"

namespace stedi {
namespace {

using Json = nlohmann::json;

}  // namespace

Json ParseSelect(Connection& connection, const std::string& select) {
  const std::optional<std::string> text = connection.Scalar(
      "SELECT json_serialize_sql($1::VARCHAR, skip_null := true, skip_empty := true, skip_default "
      ":= true)::VARCHAR",
      {select});
  Json tree = Json::parse(text.value_or("{}"), nullptr, /*allow_exceptions=*/false);
  return tree.value("error", false) ? Json() : tree;
}

const Json& Member(const Json& node, const char* key) {
  static const Json none;
  if (!node.is_object()) return none;
  const auto found = node.find(key);
  return found == node.end() ? none : *found;
}

std::string TextOf(const Json& node, const char* key) {
  if (!node.is_object()) return {};
  const auto found = node.find(key);
  return found != node.end() && found->is_string() ? found->get<std::string>() : "";
}

const Json& Argument(const Json& call, size_t index) {
  static const Json none;
  const Json& children = Member(call, "children");
  return children.is_array() && index < children.size() ? children[index] : none;
}

std::vector<std::string> LowerTexts(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& text : list) {
    if (text.is_string()) texts.push_back(LowerCase(text.get<std::string>()));
  }
  return texts;
}

std::string FunctionName(const Json& node) { return LowerCase(TextOf(node, "function_name")); }

std::optional<size_t> FirstPlace(const Json& node) {
  std::optional<size_t> first;
  if (!node.is_structured()) return first;
  if (const Json& place = Member(node, "query_location"); place.is_number_unsigned()) {
    first = place.get<size_t>();
  }
  for (const Json& child : node) {
    const std::optional<size_t> place = FirstPlace(child);
    if (place.has_value()) first = std::min(first.value_or(*place), *place);
  }
  return first;
}

}  // namespace stedi
