#include "files/utf8.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace stedi {
namespace {

TEST(Utf8Test, FindsTheFirstInvalidSequence) {
  struct Case {
    const char* name;
    std::string text;
    std::optional<size_t> invalid_at;
  };
  const Case cases[] = {
      {"empty", "", std::nullopt},
      {"ASCII longer than a word", "0123456789abcdef0", std::nullopt},
      {"2, 3 and 4 bytes", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", std::nullopt},
      {"smallest and largest", "\xC2\x80\xE0\xA0\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF",
       std::nullopt},
      {"around the surrogates", "\xED\x9F\xBF\xEE\x80\x80", std::nullopt},
      {"a lone continuation", "ab\x80", 2},
      {"overlong, 2 bytes", "\xC1\xBF", 0},
      {"overlong, 3 bytes", "\xE0\x9F\xBF", 0},
      {"overlong, 4 bytes", "\xF0\x8F\xBF\xBF", 0},
      {"a surrogate", "x\xED\xA0\x80", 1},
      {"above U+10FFFF", "\xF4\x90\x80\x80", 0},
      {"a byte that never occurs", "0123456789\xFF", 10},
      {"cut off after 1 of 2", "a\xC3", 1},
      {"cut off after 2 of 3", "a\xE2\x82", 1},
      {"cut off after 3 of 4", "a\xF0\x9F\x98", 1},
      {"a wrong continuation",
       "\xE2\x82"
       "A",
       0},
      {"a wrong last continuation",
       "\xF0\x9F\x98"
       "A",
       0},
  };
  for (const Case& c : cases) {
    const char* const found = FindInvalidUtf8(c.text);
    const std::optional<size_t> at =
        found == nullptr ? std::nullopt : std::optional(static_cast<size_t>(found - c.text.data()));
    EXPECT_EQ(at, c.invalid_at) << c.name;
  }
}

TEST(Utf8Test, ReplacesWhatIsInvalid) {
  EXPECT_EQ(ReplaceInvalidUtf8("a\xFF\xC3z"), "a\xEF\xBF\xBD\xEF\xBF\xBDz");
  EXPECT_EQ(ReplaceInvalidUtf8("caf\xC3\xA9"), "caf\xC3\xA9");
}

TEST(Utf8Test, WritesEveryCodePoint) {
  for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point += 7) {
    if (code_point >= 0xD800 && code_point < 0xE000) continue;
    char bytes[4];
    const char* const end = WriteUtf8(code_point, bytes);
    ASSERT_EQ(FindInvalidUtf8({bytes, static_cast<size_t>(end - bytes)}), nullptr) << code_point;
  }
  char bytes[4];
  EXPECT_EQ(std::string(bytes, WriteUtf8(0x20AC, bytes)), "\xE2\x82\xAC");
}

}  // namespace
}  // namespace stedi
