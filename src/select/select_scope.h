// What both Sparks refuse of the names of a parsed SELECT: a derived table that looks at its
// neighbour, a column that something in FROM has twice, an alias where only columns are, a table's
// name as a value, `*` over USING, one name for two common table expressions of which one stands in
// the other; also the order of SELECT DISTINCT, and some subqueries that look outside.
#pragma once

#include <string_view>
#include <vector>

#include "select/name_resolver.h"
#include "select/select_mistake.h"

namespace stedi {

// `names` are those of `text`, resolved with the columns of the tables' contracts. Errs toward
// silence: where the columns of something in FROM are not known, a name may be one of them.
std::vector<SelectMistake> FindScopeMistakes(const NameResolver& names, std::string_view text);

}  // namespace stedi
