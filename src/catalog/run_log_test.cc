#include "catalog/run_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

namespace stedi {
namespace {

class RunLogTest : public testing::Test {
 protected:
  RunLogTest() {
    std::string pattern = testing::TempDir() + "stedi-log-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    WriteNewFile(folder_ / "catalog.db", "");
    database_ = std::make_unique<SqliteDatabase>(folder_ / "catalog.db");
    database_->Execute("PRAGMA synchronous = OFF");  // nothing here is read after a crash
    CreateRunLog(*database_);
  }
  ~RunLogTest() override {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::filesystem::path folder_;
  std::unique_ptr<SqliteDatabase> database_;
};

RunRecord NewRun(const std::string& run_id, RunStatus status) {
  RunRecord run;
  run.run_id = run_id;
  run.project = "stedi";
  run.database = "stedi";
  run.status = status;
  run.started_ms = 1000;
  run.finished_ms = 2000;
  run.parameters = {{"stedi.max_age", "110"}, {"stedi.landing", "it's \"here\""}};
  return run;
}

StepRecord NewStep(const std::string& table, const std::string& fingerprint) {
  StepRecord step;
  step.table = table;
  step.action = TableAction::kReplaced;
  step.rows_in = {{"customers_landing", 956}};
  step.rows_out = 47;
  step.snapshot_id = 4'611'686'018'427'387'903;
  step.seconds = 0.125;
  step.fingerprint = fingerprint;
  return step;
}

FileRecord NewFile(const std::string& file, const std::string& run_id) {
  FileRecord record;
  record.feed = "customers_landing";
  record.file = file;
  record.status = LoadStatus::kLoaded;
  record.size_bytes = 100;
  record.decoded_bytes = 400;
  record.mtime_ns = 1'700'000'000'123'456'789;
  record.content_hash = "00ff";
  record.records = 7;
  record.rejected = 1;
  record.accepted_bytes = 300;
  record.quarantined_bytes = 50;
  record.whitespace_bytes = 40;
  record.framing_bytes = 10;
  record.run_id = run_id;
  return record;
}

TEST_F(RunLogTest, KeepsRunsNewestFirst) {
  RunRecord first = NewRun("a", RunStatus::kOk);
  first.steps = {NewStep("customers_trusted", "f1"), NewStep("accelerometer_trusted", "f2")};
  first.steps[1].snapshot_id.reset();
  first.expectations = {{"customers_trusted", "age", "expect", "warn", 3}};
  RunRecord second = NewRun("b", RunStatus::kFailed);
  second.message = "what went wrong";
  EXPECT_TRUE(WriteRun(*database_, first));
  EXPECT_TRUE(WriteRun(*database_, second));
  EXPECT_EQ(ReadRuns(*database_, 10), (std::vector<RunRecord>{second, first}));
  EXPECT_EQ(ReadRuns(*database_, 1), std::vector<RunRecord>{second});
}

TEST_F(RunLogTest, ARunIsReplacedUntilItHasCommitted) {
  RunRecord run = NewRun("a", RunStatus::kRunning);
  run.steps = {NewStep("t", "old"), NewStep("u", "old")};
  run.expectations = {{"t", "e", "expect", "fail", 3}};
  WriteRun(*database_, run);
  EXPECT_FALSE(ReadHasCommitted(*database_, "a"));
  run.status = RunStatus::kOk;
  run.steps = {NewStep("t", "new")};
  run.expectations.clear();
  EXPECT_TRUE(WriteRun(*database_, run));
  EXPECT_TRUE(ReadHasCommitted(*database_, "a"));

  RunRecord late = NewRun("a", RunStatus::kFailed);
  EXPECT_FALSE(WriteRun(*database_, late));
  EXPECT_EQ(ReadRuns(*database_, 10), std::vector<RunRecord>{run});
}

TEST_F(RunLogTest, OnlyRunningRunsAreInterrupted) {
  for (const RunStatus status : {RunStatus::kRunning, RunStatus::kOk, RunStatus::kNoNews,
                                 RunStatus::kFailed, RunStatus::kCancelled}) {
    WriteRun(*database_, NewRun(std::string(ToString(status)), status));
  }
  InterruptRuns(*database_);
  std::vector<std::string> statuses;
  for (const RunRecord& run : ReadRuns(*database_, 10)) statuses.emplace_back(ToString(run.status));
  EXPECT_EQ(statuses,
            (std::vector<std::string>{"cancelled", "failed", "no_news", "ok", "interrupted"}));
}

TEST_F(RunLogTest, TheLastStepIsTheLastCommittedOne) {
  RunRecord run = NewRun("z", RunStatus::kOk);
  run.started_ms = 9000;
  run.steps = {NewStep("t", "first"), NewStep("u", "other table")};
  WriteRun(*database_, run);
  run = NewRun("a", RunStatus::kNoNews);  // later, though its clock and its id say otherwise
  run.steps = {NewStep("t", "second")};
  WriteRun(*database_, run);
  run = NewRun("b", RunStatus::kFailed);
  run.steps = {NewStep("t", "not published")};
  WriteRun(*database_, run);
  run = NewRun("c", RunStatus::kOk);
  run.database = "other";
  run.steps = {NewStep("t", "other database")};
  WriteRun(*database_, run);
  EXPECT_EQ(ReadLastStep(*database_, "stedi", "t"), NewStep("t", "second"));
  EXPECT_EQ(ReadLastStep(*database_, "stedi", "nope"), std::nullopt);
}

TEST_F(RunLogTest, FilesOfAForgottenFeedAreForgotten) {
  RunRecord run = NewRun("r1", RunStatus::kOk);
  run.files = {NewFile("a.json", "r1"), NewFile("b.json", "r1")};
  WriteFiles(*database_, run);
  RunRecord next = NewRun("r2", RunStatus::kOk);
  next.forgotten_feeds = {run.files[0].feed};
  next.files = {NewFile("b.json", "r2")};
  WriteFiles(*database_, next);
  EXPECT_EQ(ReadFiles(*database_, "stedi"), next.files);
}

TEST_F(RunLogTest, BadFilesBelongToTheirRun) {
  RunRecord run = NewRun("r1", RunStatus::kFailed);
  run.bad_files = {{"f", "a.gz", "is no gzip file", false}, {"g", "b.gz", "is cut off", true}};
  WriteRun(*database_, run);
  WriteRun(*database_, run);
  EXPECT_EQ(ReadRuns(*database_, 10), std::vector<RunRecord>{run});
}

TEST_F(RunLogTest, AnEarlierFormatIsReadAndBroughtAlong) {
  RunRecord run = NewRun("r1", RunStatus::kOk);
  run.files = {NewFile("a.json", "r1"), NewFile("b.json", "r1"), NewFile("c.json.gz", "r1"),
               NewFile("d.JSON.GZ", "r1")};
  run.files[0].rejected = 0;
  run.files[1].rejected = 1;  // it may not have been plain text
  run.files[3].rejected = 1;
  WriteRun(*database_, run);
  WriteFiles(*database_, run);
  database_->Execute("ALTER TABLE stedi_files DROP COLUMN decoding; DROP TABLE stedi_bad_files");
  const auto decodings = [&] {
    std::string text;
    for (const FileRecord& file : ReadFiles(*database_, "stedi")) text += file.decoding + ";";
    return text;
  };
  EXPECT_EQ(decodings(), ";;;;");
  EXPECT_EQ(ReadRuns(*database_, 10).size(), 1U);
  EXPECT_TRUE(ReadRunLog(*database_)[4].rows.empty());
  CreateRunLog(*database_);
  EXPECT_EQ(decodings(), "plain;unchecked;gzip;unchecked;");
  CreateRunLog(*database_);
  EXPECT_EQ(decodings(), "plain;unchecked;gzip;unchecked;");
}

TEST_F(RunLogTest, FilesAreKeptInTheirCurrentState) {
  RunRecord run = NewRun("r1", RunStatus::kOk);
  run.files = {NewFile("b.json", ""), NewFile("a.json", "r0")};
  WriteFiles(*database_, run);
  RunRecord next = NewRun("r2", RunStatus::kOk);
  next.files = {NewFile("b.json", "r2")};
  next.files[0].status = LoadStatus::kReplaced;
  WriteFiles(*database_, next);
  RunRecord other = NewRun("r3", RunStatus::kOk);
  other.database = "other";
  other.files = {NewFile("b.json", "r3")};
  WriteFiles(*database_, other);
  EXPECT_EQ(ReadFiles(*database_, "stedi"),
            (std::vector<FileRecord>{NewFile("a.json", "r0"), next.files[0]}));
  EXPECT_EQ(ReadFiles(*database_, "other"), other.files);
  EXPECT_EQ(ReadFiles(*database_, "stedi", "none"), std::vector<FileRecord>());

  run.files = {NewFile("c.json", "")};  // seen first by the run that writes it
  WriteFiles(*database_, run);
  EXPECT_EQ(ReadFiles(*database_, "stedi").back().run_id, "r1");
}

TEST_F(RunLogTest, Settings) {
  EXPECT_EQ(ReadSetting(*database_, "lake"), std::nullopt);
  WriteSetting(*database_, "lake", "1");
  WriteSetting(*database_, "lake", "2");
  EXPECT_EQ(ReadSetting(*database_, "lake"), "2");
}

TEST_F(RunLogTest, OpsTablesAreTheRowsAsText) {
  RunRecord run = NewRun("a", RunStatus::kOk);
  run.steps = {NewStep("t", "f")};
  run.steps[0].snapshot_id.reset();
  run.expectations = {{"t", "e", "expect", "warn", 3}};
  run.files = {NewFile("a.json", "a")};
  WriteRun(*database_, run);
  WriteFiles(*database_, run);
  const std::vector<OpsTable> tables = ReadRunLog(*database_);
  ASSERT_EQ(tables.size(), 5U);
  using Row = std::vector<std::optional<std::string>>;
  EXPECT_EQ(tables[0].name, "runs");
  EXPECT_EQ(
      tables[0].rows,
      std::vector<Row>{(Row{"a", "stedi", "stedi", "ok", "1000", "2000",
                            R"({"stedi.landing":"it's \"here\"","stedi.max_age":"110"})", ""})});
  EXPECT_EQ(tables[1].name, "steps");
  EXPECT_EQ(tables[1].rows,
            std::vector<Row>{(Row{"a", "t", "replaced", R"({"customers_landing":956})", "47",
                                  std::nullopt, "0.125", "f"})});
  EXPECT_EQ(tables[2].name, "files");
  EXPECT_EQ(tables[2].rows, std::vector<Row>{(Row{"stedi", "customers_landing", "a.json", "loaded",
                                                  "100", "400", "1700000000123456789", "00ff", "7",
                                                  "1", "300", "50", "40", "10", "a", ""})});
  EXPECT_EQ(tables[3].name, "expectations");
  EXPECT_EQ(tables[3].rows, std::vector<Row>{(Row{"a", "t", "e", "expect", "warn", "3"})});
  for (const OpsTable& table : tables) {
    EXPECT_EQ(table.columns.size(), table.types.size());
    for (const Row& row : table.rows) EXPECT_EQ(table.columns.size(), row.size());
  }
}

TEST_F(RunLogTest, ADamagedRowIsSaidToBeOne) {
  WriteRun(*database_, NewRun("a", RunStatus::kOk));
  for (const char* text : {"", "[1]", "{\"a\": 1}", "{\"a\""}) {
    SqliteStatement(*database_, "UPDATE stedi_runs SET parameters = ?")
        .Bind(std::string_view(text))
        .Run();
    try {
      ReadRuns(*database_, 1);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalid);
      EXPECT_EQ(std::string(error.what()).find(database_->path()), 0U);
    }
  }
}

}  // namespace
}  // namespace stedi
