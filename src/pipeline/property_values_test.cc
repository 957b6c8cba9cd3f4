#include "pipeline/property_values.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stedi {
namespace {

TEST(SplitAtTest, GivesEveryPartWithoutItsSpaces) {
  using Parts = std::vector<std::string>;
  struct Case {
    const char* text;
    Parts parts;
  };
  const std::vector<Case> cases = {
      {"", {""}},
      {"a", {"a"}},
      {" a , b c ,d ", {"a", "b c", "d"}},
      {"a,,b,", {"a", "", "b", ""}},
  };
  for (const Case& row : cases) EXPECT_EQ(SplitAt(row.text, ','), row.parts) << row.text;
}

}  // namespace
}  // namespace stedi
