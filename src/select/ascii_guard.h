// CASE branches in which a text is known to be ASCII, where lower() and upper() are the same on
// every engine: CASE WHEN NOT regexp_like(x, '[^!-~]') THEN lower(x) ..
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace stedi {

// The expression that `condition`, a node of a parsed SELECT, shows to have no character outside of
// ASCII, as ExpressionText gives it; "" where it shows nothing of the kind.
std::string GuardedAsAscii(const nlohmann::json& condition);

// One text for equal expressions, wherever in the SELECT they stand.
std::string ExpressionText(const nlohmann::json& expression);

}  // namespace stedi
