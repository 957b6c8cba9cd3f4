// The text that is shown in place of personal data and secrets.
#pragma once

#include <string_view>

namespace stedi {

inline constexpr std::string_view kMask = "***";

}  // namespace stedi
