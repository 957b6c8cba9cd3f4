// Finds unportable SQL without parsing it: quotes, casts, literals, symbols.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stedi {

struct UnportableToken {
  size_t offset = 0;  // byte offset in the text
  std::string message;
  std::string hint;
};

// Returns every token of `sql` (a SELECT or a condition, with parameters replaced) that DuckDB and
// Spark read differently or that only one of them accepts, in order of the text. What cannot be
// seen in the tokens is found in the parsed SELECT.
std::vector<UnportableToken> FindUnportableTokens(std::string_view sql);

}  // namespace stedi
