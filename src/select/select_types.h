// Finds expressions with implicit casts that DuckDB has and Spark does not: a number as a
// condition, a number compared with true or false, a string beside a number in greatest.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

#include "select/expression_kinds.h"
#include "select/select_mistake.h"

namespace stedi {

// `tree` is the result of ParseSelect() for `text`. Errs toward silence: an expression whose kind
// is not known may be of any type.
std::vector<SelectMistake> FindTypeMistakes(const nlohmann::json& tree, std::string_view text,
                                            const ExpressionKinds& kinds);

}  // namespace stedi
