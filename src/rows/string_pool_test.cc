#include "rows/string_pool.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>

namespace stedi {
namespace {

constexpr uint64_t kPlenty = 64 << 20;

std::string TextAt(const StringPool& pool, int32_t id) {
  duckdb_string_t cell = pool.At(id);
  return {duckdb_string_t_data(&cell), duckdb_string_t_length(cell)};
}

TEST(StringPool, GivesEqualTextsOneNumber) {
  StringPool pool(kPlenty);
  const std::string with_zero("a\0b", 3);
  const std::vector<std::string> texts = {
      "", "a", with_zero, "twelve bytes", "thirteen bytes", std::string(100'000, 'x')};
  for (size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(pool.Add(texts[i]), static_cast<int32_t>(i));
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(pool.Add(texts[i]), static_cast<int32_t>(i));
    EXPECT_EQ(TextAt(pool, static_cast<int32_t>(i)), texts[i]);
  }
}

TEST(StringPool, GivesThreadsTheSameNumbers) {
  constexpr int kTexts = 20'000;
  StringPool pool(kPlenty);
  std::vector<std::map<std::string, int32_t>> seen(4);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < seen.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kTexts; ++i) {
        const std::string text =
            fmt::format("person {}", (i * 7919 + static_cast<int>(t)) % kTexts);
        seen[t][text] = pool.Add(text).value();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& map : seen) EXPECT_EQ(map, seen[0]);
  for (const auto& [text, id] : seen[0]) EXPECT_EQ(TextAt(pool, id), text);
}

TEST(StringPool, EndsWhereTheRoomEnds) {
  StringPool pool(1 << 20);
  int32_t added = 0;
  while (pool.Add(fmt::format("a text of more than twelve bytes, {}", added)).has_value()) ++added;
  EXPECT_GT(added, 1'000);
  EXPECT_LT(added, 30'000);
  EXPECT_EQ(pool.Add("a text of more than twelve bytes, 7"), 7);
}

}  // namespace
}  // namespace stedi
