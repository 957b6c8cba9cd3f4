#include "landing/key_counts.h"

#include <gtest/gtest.h>

#include <string>

namespace stedi {
namespace {

using Pairs = std::vector<std::pair<std::string, uint64_t>>;

TEST(KeyCountsTest, KeepsWhatLooksLikeANameAndCountsTheRest) {
  KeyCounts counts;
  EXPECT_TRUE(counts.empty());
  const std::string longest(KeyCounts::kNameBytesMax, 'x');
  for (const std::string& key :
       {std::string("battery"), std::string("_2"), std::string("battery"), longest, longest + "x",
        std::string(""), std::string("ann@example.com"), std::string("Ann Smith"),
        std::string("2x"), std::string("caf\xC3\xA9"), std::string("a\\u0062")}) {
    counts.Add(key);
  }
  EXPECT_EQ(counts.MostFrequent(10), (Pairs{{"battery", 2}, {"_2", 1}, {longest, 1}}));
  EXPECT_EQ(counts.MostFrequent(1), (Pairs{{"battery", 2}}));
  EXPECT_EQ(counts.names(), 3U);
  EXPECT_EQ(counts.others(), 7U);

  KeyCounts sum;
  sum.Add("battery");
  sum.Add(counts);
  EXPECT_EQ(sum.MostFrequent(1), (Pairs{{"battery", 3}}));
  EXPECT_EQ(sum.others(), 7U);
  sum.Clear();
  EXPECT_TRUE(sum.empty());
}

TEST(KeyCountsTest, HasALimit) {
  KeyCounts counts;
  for (size_t i = 0; i < KeyCounts::kNamesMax + 5; ++i) counts.Add("key" + std::to_string(i));
  counts.Add("key0");
  EXPECT_EQ(counts.names(), KeyCounts::kNamesMax);
  EXPECT_EQ(counts.others(), 5U);
  EXPECT_EQ(counts.MostFrequent(1), (Pairs{{"key0", 2}}));
}

}  // namespace
}  // namespace stedi
