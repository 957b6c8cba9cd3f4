// What can be seen of unportable SQL without parsing it: quotes, casts, literals, symbols.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stedi {

struct UnportableToken {
  size_t offset = 0;  // byte of the text
  std::string message;
  std::string hint;
};

// Every place of `sql` (a SELECT or a condition, parameters replaced) that DuckDB and Spark read
// differently, or that only one of them reads, by its tokens alone; in order of place. The rest
// needs the parsed SELECT.
std::vector<UnportableToken> FindUnportableTokens(std::string_view sql);

}  // namespace stedi
