#include "parquet/text_dictionary.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace stedi {
namespace {

uint32_t Add(TextDictionary& dictionary, std::string_view text) {
  uint32_t index = 0;
  dictionary.Add({&text, 1}, &index);
  return index;
}

TEST(TextDictionaryTest, StoresEachTextOnce) {
  struct Case {
    std::string_view text;
    uint32_t index;
    size_t bytes;  // of all texts so far
  };
  const std::string long_text(100'000, 'x');
  const Case cases[] = {
      {"b", 0, 1},
      {"", 1, 1},
      {"a", 2, 2},
      {"b", 0, 2},
      {std::string_view("a\0b", 3), 3, 5},
      {std::string_view("a\0", 2), 4, 7},
      {"", 1, 7},
      {long_text, 5, 100'007},
      {"\xff", 6, 100'008},
      {long_text, 5, 100'008},
  };
  TextDictionary dictionary;
  for (const Case& row : cases) {
    EXPECT_EQ(Add(dictionary, row.text), row.index) << row.index;
    EXPECT_EQ(dictionary.At(row.index), row.text) << row.index;
    EXPECT_EQ(dictionary.bytes(), row.bytes) << row.index;
  }
  EXPECT_EQ(dictionary.size(), 7U);
  EXPECT_EQ(dictionary.At(0), "b");
}

// Adds so many texts at once that the dictionary grows several times. All are repeated: some at the
// same address directly after themselves, some later.
TEST(TextDictionaryTest, FindsThemAfterGrowing) {
  constexpr uint32_t kTexts = 20'000;
  std::vector<std::string> texts;
  for (uint32_t i = 0; i < kTexts; ++i) texts.push_back(fmt::format("text {}", i));
  std::vector<std::string_view> added;
  std::vector<uint32_t> expected;
  for (uint32_t i = 0; i < kTexts; ++i) {
    const uint32_t older = i / 2;
    for (const uint32_t one : {i, i, older, i}) {
      added.emplace_back(texts[one]);
      expected.push_back(one);
    }
  }
  TextDictionary dictionary;
  std::vector<uint32_t> indices(added.size());
  dictionary.Add(added, indices.data());
  EXPECT_EQ(indices, expected);
  EXPECT_EQ(dictionary.size(), kTexts);
  dictionary.Add(added, indices.data());
  EXPECT_EQ(indices, expected);
  EXPECT_EQ(dictionary.size(), kTexts);
  for (uint32_t i = 0; i < kTexts; ++i) ASSERT_EQ(dictionary.At(i), texts[i]);
}

// Reused memory may hold another text of the same length.
TEST(TextDictionaryTest, LooksAtTheBytesOfEachCall) {
  std::string place = "ab";
  TextDictionary dictionary;
  EXPECT_EQ(Add(dictionary, place), 0U);
  place = "cd";
  EXPECT_EQ(Add(dictionary, place), 1U);
  const std::string_view both[] = {place, std::string_view(place).substr(0, 1), place};
  uint32_t indices[3] = {};
  dictionary.Add(both, indices);
  EXPECT_EQ(indices[0], 1U);
  EXPECT_EQ(indices[1], 2U);
  EXPECT_EQ(indices[2], 1U);
}

TEST(TextDictionaryTest, ClearForgetsAll) {
  TextDictionary dictionary;
  dictionary.Clear();
  Add(dictionary, "a");
  Add(dictionary, "b");
  dictionary.Clear();
  EXPECT_EQ(dictionary.size(), 0U);
  EXPECT_EQ(dictionary.bytes(), 0U);
  EXPECT_EQ(Add(dictionary, "b"), 0U);
  EXPECT_EQ(Add(dictionary, "a"), 1U);
  EXPECT_EQ(dictionary.At(1), "a");
}

}  // namespace
}  // namespace stedi
