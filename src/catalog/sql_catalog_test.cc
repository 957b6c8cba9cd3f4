#include "catalog/sql_catalog.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "base/error.h"
#include "base/file.h"
#include "catalog/sqlite_statement.h"

namespace stedi {
namespace {

using Mode = SqlCatalog::Mode;

class SqlCatalogTest : public testing::Test {
 protected:
  SqlCatalogTest() {
    std::string pattern = testing::TempDir() + "stedi-catalog-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    path_ = folder_ / "lake" / "catalog.db";
  }
  ~SqlCatalogTest() override { std::filesystem::remove_all(folder_); }

  // Makes a file as another program would, by running `sql`.
  void MakeForeign(const std::string& sql) const {
    MakeFolders(path_.parent_path());
    WriteNewFile(path_, "");
    SqliteDatabase(path_).Execute(sql);
  }

  // The first column of the first row.
  std::string Query(std::string_view sql) const {
    const SqliteDatabase database(path_);
    SqliteStatement row(database, sql);
    return row.Step() ? row.Text(0) : "(no row)";
  }

  std::filesystem::path folder_;
  std::filesystem::path path_;
};

RunRecord NewRun(const std::string& run_id, RunStatus status = RunStatus::kOk) {
  RunRecord run;
  run.run_id = run_id;
  run.database = "stedi";
  run.status = status;
  return run;
}

CommitOutcome Commit(SqlCatalog& catalog, const std::string& run_id,
                     const std::vector<TableCommit>& commits) {
  return catalog.Commit(commits, NewRun(run_id));
}

// The code and message of the Error that `call` throws; kInternal and "" when it throws none.
struct Failure {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
};
Failure FailureOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {};
}

constexpr const char* kJavaFirstLayout = R"sql(
  CREATE TABLE iceberg_tables (catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT
    NULL, table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000),
    previous_metadata_location VARCHAR(1000),
    PRIMARY KEY (catalog_name, table_namespace, table_name));
  INSERT INTO iceberg_tables VALUES ('lake', 'stedi', 't', 'file:/t/0.json', NULL))sql";
constexpr const char* kLayoutWithViews = R"sql(
  CREATE TABLE iceberg_tables (catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT
    NULL, table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000),
    previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5),
    PRIMARY KEY (catalog_name, table_namespace, table_name));
  CREATE TABLE iceberg_namespace_properties (catalog_name VARCHAR(255) NOT NULL, namespace
    VARCHAR(255) NOT NULL, property_key VARCHAR(255) NOT NULL, property_value VARCHAR(1000) NOT NULL,
    PRIMARY KEY (catalog_name, namespace, property_key));
  INSERT INTO iceberg_tables VALUES ('lake', 'stedi', 't', '/t/0.json', NULL, 'TABLE'),
    ('lake', 'stedi', 'old', '/old/0.json', NULL, NULL), ('lake', 'stedi', 'v', '/v', NULL, 'VIEW'),
    ('theirs', 'stedi', 'x', '/x/0.json', NULL, 'TABLE');
  INSERT INTO iceberg_namespace_properties VALUES ('lake', 'empty', 'exists', 'true'))sql";

