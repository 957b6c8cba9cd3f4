#include "landing/rejection.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace stedi {
namespace {

TEST(RejectionTest, EveryReasonHasANameOfItsOwnAndAText) {
  std::set<std::string_view> names;
  for (const RejectReasonRow& row : kRejectReasons) {
    EXPECT_EQ(Describe(row.reason).name, row.name);
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.text.empty()) << row.name;
  }
}

}  // namespace
}  // namespace stedi
