// Where the names of a parsed SELECT lead, and what both Sparks refuse there: a derived table that
// looks at its neighbour, a column that something in FROM has twice, an alias where only columns
// are, a table's name as a value, `*` over USING, one name for two common table expressions of
// which one stands in the other.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

#include "pipeline/project.h"
#include "select/select_mistake.h"

namespace stedi {

// `tree` is what ParseSelect gives for `text`. Errs toward silence: where the columns of something
// in FROM are not known, a name may be one of them.
std::vector<SelectMistake> FindScopeMistakes(const nlohmann::json& tree, std::string_view text,
                                             const Project& project);

}  // namespace stedi
