#include "cli/exit_status.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace stedi {
namespace {

struct Case {
  ErrorCode code;
  std::string_view name;
  int status;
};

class ExitStatusTest : public testing::TestWithParam<Case> {};

TEST_P(ExitStatusTest, EachCodeHasANameAndADescribedStatus) {
  EXPECT_EQ(NameOf(GetParam().code), GetParam().name);
  EXPECT_EQ(ExitStatusOf(GetParam().code), GetParam().status);
  EXPECT_NE(std::ranges::find(ExitStatusRows(), GetParam().status, &ExitStatusRow::status),
            ExitStatusRows().end());
}

INSTANTIATE_TEST_SUITE_P(
    Cli, ExitStatusTest,
    testing::Values(
        Case{ErrorCode::kInvalid, "invalid", 2}, Case{ErrorCode::kNotFound, "not_found", 2},
        Case{ErrorCode::kConflict, "conflict", 2}, Case{ErrorCode::kUnavailable, "unavailable", 2},
        Case{ErrorCode::kCommitStateUnknown, "commit_state_unknown", 2},
        Case{ErrorCode::kExpectationFailed, "expectation_failed", 1},
        Case{ErrorCode::kLocked, "locked", 75}, Case{ErrorCode::kCancelled, "cancelled", 130},
        Case{ErrorCode::kInternal, "internal", 70}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace stedi
