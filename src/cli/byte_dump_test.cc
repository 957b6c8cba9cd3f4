#include "cli/byte_dump.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

struct FaultCase {
  const char* name;
  std::string_view raw;
  std::optional<size_t> fault;
};

class FindJsonFaultTest : public testing::TestWithParam<FaultCase> {};

TEST_P(FindJsonFaultTest, PointsAtTheByte) {
  EXPECT_EQ(FindJsonFault(GetParam().raw), GetParam().fault);
}

INSTANTIATE_TEST_SUITE_P(Cli, FindJsonFaultTest,
                         testing::Values(FaultCase{"Sound", "{\"a\":1}", std::nullopt},
                                         FaultCase{"Comma", "{\"a\":1,}", 7},
                                         FaultCase{"Garbage", "#x", 0},
                                         FaultCase{"Utf8", "{\"a\":\"\xFF\"}", 6},
                                         FaultCase{"CutOff", "{\"a\":1", 6}),
                         [](const auto& test) { return test.param.name; });

TEST(ByteDumpTest, MarksTheFault) {
  EXPECT_EQ(ByteDump("{\"a\":1,\n\"bcdefghijk", 100, 0, 19, 7),
            "         100  7b 22 61 22 3a 31 2c 0a 22 62 63 64 65 66 67 68  {\"a\":1,.\"bcdefgh\n"
            "                                   ^^\n"
            "         116  69 6a 6b                                         ijk\n");
  EXPECT_EQ(ByteDump("abc", 0, 0, 99, std::nullopt),
            "           0  61 62 63                                         abc\n");
}

}  // namespace
}  // namespace stedi
