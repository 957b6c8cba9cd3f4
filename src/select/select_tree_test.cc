#include "select/select_tree.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stedi {
namespace {

using Json = nlohmann::json;

TEST(SelectTree, TakesNoMemberForGranted) {
  const Json node = {{"alias", "a"}, {"children", {1, 2}}};
  EXPECT_EQ(TextOf(node, "alias"), "a");
  EXPECT_EQ(TextOf(node, "children"), "");
  EXPECT_EQ(TextOf(node, "name"), "");
  EXPECT_EQ(TextOf(Json(), "alias"), "");
  EXPECT_EQ(Argument(node, 1), 2);
  EXPECT_TRUE(Argument(node, 2).is_null());
  EXPECT_TRUE(Member(node, "name").is_null());
}

TEST(SelectTree, NamesAreInLowerCase) {
  const Json parts = {"A", 7, "b\xC3\x84"};
  EXPECT_EQ(LowerTexts(parts), (std::vector<std::string>{"a", "b\xC3\x84"}));
  EXPECT_EQ(FunctionName({{"function_name", "Count"}}), "count");
}

TEST(SelectTree, AnOperatorBeginsWithItsLeftSide) {
  const Json left = {{"query_location", 7U}};
  const Json right = {{"query_location", 11U}};
  const Json sum = {{"query_location", 9U}, {"children", Json::array({left, right})}};
  EXPECT_EQ(FirstPlace(sum), 7);
  EXPECT_EQ(FirstPlace({{"children", Json::array()}}), std::nullopt);
}

}  // namespace
}  // namespace stedi
