// What a name that is not known was probably meant to be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stedi {

// The name nearest to `name` by edit distance, for "did you mean"; empty when none is near.
std::string NearestName(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace stedi
