// Removes ranks that a SELECT computes only to sort by them.
#pragma once

#include <string>
#include <string_view>

namespace stedi {

// Returns `select` with `(e) AS place` in place of `row_number() OVER (ORDER BY e) AS place` (or
// rank, or dense_rank, possibly in a CAST) where p.place is only a sort key. The rows stay the
// same, and so does their order except where e is NULL; rows that are not in the result are no
// longer sorted. REQUIRES: only ORDER BY uses the window functions of `select` (select_shape.h).
std::string WithoutRanks(std::string_view select);

}  // namespace stedi
