// The tree of a parsed SELECT, as DuckDB's json_serialize_sql gives it: how it is made, and how its
// nodes are read. No member of a node is taken for granted: DuckDB leaves out what is empty.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "database/database.h"

namespace stedi {

// The parsed SELECT as json_serialize_sql gives it, or null when it does not parse (then binding
// tells why).
nlohmann::json ParseSelect(Connection& connection, const std::string& select);

// The member of a node; null where it has none.
const nlohmann::json& Member(const nlohmann::json& node, const char* key);
// The text of a member, or "".
std::string TextOf(const nlohmann::json& node, const char* key);
// The argument of a function call or operator; null where it has fewer.
const nlohmann::json& Argument(const nlohmann::json& call, size_t index);
// The texts of a list, as the parts of a name, in lower case.
std::vector<std::string> LowerTexts(const nlohmann::json& list);
// "count" of a FUNCTION or WINDOW node, in lower case.
std::string FunctionName(const nlohmann::json& node);
// Where the text of the node begins, in bytes of the statement: the smallest place in it, since its
// own may be that of an operator behind its left side. Nothing when no part of it has a place.
std::optional<size_t> FirstPlace(const nlohmann::json& node);

}  // namespace stedi
