#include "cli/run_display.h"

#include <gtest/gtest.h>

#include <functional>

namespace stedi {
namespace {

// Returns what a display prints during `story`, on a terminal (`moves`) or to a file.
std::string Shown(bool moves, const std::function<void(RunDisplay&)>& story) {
  std::FILE* const file = std::tmpfile();
  {
    RunDisplay display(file, moves);
    story(display);
  }
  std::string text(static_cast<size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file), text.size());
  std::fclose(file);
  return text;
}

TableReport CustomersReport() {
  TableReport report;
  report.table = "customers_landing";
  report.action = TableAction::kAppended;
  report.rows_in = {{"files", 2}};
  report.rows_out = 1956;
  report.rejected = 12;
  report.seconds = 0.25;
  return report;
}

TEST(RunDisplayTest, OneLineATableInAFile) {
  const std::string text = Shown(false, [](RunDisplay& display) {
    display.OnTableBegin("customers_landing", TableKind::kFeed);
    display.OnProgress("customers_landing", 5, 10, 3, 1);
    display.OnTableEnd(CustomersReport());
    display.OnNote("made a key");
  });
  EXPECT_EQ(
      text,
      "table                       action              in         rows     rejected      time\n"
      "customers_landing           appended       2 files        1,956           12    0.25 s\n"
      "made a key\n");
}

TEST(RunDisplayTest, OnATerminalLinesMoveAndLeaveNothingBehind) {
  const std::string text = Shown(true, [](RunDisplay& display) {
    display.OnTableBegin("customers_landing", TableKind::kFeed);
    display.OnTableBegin("step_trainer_landing", TableKind::kFeed);
    display.OnTableEnd(CustomersReport());
  });
  EXPECT_NE(text.find("customers_landing           loading"), std::string::npos);
  EXPECT_NE(text.find("\x1b[2A\x1b[J"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\x1b[1A\x1b[J"));
}

RunReport FailedReport() {
  RunReport report;
  report.run_id = "r1";
  report.status = RunStatus::kFailed;
  report.seconds = 1.5;
  report.landing = {3, 1, 1000, 7, 12'000};
  report.tables = {CustomersReport()};
  report.expectations = {{"t", "age", ExpectationAction::kFail, 2, {"a.json:17"}, "SELECT \"a\""},
                         {"t", "split", ExpectationAction::kWarn, 0, {}, ""}};
  report.error = "t: 2 rows break expect.age";
  report.error_code = ErrorCode::kExpectationFailed;
  return report;
}

TEST(SummaryTextTest, SaysWhatFailedAndWhere) {
  EXPECT_EQ(
      SummaryText(FailedReport(), "l"),
      "\nlanding: 3 new files (12.0 kB), 1,000 records accepted, 7 rejected; 1 file re-delivered, "
      "not loaded again\n"
      "expectation t.age (fail): 2 rows\n"
      "    a.json:17\n"
      "  all of them: stedi query --lake \"l\" \"SELECT \\\"a\\\"\"\n"
      "expectations: 1 of 2 kept\n"
      "run r1: failed in 1.5 s; nothing was published\n");
}

TEST(SummaryTextTest, SaysThatThereIsNoNews) {
  RunReport report;
  report.run_id = "r2";
  report.status = RunStatus::kNoNews;
  EXPECT_EQ(SummaryText(report, "l"),
            "\nno news: every table is as the last run left it\nrun r2: no_news in 0.00 s\n");
}

TEST(ReportJsonTest, IsOneObject) {
  EXPECT_EQ(
      ReportJson(FailedReport()),
      R"({"run_id":"r1","status":"failed","seconds":1.5,)"
      R"("landing":{"files":3,"redelivered":1,"records":1000,"rejected":7,"bytes":12000,"skipped":0,"passed_over":0},)"
      R"("tables":[{"table":"customers_landing","action":"appended","rows_in":{"files":2},)"
      R"("rows_out":1956,"rejected":12,"snapshot_id":null,"seconds":0.25}],)"
      R"("expectations":[{"table":"t","name":"age","action":"fail","failed":2,)"
      R"("examples":["a.json:17"],"query":"SELECT \"a\""},)"
      R"({"table":"t","name":"split","action":"warn","failed":0}],)"
      R"("error":{"code":"expectation_failed","message":"t: 2 rows break expect.age"}})"
      "\n");
}

}  // namespace
}  // namespace stedi
