#include "pipeline/nearest_name.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(NearestName, FindsSlipsAndNothingElse) {
  struct Case {
    std::string name;
    std::vector<std::string> candidates;
    std::string nearest;
  };
  const Case cases[] = {
      {"emial", {"name", "email"}, "email"},  // two letters swapped
      {"Email", {"email"}, "email"},
      {"customer_trusted", {"customers_curated", "customers_trusted"}, "customers_trusted"},
      {"x", {"y"}, ""},  // no letter in common
      {"xx", {"x"}, "x"},
      {"id", {"timestamp"}, ""},
      {"name", {}, ""},
      {"", {"a"}, ""},
      {"ab", {"ba", "ab"}, "ab"},
      {std::string(200, 'a'), {std::string(200, 'a')}, ""},  // too long to be compared
  };
  for (const Case& row : cases) {
    EXPECT_EQ(NearestName(row.name, row.candidates), row.nearest) << row.name;
  }
}

}  // namespace
}  // namespace stedi
