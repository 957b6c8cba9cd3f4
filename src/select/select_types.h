// Expressions whose types DuckDB turns into one another and Spark does not: a number as a
// condition, a number compared with true or false, a text beside a number in greatest.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

#include "select/expression_kinds.h"
#include "select/select_mistake.h"

namespace stedi {

// `tree` is what ParseSelect gives for `text`. Errs toward silence: an expression whose kind is not
// known may be of any type.
std::vector<SelectMistake> FindTypeMistakes(const nlohmann::json& tree, std::string_view text,
                                            const ExpressionKinds& kinds);

}  // namespace stedi
