#include "landing/number_check.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

// `make soak` checks 100 million numbers.
TEST(NumberCheckTest, EveryWayGivesWhatTheLibraryGives) {
  constexpr size_t kNumbers = 200;
  constexpr size_t kRounds = 1000;
  NumberSamples samples(20231124);
  NumberCheck check;
  std::vector<std::string> numbers(kNumbers);
  for (size_t round = 0; round < kRounds; ++round) {
    for (std::string& number : numbers) number = samples.Next();
    ASSERT_EQ(check.FindFault(numbers), std::nullopt);
  }
  // The fast paths must have read a quarter of the values of the two columns; otherwise almost
  // nothing was checked.
  EXPECT_GT(check.fast_count(), kNumbers * kRounds / 2 * AvailableSimdLevels().size());
}

}  // namespace
}  // namespace stedi