TEST_F(SqlCatalogTest, ANewCatalogIsPrivateDurableAndEmpty) {
  SqlCatalog catalog(path_, "lake", Mode::kCreate);
  EXPECT_EQ(catalog.ListDatabases(), std::vector<std::string>());
  EXPECT_EQ(catalog.FindTable({"stedi", "t"}), std::nullopt);
  EXPECT_EQ(catalog.ListRuns(1), std::vector<RunRecord>());
  EXPECT_EQ(Query("PRAGMA user_version"), "2");
  EXPECT_EQ(Query("PRAGMA journal_mode"), "wal");
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status = {};
    ASSERT_EQ(stat((path_.string() + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777, 0600U) << suffix;
  }
}

TEST_F(SqlCatalogTest, CommitMovesAllPointersAndRecordsTheRun) {
  SqlCatalog catalog(path_, "lake", Mode::kCreate);
  RunRecord run = NewRun("r1");
  run.steps = {{"a", TableAction::kAppended, {}, 5, 11, 0.5, "f"}};
  EXPECT_EQ(catalog.Commit(std::vector<TableCommit>{{{"stedi", "b"}, "", "/b/0.json"},
                                                    {{"stedi", "a"}, "", "/a/0.json"}},
                           run),
            CommitOutcome::kCommitted);
  EXPECT_EQ(Commit(catalog, "r2", {{{"stedi", "a"}, "/a/0.json", "/a/1.json"}}),
            CommitOutcome::kCommitted);
  EXPECT_EQ(Commit(catalog, "r3", {}), CommitOutcome::kCommitted);  // recorded even without news

  const auto state = SqlCatalog::ReadCopy(path_);
  const SqlCatalog& reader = *state;
  EXPECT_EQ(reader.FindTable({"stedi", "a"}), "/a/1.json");
  EXPECT_EQ(reader.ListTables("stedi"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(reader.ListDatabases(), std::vector<std::string>{"stedi"});
  EXPECT_EQ(reader.LastStep("stedi", "a"), run.steps[0]);
  EXPECT_TRUE(reader.HasCommitted("r3"));
  EXPECT_FALSE(reader.HasCommitted("r4"));
  EXPECT_EQ(Query("SELECT previous_metadata_location FROM iceberg_tables WHERE table_name = 'a'"),
            "/a/0.json");
  EXPECT_EQ(Query("SELECT group_concat(namespace || property_key || property_value) FROM "
                  "iceberg_namespace_properties"),
            "stediexiststrue");
}

TEST_F(SqlCatalogTest, OneStalePointerRejectsTheWholeCommit) {
  SqlCatalog catalog(path_, "lake", Mode::kCreate);
  Commit(catalog, "r1", {{{"stedi", "a"}, "", "/a/0.json"}, {{"stedi", "b"}, "", "/b/0.json"}});
  SqlCatalog other(path_, "lake", Mode::kMustExist);
  Commit(other, "r2", {{{"stedi", "b"}, "/b/0.json", "/b/1.json"}});

  struct Case {
    const char* name;
    TableCommit stale;
  };
  const Case cases[] = {
      {"moved by somebody else", {{"stedi", "b"}, "/b/0.json", "/b/2.json"}},
      {"made by somebody else", {{"stedi", "b"}, "", "/b/2.json"}},
      {"dropped by somebody else", {{"stedi", "c"}, "/c/0.json", "/c/1.json"}},
  };
  for (const Case& row : cases) {
    EXPECT_EQ(Commit(catalog, "r3",
                     {{{"stedi", "a"}, "/a/0.json", "/a/1.json"},
                      {{"new", "d"}, "", "/d/0.json"},
                      row.stale}),
              CommitOutcome::kConflict)
        << row.name;
    EXPECT_EQ(catalog.FindTable({"stedi", "a"}), "/a/0.json") << row.name;
    EXPECT_EQ(catalog.FindTable({"stedi", "b"}), "/b/1.json") << row.name;
    EXPECT_EQ(catalog.ListDatabases(), std::vector<std::string>{"stedi"}) << row.name;
    EXPECT_FALSE(catalog.HasCommitted("r3")) << row.name;
  }
}

TEST_F(SqlCatalogTest, AFailureBeforeTheCommitChangesNothing) {
  SqlCatalog catalog(path_, "lake", Mode::kCreate);
  SqliteDatabase(path_).Execute(
      "CREATE TRIGGER refuse BEFORE INSERT ON stedi_files BEGIN SELECT RAISE(FAIL, 'no'); END");
  RunRecord run = NewRun("r1");
  run.files = {FileRecord{}};
  EXPECT_NE(FailureOf([&] {
              catalog.Commit(std::vector<TableCommit>{{{"stedi", "a"}, "", "/a/0.json"}}, run);
            }).message,
            "");
  EXPECT_EQ(catalog.FindTable({"stedi", "a"}), std::nullopt);
  EXPECT_EQ(catalog.ListRuns(10), std::vector<RunRecord>());
  EXPECT_EQ(Commit(catalog, "r2", {{{"stedi", "a"}, "", "/a/0.json"}}), CommitOutcome::kCommitted);
}

TEST_F(SqlCatalogTest, AnIoErrorInTheCommitItselfIsUnknown) {
  SqlCatalog catalog(path_, "lake", Mode::kCreate);
  Commit(catalog, "r1", {{{"stedi", "a"}, "", "/a/0.json"}});
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);  // the write fails with EFBIG instead
  const rlimit none = {StatFile(path_.string() + "-wal")->size_bytes, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &none);
  const CommitOutcome outcome = Commit(catalog, "r2", {{{"stedi", "a"}, "/a/0.json", "/a/1.json"}});
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(outcome, CommitOutcome::kUnknown);
  const auto state = SqlCatalog::ReadCopy(path_);
  const SqlCatalog& reader = *state;
  EXPECT_FALSE(reader.HasCommitted("r2"));
  EXPECT_EQ(reader.FindTable({"stedi", "a"}), "/a/0.json");
}

TEST_F(SqlCatalogTest, ARunCommitsOnce) {
  SqlCatalog catalog(path_, "lake", Mode::kCreate);
  Commit(catalog, "r1", {});
  EXPECT_NE(FailureOf([&] { Commit(catalog, "r1", {{{"stedi", "a"}, "", "/a"}}); }).message, "");
  EXPECT_EQ(catalog.FindTable({"stedi", "a"}), std::nullopt);
}

TEST_F(SqlCatalogTest, RecordsRunsOutsideACommit) {
  SqlCatalog catalog(path_, "lake", Mode::kCreate);
  catalog.RecordRun(NewRun("r1", RunStatus::kRunning));
  catalog.RecordRun(NewRun("r2", RunStatus::kRunning));
  catalog.RecordRun(NewRun("r2", RunStatus::kFailed));
  catalog.MarkInterruptedRuns();
  catalog.SetSetting("key", "value");
  const auto state = SqlCatalog::ReadCopy(path_);
  const SqlCatalog& reader = *state;
  const std::vector<RunRecord> runs = reader.ListRuns(10);
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].status, RunStatus::kFailed);
  EXPECT_EQ(runs[1].status, RunStatus::kInterrupted);
  EXPECT_EQ(reader.GetSetting("key"), "value");
  EXPECT_EQ(reader.ReadOpsTables()[0].rows.size(), 2U);
}

