#include "lake/failed_run_files.h"

#include <gtest/gtest.h>

#include <set>

#include "base/file.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOk = "01a00000-0000-7000-8000-000000000001";
constexpr const char* kKilled = "01a00000-0000-7000-8000-000000000002";
constexpr const char* kFailed = "01a00000-0000-7000-8000-000000000003";
constexpr const char* kNamed = "01a00000-0000-7000-8000-000000000004";
constexpr const char* kUnknown = "01a00000-0000-7000-8000-000000000005";

class FailedRunFilesTest : public testing::Test {
 protected:
  FailedRunFilesTest() {
    fs::remove_all(lake_);
    MakeFolders(data_);
    MakeFolders(metadata_);
  }
  ~FailedRunFilesTest() override { fs::remove_all(lake_); }

  SqlCatalog& Open() {
    return catalog_.emplace(lake_ / "catalog.db", "lake", SqlCatalog::Mode::kCreate);
  }

  void Record(const std::string& id, RunStatus status) {
    RunRecord run;
    run.run_id = id;
    run.database = "d";
    run.status = status;
    catalog_->RecordRun(run);
  }

  fs::path Write(const fs::path& folder, const std::string& name, const std::string& text = "x") {
    WriteNewFile(folder / name, text);
    return folder / name;
  }

  fs::path lake_ = testing::TempDir() + "stedi_failed_run_files";
  fs::path data_ = lake_ / "d/t/data";
  fs::path metadata_ = lake_ / "d/t/metadata";
  std::optional<SqlCatalog> catalog_;
};

TEST_F(FailedRunFilesTest, RemovesThoseOfRunsThatWereNotPublishedAlone) {
  SqlCatalog& catalog = Open();
  Record(kOk, RunStatus::kOk);
  Record(kKilled, RunStatus::kInterrupted);
  Record(kFailed, RunStatus::kFailed);
  Record(kNamed, RunStatus::kFailed);
  // The snapshot of a withdrawal names the failed run, but its files have another id.
  const std::string location =
      Write(metadata_, std::string("00001-") + kOk + ".metadata.json",
            std::string(R"({"snapshots":[{"summary":{"stedi.run-id":")") + kFailed +
                R"("},"manifest-list":"/d/t/metadata/snap-1-1-)" + kNamed + R"(.avro"}]})");
  RunRecord published;
  published.run_id = "01a00000-0000-7000-8000-000000000006";
  published.status = RunStatus::kOk;
  const std::vector<TableCommit> commits = {{{"d", "t"}, "", location}};
  ASSERT_EQ(catalog.Commit(commits, published), CommitOutcome::kCommitted);

  const std::set<fs::path> gone = {
      Write(data_, std::string(kKilled) + "-00001.parquet"),
      Write(metadata_, std::string(kKilled) + "-m0.avro"),
      Write(metadata_, std::string("snap-1-1-") + kFailed + ".avro"),
      Write(metadata_, std::string("00002-") + kFailed + ".metadata.json")};
  std::set<fs::path> kept = {
      location,
      Write(data_, std::string(kOk) + "-00001.parquet"),
      Write(data_, std::string(kNamed) + "-00001.parquet"),    // a table names it after all
      Write(data_, std::string(kUnknown) + "-00001.parquet"),  // the catalog has no such run
      Write(data_, "00000-1-spark.parquet"),
      Write(lake_, std::string(kKilled) + ".txt"),
      Write(lake_ / "d", std::string(kKilled) + ".txt")};
  const fs::path outside = testing::TempDir() + "stedi_failed_run_outside";
  fs::remove_all(outside);
  MakeFolders(outside / "data");
  kept.insert(Write(outside / "data", std::string(kKilled) + "-00001.parquet"));
  fs::create_directory_symlink(outside, lake_ / "d/linked");
  fs::create_directory_symlink(outside / "data", data_ / "linked");

  const RemovedFiles removed = RemoveFilesOfFailedRuns(lake_, catalog);
  EXPECT_EQ(removed.problem, "");
  EXPECT_EQ(removed.files, gone.size());
  EXPECT_EQ(removed.bytes, gone.size());
  for (const fs::path& path : gone) EXPECT_FALSE(fs::exists(path)) << path;
  for (const fs::path& path : kept) EXPECT_TRUE(fs::exists(path)) << path;

  // Files of the same runs are not looked for again; those of a later run are.
  const fs::path late = Write(data_, std::string(kKilled) + "-00009.parquet");
  EXPECT_EQ(RemoveFilesOfFailedRuns(lake_, catalog).files, 0U);
  EXPECT_TRUE(fs::exists(late));
  Record("01a00000-0000-7000-8000-000000000007", RunStatus::kCancelled);
  Write(data_, "01a00000-0000-7000-8000-000000000007-00001.parquet");
  EXPECT_EQ(NoteOf(RemoveFilesOfFailedRuns(lake_, catalog)),
            "removed 1 file (1 B) that failed runs left in the lake");
  fs::remove_all(outside);
}

TEST_F(FailedRunFilesTest, RemovesThoseOfAWithdrawalThatWasNotPublished) {
  SqlCatalog& catalog = Open();
  Record(kFailed, RunStatus::kFailed);
  NoteWithdrawalStaged(catalog, kNamed);
  const fs::path published = Write(data_, std::string(kNamed) + "-00001.parquet");
  NoteWithdrawalPublished(catalog);
  NoteWithdrawalStaged(catalog, kUnknown);
  const fs::path staged = Write(data_, std::string(kUnknown) + "-00001.parquet");
  EXPECT_EQ(RemoveFilesOfFailedRuns(lake_, catalog).files, 1U);
  EXPECT_TRUE(fs::exists(published));
  EXPECT_FALSE(fs::exists(staged));
}

TEST_F(FailedRunFilesTest, RemovesNothingWhereATableCannotBeRead) {
  SqlCatalog& catalog = Open();
  Record(kKilled, RunStatus::kInterrupted);
  RunRecord published;
  published.run_id = kOk;
  published.status = RunStatus::kOk;
  const std::vector<TableCommit> commits = {{{"d", "t"}, "", (metadata_ / "gone.json").string()}};
  ASSERT_EQ(catalog.Commit(commits, published), CommitOutcome::kCommitted);
  const fs::path file = Write(data_, std::string(kKilled) + "-00001.parquet");
  const RemovedFiles removed = RemoveFilesOfFailedRuns(lake_, catalog);
  EXPECT_NE(removed.problem, "");
  EXPECT_EQ(removed.files, 0U);
  EXPECT_TRUE(fs::exists(file));
}

}  // namespace
}  // namespace stedi
