// Finds calls of portable functions with arguments for which engines give different results.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "select/expression_kinds.h"

namespace stedi {

struct CallMistake {
  std::string message;
  std::string hint;
};

// Returns how the arguments of `call` differ from what is portable, or nothing when they are
// portable. `call` is a parsed FUNCTION or WINDOW node of the function `name`, which is in lower
// case.
std::optional<CallMistake> FindCallMistake(const std::string& name, const nlohmann::json& call,
                                           const ExpressionKinds& kinds);

// The same for extract(part FROM x), which DuckDB parses as a call of date_part.
std::optional<CallMistake> FindExtractMistake(const nlohmann::json& call);

}  // namespace stedi
