#include "files/simd_level.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace stedi {
namespace {

TEST(SimdLevelTest, EveryMachineHasThePortableForm) {
  ASSERT_FALSE(AvailableSimdLevels().empty());
  EXPECT_EQ(AvailableSimdLevels().front(), SimdLevel::kPortable);
  EXPECT_TRUE(std::ranges::is_sorted(AvailableSimdLevels()));
}

TEST(SimdLevelTest, TheDefaultIsTheBestUnlessTheEnvironmentSaysOtherwise) {
  SimdLevel expected = AvailableSimdLevels().back();
  const char* const wanted = std::getenv("STEDI_SIMD");
  for (const SimdLevel level : AvailableSimdLevels()) {
    if (wanted != nullptr && NameOf(level) == wanted) expected = level;
  }
  EXPECT_EQ(DefaultSimdLevel(), expected);
}

TEST(SimdLevelTest, Names) {
  EXPECT_EQ(NameOf(SimdLevel::kPortable), "portable");
  EXPECT_EQ(NameOf(SimdLevel::kAvx2), "avx2");
}

}  // namespace
}  // namespace stedi
