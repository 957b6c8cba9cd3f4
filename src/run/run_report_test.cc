#include "run/run_report.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(RunReport, TellsAnExpectationOfTheLogAsItWas) {
  const ExpectationReport report = ReportOf({"people", "consent", "expect", "warn", 3});
  EXPECT_EQ(report.table, "people");
  EXPECT_EQ(report.name, "consent");
  EXPECT_EQ(report.kind, "expect");
  EXPECT_EQ(report.action, ExpectationAction::kWarn);
  EXPECT_EQ(report.failed, 3);
}

TEST(RunReport, RefusesAnActionThatIsNone) {
  try {
    ReportOf({"people", "consent", "expect", "shout", 0});
    FAIL() << "an action that is none was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalid);
    EXPECT_STREQ(
        error.what(),
        "the log of runs is damaged: expectation consent of people has the action 'shout'");
  }
}

}  // namespace
}  // namespace stedi
