// Whether a regular expression means the same to RE2, which DuckDB uses, and to Java, which Spark
// uses. Only the plain syntax that both read alike is accepted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stedi {

struct PatternProblem {
  std::string message;  // what is in the pattern, and how engines differ
  std::string hint;     // what to write instead
};

// Returns the first part of `pattern` that only one engine accepts or that engines read
// differently, or nothing when there is none. Does not look for backslashes, because no portable
// string contains one.
std::optional<PatternProblem> FindPatternProblem(std::string_view pattern);

}  // namespace stedi