TEST_F(SqlCatalogTest, CatalogNamesAreIsolated) {
  SqlCatalog ours(path_, "lake", Mode::kCreate);
  Commit(ours, "r1", {{{"stedi", "a"}, "", "/a/0.json"}});
  SqlCatalog theirs(path_, "other", Mode::kMustExist);
  EXPECT_EQ(theirs.FindTable({"stedi", "a"}), std::nullopt);
  EXPECT_EQ(theirs.ListDatabases(), std::vector<std::string>());
  EXPECT_EQ(theirs.ListCatalogNames(), std::vector<std::string>{"lake"});
}

TEST_F(SqlCatalogTest, ReadsForeignCatalogsWithoutWritingToThem) {
  MakeForeign(kJavaFirstLayout);
  const std::string before = ReadWholeFile(path_);
  {
    const auto state = SqlCatalog::ReadCopy(path_);
    const SqlCatalog& catalog = *state;
    EXPECT_EQ(catalog.FindTable({"stedi", "t"}), "file:/t/0.json");
    EXPECT_EQ(catalog.ListTables("stedi"), std::vector<std::string>{"t"});
    EXPECT_EQ(catalog.ListDatabases(), std::vector<std::string>{"stedi"});
    EXPECT_EQ(catalog.ListCatalogNames(), std::vector<std::string>{"lake"});
    EXPECT_EQ(catalog.ListRuns(9), std::vector<RunRecord>());
    EXPECT_EQ(catalog.ListFiles("stedi"), std::vector<FileRecord>());
    EXPECT_EQ(catalog.LastStep("stedi", "t"), std::nullopt);
    EXPECT_EQ(catalog.GetSetting("key"), std::nullopt);
    EXPECT_FALSE(catalog.HasCommitted("r1"));
    EXPECT_EQ(catalog.ReadOpsTables().size(), 5U);
  }
  EXPECT_EQ(ReadWholeFile(path_), before);
}

