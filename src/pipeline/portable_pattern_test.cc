#include "pipeline/portable_pattern.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(FindPatternProblem, TakesWhatBothReadAlike) {
  for (const char* pattern :
       {"", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "a|b", "(a+)+", "(?:ab)*?c", "[^a-z]?", "[a&b]", "[-a]",
        "[a^]", "x{2,}", "x{2,30}y", "a.c", "[.]", "\u00e9+", "[{]a}", "()"}) {
    EXPECT_FALSE(FindPatternProblem(pattern).has_value()) << pattern;
  }
}

TEST(FindPatternProblem, RefusesTheRest) {
  struct Case {
    const char* pattern;
    const char* message;
  };
  const Case cases[] = {
      {"[[:alpha:]]", "[ inside of a class, which Java takes for a class in the class"},
      {"^[a-z&&[b]]$", "&& inside of a class, which Java takes for an intersection"},
      {"[a[b]]", "[ inside of a class, which Java takes for a class in the class"},
      {"[]a]", "a class that begins with ]"},
      {"[^]a]", "a class that begins with ]"},
      {"[a", "a class without its ]"},
      {"(?i)a", "(?, which begins a flag, a name or a look-ahead: engines take them differently"},
      {"a(?=b)", "(?, which begins a flag, a name or a look-ahead: engines take them differently"},
      {"a(?P<n>b)",
       "(?, which begins a flag, a name or a look-ahead: engines take them differently"},
      {"a*+", "a repetition of nothing, or of a repetition"},
      {"a{2}{3}", "a repetition of nothing, or of a repetition"},
      {"+a", "a repetition of nothing, or of a repetition"},
      {"(*a)", "a repetition of nothing, or of a repetition"},
      {"^*", "a repetition of nothing, or of a repetition"},
      {"a{", "{ that is no repetition {n}, {n,} or {n,m} below 1000"},
      {"a{,3}", "{ that is no repetition {n}, {n,} or {n,m} below 1000"},
      {"a{1000}", "{ that is no repetition {n}, {n,} or {n,m} below 1000"},
      {"a{x}", "{ that is no repetition {n}, {n,} or {n,m} below 1000"},
  };
  for (const Case& c : cases) {
    const auto problem = FindPatternProblem(c.pattern);
    ASSERT_TRUE(problem.has_value()) << c.pattern;
    EXPECT_EQ(problem->message, c.message) << c.pattern;
    EXPECT_FALSE(problem->hint.empty());
  }
}

}  // namespace
}  // namespace stedi
