// What stands where a value is not shown: personal data, secrets.
#pragma once

#include <string_view>

namespace stedi {

inline constexpr std::string_view kMask = "***";

}  // namespace stedi
