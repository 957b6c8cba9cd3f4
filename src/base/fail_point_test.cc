#include "base/fail_point.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "base/error.h"

namespace stedi {
namespace {

class FailPointTest : public testing::Test {
 protected:
  ~FailPointTest() override { ArmFailPoint(""); }
};

TEST_F(FailPointTest, DoesNothingUnlessArmed) {
  ArmFailPoint("");
  for (const std::string_view name : kFailPoints) FailPoint(name);
}

TEST_F(FailPointTest, ThrowsTheNthTimeAndOnlyThen) {
  ArmFailPoint("after_load:ENOSPC:2");
  FailPoint("after_load");
  FailPoint("after_build");
  try {
    FailPoint("after_load");
    FAIL() << "the second pass must throw";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnavailable);
    EXPECT_STREQ(error.what(), "fail point after_load: No space left on device (ENOSPC)");
  }
  FailPoint("after_load");
}

TEST_F(FailPointTest, FailsAsTheSystemDoes) {
  for (const char* const name : {"EIO", "ENOSPC", "ENOMEM"}) {
    ArmFailPoint(std::string("after_load:") + name);
    try {
      FailPoint("after_load");
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnavailable);
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
    }
  }
}

TEST_F(FailPointTest, KillsTheProcess) {
  EXPECT_EXIT(
      {
        ArmFailPoint("in_publish:kill");
        FailPoint("in_publish");
      },
      testing::KilledBySignal(SIGKILL), "");
}

TEST_F(FailPointTest, StopIsAnInterrupt) {
  EXPECT_EXIT(
      {
        ArmFailPoint("after_stage:stop");
        FailPoint("after_stage");
      },
      testing::KilledBySignal(SIGINT), "");
}

TEST_F(FailPointTest, RefusesWhatItDoesNotUnderstand) {
  for (const char* const spec : {"nowhere:kill", "after_load", "after_load:explode",
                                 "after_load:kill:0", "after_load:kill:x", "after_load:kill:1x"}) {
    try {
      ArmFailPoint(spec);
      FAIL() << spec;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalid) << spec;
    }
  }
}

}  // namespace
}  // namespace stedi
