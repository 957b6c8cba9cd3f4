#include "parquet/number_dictionary.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <random>

namespace stedi {
namespace {

using Numbers = std::vector<int64_t>;
using Indices = std::vector<uint32_t>;

Numbers ValuesOf(const NumberDictionary& dictionary) {
  return {dictionary.values().begin(), dictionary.values().end()};
}

Indices IndicesOf(const NumberDictionary& dictionary) {
  return {dictionary.indices().begin(), dictionary.indices().end()};
}

TEST(NumberDictionaryTest, ValuesAreInTheOrderOfTheirFirst) {
  const int64_t zero = std::bit_cast<int64_t>(0.0);
  const int64_t minus_zero = std::bit_cast<int64_t>(-0.0);
  const int64_t nan = std::bit_cast<int64_t>(std::numeric_limits<double>::quiet_NaN());
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();
  struct Case {
    const char* name;
    Numbers numbers;
    Numbers values;
    Indices indices;
  };
  const Case cases[] = {
      {"nothing", {}, {}, {}},
      {"one", {0}, {0}, {0}},
      {"some again", {5, -5, -5, 5, 7, 5}, {5, -5, 7}, {0, 1, 1, 0, 2, 0}},
      {"extremes", {kLeast, kGreatest, kLeast, -1}, {kLeast, kGreatest, -1}, {0, 1, 0, 2}},
      {"zeros with signs and NaN",
       {zero, minus_zero, nan, zero, nan},
       {zero, minus_zero, nan},
       {0, 1, 2, 0, 2}},
  };
  NumberDictionary dictionary;  // the same for all cases: each Build starts over
  for (const Case& row : cases) {
    EXPECT_TRUE(dictionary.Build(row.numbers, row.numbers.size())) << row.name;
    EXPECT_EQ(ValuesOf(dictionary), row.values) << row.name;
    EXPECT_EQ(IndicesOf(dictionary), row.indices) << row.name;
  }
}

// `count` distinct numbers, all of them twice: only distinct ones count towards the limit.
Numbers Different(size_t count, uint64_t step) {
  Numbers numbers;
  for (uint64_t i = 0; i < 2 * count; ++i) {
    numbers.push_back(static_cast<int64_t>(i % count * step));
  }
  return numbers;
}

TEST(NumberDictionaryTest, TakesSoManyValuesAndNoMore) {
  constexpr size_t kMax = NumberDictionary::kValuesMax;
  struct Case {
    size_t different;
    size_t values_max;
    bool is_built;
  };
  const Case cases[] = {
      {1, 0, false},      {3, 2, false},          {3, 3, true},
      {kMax, kMax, true}, {kMax, kMax + 9, true}, {kMax + 1, kMax + 9, false},
  };
  NumberDictionary dictionary;
  for (const Case& row : cases) {
    // Consecutive numbers, and numbers that differ only in the upper half, as round doubles do.
    for (const uint64_t step : {uint64_t{1}, uint64_t{1} << 32, uint64_t{1} << 49}) {
      const Numbers numbers = Different(row.different, step);
      ASSERT_EQ(dictionary.Build(numbers, row.values_max), row.is_built)
          << row.different << " of " << row.values_max << ", step " << step;
      if (!row.is_built) continue;
      EXPECT_EQ(ValuesOf(dictionary),
                Numbers(numbers.begin(), numbers.begin() + std::ssize(numbers) / 2));
    }
  }
}

TEST(NumberDictionaryTest, AnyNumbersComeBack) {
  std::mt19937_64 random(1);
  Numbers some(10'000);
  for (int64_t& number : some) number = static_cast<int64_t>(random());
  Numbers numbers(50'000);
  for (int64_t& number : numbers) number = some[random() % some.size()];
  NumberDictionary dictionary;
  ASSERT_TRUE(dictionary.Build(numbers, numbers.size()));
  const Numbers values = ValuesOf(dictionary);
  Numbers back;
  for (const uint32_t index : IndicesOf(dictionary)) back.push_back(values.at(index));
  EXPECT_EQ(back, numbers);
}

}  // namespace
}  // namespace stedi
