#include "pipeline/expectation_properties.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace stedi {
namespace {

// How each of them is read is in table_properties_test.cc.
TEST(ExpectationPropertiesTest, AFeedComparesNoTablesAsAWhole) {
  using Names = std::vector<std::string_view>;
  EXPECT_EQ(ExpectationProperties(/*is_feed=*/true),
            (Names{"expect.<name>", "unique.<name>", "references.<column>"}));
  EXPECT_EQ(ExpectationProperties(/*is_feed=*/false),
            (Names{"expect.<name>", "unique.<name>", "references.<column>", "covers.<table>"}));
}

}  // namespace
}  // namespace stedi
