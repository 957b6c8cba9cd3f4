#include "base/ascii_case.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(AsciiCase, ChangesTheLettersOfAsciiAlone) {
  EXPECT_EQ(LowerCase("AZ az @[`{ 09_"), "az az @[`{ 09_");
  EXPECT_EQ(UpperCase("AZ az @[`{ 09_"), "AZ AZ @[`{ 09_");
  EXPECT_EQ(LowerCase(""), "");
  // U+00C4, U+0130 and a byte that is not valid UTF-8.
  EXPECT_EQ(LowerCase("\xC3\x84 \xC4\xB0 \xFF"), "\xC3\x84 \xC4\xB0 \xFF");
  EXPECT_EQ(UpperCase("\xC3\xA4 \xC3\x9F"), "\xC3\xA4 \xC3\x9F");
}

TEST(AsciiCase, ComparesWithoutCase) {
  struct Case {
    std::string_view a, b;
    bool expected;
  };
  for (const Case& row :
       {Case{"Email", "eMAIL", true}, Case{"", "", true}, Case{"email", "emai", false},
        Case{"[", "{", false}, Case{"\xC3\x84", "\xC3\xA4", false}}) {
    EXPECT_EQ(EqualIgnoringCase(row.a, row.b), row.expected) << row.a << " " << row.b;
  }
}

TEST(AsciiCase, FindsAPartWithoutCase) {
  EXPECT_TRUE(ContainsIgnoringCase("SELECT * FROM Quarantine", "quarantine"));
  EXPECT_TRUE(ContainsIgnoringCase("quarantine", "QUARANTINE"));
  EXPECT_TRUE(ContainsIgnoringCase("text", ""));
  EXPECT_TRUE(ContainsIgnoringCase("", ""));
  EXPECT_FALSE(ContainsIgnoringCase("quarantin", "quarantine"));
  EXPECT_FALSE(ContainsIgnoringCase("", "a"));
}

}  // namespace
}  // namespace stedi
