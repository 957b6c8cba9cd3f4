// Whether a regular expression means the same to RE2, which DuckDB has, and to Java's, which Spark
// has: the plain part that both read alike.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stedi {

struct PatternProblem {
  std::string message;  // what stands in the pattern, and how engines differ
  std::string hint;     // what to write in place of it
};

// The first part of `pattern` that only one engine reads, or that each reads in its own way. A
// backslash is not looked for: no portable text has one.
std::optional<PatternProblem> FindPatternProblem(std::string_view pattern);

}  // namespace stedi
