#include "landing/number_check.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

// `make soak` checks 100 million.
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
  // Of two columns, half of the numbers by each form: else it checks next to nothing.
  EXPECT_GT(check.fast_count(), kNumbers * kRounds / 2 * AvailableSimdLevels().size());
}

}  // namespace
}  // namespace stedi