TEST_F(SqlCatalogTest, AdoptsForeignCatalogsAtTheFirstWrite) {
  MakeForeign(kJavaFirstLayout);
  SqlCatalog catalog(path_, "lake", Mode::kMustExist);
  EXPECT_EQ(
      Commit(catalog, "r1",
             {{{"stedi", "t"}, "file:/t/0.json", "/t/1.json"}, {{"stedi", "u"}, "", "/u/0.json"}}),
      CommitOutcome::kCommitted);
  EXPECT_EQ(catalog.ListTables("stedi"), (std::vector<std::string>{"t", "u"}));
  EXPECT_TRUE(catalog.HasCommitted("r1"));
  EXPECT_EQ(Query("PRAGMA user_version"), "2");
  EXPECT_EQ(Query("SELECT iceberg_type FROM iceberg_tables WHERE table_name = 'u'"), "TABLE");
}

TEST_F(SqlCatalogTest, ViewsOfOtherProgramsAreNoTables) {
  MakeForeign(kLayoutWithViews);
  SqlCatalog catalog(path_, "lake", Mode::kCreate);
  EXPECT_EQ(catalog.ListTables("stedi"), (std::vector<std::string>{"old", "t"}));
  EXPECT_EQ(catalog.FindTable({"stedi", "v"}), std::nullopt);
  EXPECT_EQ(catalog.ListDatabases(), (std::vector<std::string>{"empty", "stedi"}));
  EXPECT_EQ(catalog.ListCatalogNames(), (std::vector<std::string>{"lake", "theirs"}));
  EXPECT_EQ(Commit(catalog, "r1", {{{"stedi", "v"}, "", "/v2"}}), CommitOutcome::kConflict);
  EXPECT_EQ(Commit(catalog, "r1", {{{"stedi", "v"}, "/v", "/v2"}}), CommitOutcome::kConflict);
  EXPECT_EQ(Commit(catalog, "r1", {{{"stedi", "old"}, "/old/0.json", "/old/1.json"}}),
            CommitOutcome::kCommitted);
}

TEST_F(SqlCatalogTest, NamesAreNotSql) {
  SqlCatalog catalog(path_, "la'ke", Mode::kCreate);
  const TableIdentifier table{"st'edi", "a\"; DROP TABLE iceberg_tables; --"};
  EXPECT_EQ(Commit(catalog, "r'1", {{table, "", "/a'b"}}), CommitOutcome::kCommitted);
  EXPECT_EQ(catalog.FindTable(table), "/a'b");
}

struct RefusalCase {
  const char* name;
  const char* sql;  // makes the file; nullptr: there is no file
  Mode mode;
  ErrorCode code;
  const char* message;  // part of it
};

class RefusedCatalogTest : public SqlCatalogTest,
                           public testing::WithParamInterface<RefusalCase> {};

