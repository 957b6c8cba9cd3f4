// Finds uses of names in a parsed SELECT that DuckDB accepts and Spark refuses or resolves
// differently: a derived table that refers to a source beside it, a column that one source in FROM
// has twice, an alias where only columns are visible, the name of a table as a value, `*` with
// USING, and a common table expression inside another one of the same name. Also finds a SELECT
// DISTINCT sorted by a column that it does not give, and some correlated subqueries.
#pragma once

#include <string_view>
#include <vector>

#include "select/name_resolver.h"
#include "select/select_mistake.h"

namespace stedi {

// `names` is the resolved SELECT `text`, with the columns of the tables' contracts. Errs toward
// silence: when the columns of a source in FROM are not known, a name may be one of them.
std::vector<SelectMistake> FindScopeMistakes(const NameResolver& names, std::string_view text);

}  // namespace stedi
