// The tree of a parsed SELECT in the form of DuckDB's json_serialize_sql: how to get it, and how to
// read its nodes. DuckDB leaves out empty members, so any member may be missing.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "database/database.h"

namespace stedi {

// Parses `select` with json_serialize_sql. Returns null when it does not parse; binding it then
// tells why.
nlohmann::json ParseSelect(Connection& connection, const std::string& select);

// The member `key` of a node; null when the node has none.
const nlohmann::json& Member(const nlohmann::json& node, const char* key);
// The string value of a member, or "".
std::string TextOf(const nlohmann::json& node, const char* key);
// The argument `index`, from 0, of a function call or operator; null when it has fewer arguments.
const nlohmann::json& Argument(const nlohmann::json& call, size_t index);
// The strings in a list, such as the parts of a name, in lower case.
std::vector<std::string> LowerTexts(const nlohmann::json& list);
// The name of the function in a FUNCTION or WINDOW node, in lower case: "count".
std::string FunctionName(const nlohmann::json& node);
// Byte offset in the statement at which the text of the node begins: the smallest offset in the
// node, because the offset of an operator itself is behind its left operand. No value when no part
// of the node has an offset.
std::optional<size_t> FirstPlace(const nlohmann::json& node);

}  // namespace stedi