TEST_P(RefusedCatalogTest, SaysWhatToDo) {
  if (GetParam().sql != nullptr) MakeForeign(GetParam().sql);
  const Failure failure = FailureOf([&] { SqlCatalog catalog(path_, "lake", GetParam().mode); });
  EXPECT_EQ(failure.code, GetParam().code);
  EXPECT_EQ(failure.message.find(path_.string()), 0U) << failure.message;
  EXPECT_NE(failure.message.find(GetParam().message), std::string::npos) << failure.message;
  EXPECT_EQ(std::filesystem::exists(path_), GetParam().sql != nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    Catalog, RefusedCatalogTest,
    testing::Values(
        RefusalCase{"Missing", nullptr, Mode::kMustExist, ErrorCode::kNotFound, "no such catalog"},
        RefusalCase{"Empty", "", Mode::kMustExist, ErrorCode::kNotFound, "the catalog is empty"},
        RefusalCase{"Newer", "PRAGMA user_version = 3", Mode::kCreate, ErrorCode::kInvalid,
                    "of format 3, this stedi knows 2: use a newer stedi"},
        RefusalCase{"OtherDatabase", "CREATE TABLE t (a)", Mode::kCreate, ErrorCode::kInvalid,
                    "not an Iceberg catalog"},
        RefusalCase{"OtherTable", "CREATE TABLE iceberg_tables (a)", Mode::kCreate,
                    ErrorCode::kInvalid, "not an Iceberg catalog"},
        RefusalCase{"OtherTableRead", "CREATE TABLE iceberg_tables (a)", Mode::kMustExist,
                    ErrorCode::kInvalid, "not an Iceberg catalog"},
        RefusalCase{"OtherDatabaseRead", "CREATE TABLE t (a)", Mode::kMustExist,
                    ErrorCode::kInvalid, "not an Iceberg catalog"}),
    [](const auto& test) { return test.param.name; });

TEST_F(SqlCatalogTest, AFolderIsNoCatalog) {
  MakeFolders(path_);
  const Failure failure = FailureOf([&] { SqlCatalog catalog(path_, "lake", Mode::kCreate); });
  EXPECT_EQ(failure.code, ErrorCode::kInvalid);
  EXPECT_EQ(failure.message.find(path_.string() + ": not a file"), 0U) << failure.message;
}

// The file of a process that was killed after creating it and before writing to it.
TEST_F(SqlCatalogTest, AnEmptyFileBecomesACatalog) {
  MakeForeign("");
  SqlCatalog catalog(path_, "lake", Mode::kCreate);
  EXPECT_EQ(Commit(catalog, "r1", {{{"stedi", "a"}, "", "/a"}}), CommitOutcome::kCommitted);
}

TEST_F(SqlCatalogTest, WhatIsReadIsOneState) {
  SqlCatalog catalog(path_, "lake", Mode::kCreate);
  Commit(catalog, "r1", {{{"stedi", "a"}, "", "/a/0.json"}, {{"stedi", "b"}, "", "/b/0.json"}});
  const auto read = SqlCatalog::ReadCopy(path_);
  const auto copy = catalog.Copy();
  Commit(catalog, "r2",
         {{{"stedi", "a"}, "/a/0.json", "/a/1.json"}, {{"stedi", "b"}, "/b/0.json", "/b/1.json"}});
  for (const SqlCatalog* state : {read.get(), copy.get()}) {
    EXPECT_EQ(state->FindTable({"stedi", "a"}), "/a/0.json");
    EXPECT_EQ(state->ListPointers()[1].location, "/b/0.json");
    EXPECT_EQ(state->ListRuns(9).size(), 1U);
    EXPECT_EQ(state->name(), "lake");
  }
  EXPECT_EQ(SqlCatalog::ReadCopy(path_)->FindTable({"stedi", "b"}), "/b/1.json");
}

// The files that a first run can leave when it dies while it makes the catalog.
TEST_F(SqlCatalogTest, ACatalogThatIsNotMadeYetIsNone) {
  EXPECT_EQ(SqlCatalog::ReadCopy(path_), nullptr);
  EXPECT_EQ(SqlCatalog::OpenIfMade(path_, "lake"), nullptr);
  EXPECT_FALSE(std::filesystem::exists(path_));
  for (const char* sql : {"", "PRAGMA journal_mode = WAL", "CREATE TABLE t (a); DROP TABLE t"}) {
    MakeForeign(sql);
    EXPECT_EQ(SqlCatalog::ReadCopy(path_), nullptr) << sql;
    EXPECT_EQ(SqlCatalog::OpenIfMade(path_, "lake"), nullptr) << sql;
    std::filesystem::remove(path_);
  }
}

TEST_F(SqlCatalogTest, ABusyCatalogIsWaitedForUnlessThatIsNotWanted) {
  MakeForeign(kLayoutWithViews);
  SqliteDatabase other(path_);
  other.Execute("BEGIN EXCLUSIVE");
  const Failure at_once =
      FailureOf([&] { SqlCatalog catalog(path_, "lake", Mode::kMustExist, /*wait=*/false); });
  EXPECT_EQ(at_once.code, ErrorCode::kLocked);
  EXPECT_NE(at_once.message.find("without --no-wait"), std::string::npos) << at_once.message;
}

TEST_F(SqlCatalogTest, TheTablesOfTheLastRunNeedNothingElseOfIt) {
  SqlCatalog catalog(path_, "lake", Mode::kCreate);
  RunRecord run = NewRun("r1");
  run.steps = {{"a", TableAction::kAppended, {}, 5, 11, 0.5, "f"}};
  catalog.Commit({}, run);
  SqliteDatabase(path_).Execute("UPDATE stedi_runs SET parameters = '{'");
  EXPECT_EQ(catalog.TablesOfLastRun("stedi"), std::set<std::string>{"a"});
  EXPECT_EQ(catalog.TablesOfLastRun("other"), std::set<std::string>());
}

}  // namespace
}  // namespace stedi
