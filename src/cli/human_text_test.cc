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

TEST(DisplayWidthTest, CountsCharacters) {
  EXPECT_EQ(DisplayWidth("a b"), 3);
  EXPECT_EQ(DisplayWidth("größe"), 5);
  EXPECT_EQ(DisplayWidth("\xF0\x9F\x98\x80"), 1);
}

TEST(PadTest, CountsCharacters) {
  EXPECT_EQ(PadRight("größe", 7), "größe  ");
  EXPECT_EQ(PadLeft("größe", 7), "  größe");
  EXPECT_EQ(PadLeft("long", 2), "long");
}

}  // namespace
}  // namespace stedi
