// Ranks that a SELECT computes only to sort by them.
#pragma once

#include <string>
#include <string_view>

namespace stedi {

// `select`, whose window functions nothing but ORDER BY looks at (select_shape.h), with
// `e AS place` in place of `row_number() OVER (ORDER BY e) AS place`, cast or not, where it sorts
// by p.place: the rows and their order stay, and nothing is sorted that is not in the result.
std::string WithoutRanks(std::string_view select);

}  // namespace stedi
