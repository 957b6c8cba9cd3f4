#include "cli/last_words.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "cli/exit_status.h"

namespace stedi {
namespace {

void Throw() { throw std::runtime_error("first line\nsecond line"); }
void ThrowFromNoexcept(void (*function)()) noexcept { function(); }

TEST(LastWordsDeathTest, WhatNothingCatchesIsOneLine) {
  EXPECT_EXIT(
      {
        EndWithoutSignal();
        ThrowFromNoexcept(Throw);
      },
      testing::ExitedWithCode(kStatusInput), "^stedi: the program cannot go on: first line\n$");
}

}  // namespace
}  // namespace stedi
