// Calls of portable functions with arguments for which engines differ.
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

// `call` is a parsed FUNCTION or WINDOW node of the function `name`, in lower case; the message
// says how its arguments differ from what is portable.
std::optional<CallMistake> FindCallMistake(const std::string& name, const nlohmann::json& call,
                                           const ExpressionKinds& kinds);

// The same for extract(part FROM x), which is a call of date_part.
std::optional<CallMistake> FindExtractMistake(const nlohmann::json& call);

}  // namespace stedi
