#include "base/printable_text.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

struct TextCase {
  const char* name;
  std::string_view text;
  std::string_view printable;
};

class PrintableTextTest : public testing::TestWithParam<TextCase> {};

TEST_P(PrintableTextTest, MovesNoTerminal) {
  EXPECT_EQ(PrintableText(GetParam().text), GetParam().printable);
  // Printable text is not changed.
  EXPECT_EQ(PrintableText(GetParam().printable), GetParam().printable);
}

INSTANTIATE_TEST_SUITE_P(
    Base, PrintableTextTest,
    testing::Values(TextCase{"Ascii", "a b", "a b"}, TextCase{"Umlaut", "größe", "größe"},
                    TextCase{"FourBytes", "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
                    TextCase{"Escape", "a\x1b[31m", "a\\x1b[31m"},
                    TextCase{"Line", "a\nb\tc\r", "a\\nb\\tc\\r"},
                    TextCase{"Nul", std::string_view("a\0b", 3), "a\\x00b"},
                    TextCase{"Delete", "\x7f", "\\x7f"},
                    TextCase{"ControlOfTwoBytes", "\xC2\x9B", "\\xc2\\x9b"},
                    TextCase{"NoBreakSpace", "\xC2\xA0", "\xC2\xA0"},
                    TextCase{"CutOff", "a\xE2\x82", "a\\xe2\\x82"},
                    TextCase{"Overlong", "\xC0\xAF", "\\xc0\\xaf"},
                    TextCase{"Surrogate", "\xED\xA0\x80", "\\xed\\xa0\\x80"},
                    TextCase{"Override", "gpj.\u202Eexe", "gpj.\\u202eexe"},
                    TextCase{"Isolates", "\u2066a\u2069", "\\u2066a\\u2069"},
                    TextCase{"Marks", "\u200E\u200F\u061C", "\\u200e\\u200f\\u061c"},
                    TextCase{"ZeroWidth", "a\u200Bb\u2060c\uFEFF", "a\\u200bb\\u2060c\\ufeff"},
                    TextCase{"Separators", "\u2028\u2029", "\\u2028\\u2029"},
                    TextCase{"SoftHyphen", "a\u00ADb", "a\\u00adb"},
                    TextCase{"Tag", "\U000E0041", "\\ue0041"}),
    [](const auto& test) { return test.param.name; });

TEST(PrintableLinesTest, KeepsLineEndsAlone) {
  EXPECT_EQ(PrintableLines("a\nb\r\n\x1b[2J\u202E"), "a\nb\\r\n\\x1b[2J\\u202e");
}

}  // namespace
}  // namespace stedi
