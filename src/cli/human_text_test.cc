#include "cli/human_text.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(HumanTextTest, Numbers) {
  EXPECT_EQ(GroupDigits(0), "0");
  EXPECT_EQ(GroupDigits(999), "999");
  EXPECT_EQ(GroupDigits(1000), "1,000");
  EXPECT_EQ(GroupDigits(-1234567), "-1,234,567");
  EXPECT_EQ(ReadableBytes(999), "999 B");
  EXPECT_EQ(ReadableBytes(1000), "1.0 kB");
  EXPECT_EQ(ReadableBytes(999'949), "999.9 kB");
  EXPECT_EQ(ReadableBytes(999'950), "1.0 MB");
  EXPECT_EQ(ReadableBytes(11'230'000'000), "11.2 GB");
  EXPECT_EQ(ReadableSeconds(0.123), "0.12 s");
  EXPECT_EQ(ReadableSeconds(3.21), "3.2 s");
  EXPECT_EQ(ReadableSeconds(125.9), "2 min 05 s");
  EXPECT_EQ(ReadableTime(1655564376361), "2022-06-18 14:59:36");
}

struct TextCase {
  const char* name;
  std::string_view text;
  std::string_view printable;
  size_t width;
};

class PrintableTextTest : public testing::TestWithParam<TextCase> {};

TEST_P(PrintableTextTest, MovesNoTerminal) {
  EXPECT_EQ(PrintableText(GetParam().text), GetParam().printable);
  EXPECT_EQ(DisplayWidth(GetParam().printable), GetParam().width);
}

INSTANTIATE_TEST_SUITE_P(
    Cli, PrintableTextTest,
    testing::Values(TextCase{"Ascii", "a b", "a b", 3}, TextCase{"Umlaut", "größe", "größe", 5},
                    TextCase{"FourBytes", "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80", 1},
                    TextCase{"Escape", "a\x1b[31m", "a\\x1b[31m", 9},
                    TextCase{"Line", "a\nb\tc\r", "a\\nb\\tc\\r", 9},
                    TextCase{"ControlOfTwoBytes", "\xC2\x9B", "\\xc2\\x9b", 8},
                    TextCase{"NoBreakSpace", "\xC2\xA0", "\xC2\xA0", 1},
                    TextCase{"CutOff", "a\xE2\x82", "a\\xe2\\x82", 9},
                    TextCase{"Overlong", "\xC0\xAF", "\\xc0\\xaf", 8},
                    TextCase{"Surrogate", "\xED\xA0\x80", "\\xed\\xa0\\x80", 12}),
    [](const auto& test) { return test.param.name; });

TEST(PadTest, CountsCharacters) {
  EXPECT_EQ(PadRight("größe", 7), "größe  ");
  EXPECT_EQ(PadLeft("größe", 7), "  größe");
  EXPECT_EQ(PadLeft("long", 2), "long");
}

}  // namespace
}  // namespace stedi
