// Recognizes CASE conditions that restrict a string to ASCII characters, for which lower() and
// upper() give the same result on every engine: CASE WHEN NOT regexp_like(x, '[^!-~]') THEN
// lower(x) ..
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace stedi {

// Returns the expression that `condition` (a node of a parsed SELECT) restricts to ASCII
// characters, in the form of ExpressionText(). Returns "" when `condition` is not such a test.
std::string GuardedAsAscii(const nlohmann::json& condition);

// Returns the same string for equal expressions, whatever their position in the SELECT.
std::string ExpressionText(const nlohmann::json& expression);

}  // namespace stedi
