#include "select/ascii_guard.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace stedi {
namespace {

using Json = nlohmann::json;

// A reference to the column x at byte `place` of the SELECT.
Json Column(int place) {
  return {{"class", "COLUMN_REF"}, {"column_names", {"x"}}, {"query_location", place}};
}

// NOT function(x, 'pattern')
Json Not(const std::string& function, const std::string& pattern) {
  const Json constant = {{"class", "CONSTANT"}, {"value", {{"value", pattern}}}};
  const Json call = {
      {"class", "FUNCTION"}, {"function_name", function}, {"children", {Column(16), constant}}};
  return {{"class", "OPERATOR"}, {"type", "OPERATOR_NOT"}, {"children", {call}}};
}

TEST(AsciiGuard, EqualExpressionsHaveOneTextWhereverTheyStand) {
  EXPECT_EQ(ExpressionText(Column(3)), ExpressionText(Column(40)));
}

TEST(AsciiGuard, SeesWhichExpressionIsAscii) {
  for (const char* pattern : {"[^!-~]", "[^ -~]", "[^a-z]"}) {
    EXPECT_EQ(GuardedAsAscii(Not("regexp_like", pattern)), ExpressionText(Column(0))) << pattern;
  }
}

TEST(AsciiGuard, SeesNothingElse) {
  for (const char* pattern : {"[!-~]", "[^!-\xC3\xA4]", "[^z-a]", "[^ab]", "^[!-~]+$", ""}) {
    EXPECT_EQ(GuardedAsAscii(Not("regexp_like", pattern)), "") << pattern;
  }
  EXPECT_EQ(GuardedAsAscii(Not("contains", "[^!-~]")), "");
  EXPECT_EQ(GuardedAsAscii(Not("regexp_like", "[^!-~]").at("children").at(0)), "");
  EXPECT_EQ(GuardedAsAscii(Column(0)), "");
}

}  // namespace
}  // namespace stedi
