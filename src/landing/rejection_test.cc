#include "landing/rejection.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace stedi {
namespace {

TEST(RejectionTest, EveryReasonHasANameAndAText) {
  std::set<std::string_view> names;
  std::set<std::string_view> of_one_record;
  for (size_t i = 0; i < RejectReasons().size(); ++i) {
    const RejectReasonRow& row = Describe(static_cast<RejectReason>(i));
    EXPECT_EQ(static_cast<size_t>(row.reason), i);
    EXPECT_FALSE(row.text.empty());
    names.insert(row.name);
    if (row.is_one_record) of_one_record.insert(row.name);
  }
  EXPECT_EQ(names, (std::set<std::string_view>{
                       "malformed", "truncated", "invalid_utf8", "duplicate_key", "type_mismatch",
                       "out_of_range", "not_null", "too_large", "too_deep", "not_an_object"}));
  EXPECT_EQ(of_one_record,
            (std::set<std::string_view>{"invalid_utf8", "duplicate_key", "type_mismatch",
                                        "out_of_range", "not_null"}));
}

}  // namespace
}  // namespace stedi
