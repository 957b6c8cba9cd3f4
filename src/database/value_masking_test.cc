#include "database/value_masking.h"

#include <gtest/gtest.h>

#include "database/sql_error.h"

namespace stedi {
namespace {

struct MaskCase {
  const char* name;
  const char* message;
  const char* expected;
};

class MaskValuesTest : public testing::TestWithParam<MaskCase> {};

TEST_P(MaskValuesTest, KeepsNoValue) {
  EXPECT_EQ(MaskValues(GetParam().message), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Engine, MaskValuesTest,
    testing::Values(MaskCase{"Text", "Could not convert string 'a@example.com' to INT32",
                             "Could not convert string '***' to INT32"},
                    MaskCase{"DoubleQuotes", "invalid date field format: \"1990-1\", expected",
                             "invalid date field format: \"***\", expected"},
                    MaskCase{"Number", "Type INT64 with value 4711 can't",
                             "Type INT64 with value *** can'***'"},
                    MaskCase{"OpenQuote", "bad 'ann", "bad '***'"},
                    MaskCase{"FirstLine", "bad\n\nLINE 1: 'ann'", "bad"}),
    [](const auto& test) { return test.param.name; });

TEST(QuotesValuesTest, NotOfTheMachine) {
  EXPECT_TRUE(QuotesValues(SqlFault::kValue));
  EXPECT_FALSE(QuotesValues(SqlFault::kIo));
}

}  // namespace
}  // namespace stedi
