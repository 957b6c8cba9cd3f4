// Finds the name that was probably meant by an unknown name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stedi {

// The candidate nearest to `name` by edit distance, for "did you mean"; empty when none is near
// enough.
std::string NearestName(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace stedi
