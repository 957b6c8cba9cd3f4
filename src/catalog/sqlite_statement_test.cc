#include "catalog/sqlite_statement.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <functional>
#include <map>

#include "base/error.h"
#include "base/file.h"

namespace stedi {
namespace {

class SqliteTest : public testing::Test {
 protected:
  SqliteTest() {
    std::string pattern = testing::TempDir() + "stedi-sqlite-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    path_ = folder_ / "catalog.db";
    WriteNewFile(path_, "");
  }
  ~SqliteTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  std::filesystem::path path_;
};

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

TEST_F(SqliteTest, BindsAndReadsEachKindOfValue) {
  SqliteDatabase database(path_);
  database.Execute("CREATE TABLE t (a TEXT, b INTEGER, c REAL, d INTEGER)");
  const std::string text("it's \0 a \"text\"", 15);
  SqliteStatement(database, "INSERT INTO t VALUES (?, ?, ?, ?), (?, -1, 0, ?)")
      .Bind(text)
      .Bind(int64_t{-9'223'372'036'854'775'807})
      .Bind(0.1)
      .Bind(std::optional<int64_t>())
      .Bind(std::string_view())
      .Bind(std::optional<int64_t>(4))
      .Run();
  EXPECT_EQ(database.changes(), 2);
  SqliteStatement row(database, "SELECT * FROM t");
  ASSERT_TRUE(row.Step());
  EXPECT_EQ(row.Text(0), text);
  EXPECT_EQ(row.Integer(1), -9'223'372'036'854'775'807);
  EXPECT_EQ(row.Real(2), 0.1);
  EXPECT_TRUE(row.IsNull(3));
  EXPECT_EQ(row.Text(3), "");
  ASSERT_TRUE(row.Step());
  EXPECT_FALSE(row.IsNull(0));
  EXPECT_EQ(row.Text(0), "");
  EXPECT_EQ(row.Integer(3), 4);
  EXPECT_FALSE(row.Step());
}

TEST_F(SqliteTest, TransactionRollsBackUnlessCommitted) {
  SqliteDatabase database(path_);
  database.Execute("CREATE TABLE t (a)");
  {
    SqliteTransaction transaction(database);
    database.Execute("INSERT INTO t VALUES (1)");
    EXPECT_TRUE(database.in_transaction());
  }
  EXPECT_FALSE(database.in_transaction());
  EXPECT_FALSE(SqliteStatement(database, "SELECT 1 FROM t").Step());
  {
    SqliteTransaction transaction(database);
    database.Execute("INSERT INTO t VALUES (1)");
    EXPECT_TRUE(transaction.Commit());
  }
  EXPECT_TRUE(SqliteStatement(database, "SELECT 1 FROM t").Step());
}

TEST_F(SqliteTest, AFileThatIsNoDatabaseIsNamed) {
  const std::filesystem::path text = folder_ / "notes.txt";
  WriteNewFile(text, std::string(2000, 'x'));
  const Failure failure = FailureOf([&] { SqliteDatabase database(text); });
  EXPECT_EQ(failure.code, ErrorCode::kInvalid);
  EXPECT_EQ(failure.message.find(text.string() + ": not a catalog"), 0U) << failure.message;
}

TEST_F(SqliteTest, ADamagedDatabaseIsNamed) {
  {
    SqliteDatabase database(path_);
    database.Execute("CREATE TABLE t (a)");
  }
  std::string bytes = ReadWholeFile(path_);
  std::fill(bytes.begin() + 100, bytes.begin() + 140, '\xff');  // the first page's own header
  std::filesystem::remove(path_);
  WriteNewFile(path_, bytes);
  const Failure failure = FailureOf([&] { SqliteDatabase database(path_); });
  EXPECT_EQ(failure.code, ErrorCode::kInvalid);
  EXPECT_EQ(failure.message.find(path_.string() + ": the catalog is damaged"), 0U)
      << failure.message;
}

TEST_F(SqliteTest, AMissingFileIsNotMade) {
  const Failure failure = FailureOf([&] { SqliteDatabase database(folder_ / "other.db"); });
  EXPECT_EQ(failure.code, ErrorCode::kUnavailable);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "other.db"));
}

TEST_F(SqliteTest, AFullDiskIsUnavailable) {
  SqliteDatabase database(path_);
  database.Execute("PRAGMA max_page_count = 3; CREATE TABLE t (a)");
  const Failure failure = FailureOf([&] {
    SqliteTransaction transaction(database);
    SqliteStatement(database, "INSERT INTO t VALUES (?)").Bind(std::string(20'000, 'x')).Run();
  });
  EXPECT_EQ(failure.code, ErrorCode::kUnavailable);
  EXPECT_NE(failure.message.find("the disk is full"), std::string::npos) << failure.message;
  EXPECT_FALSE(database.in_transaction());
}

// Runs `body` in a child process that is subject to file permissions (root would bypass them), and
// returns its result.
int RunUnprivileged(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    const bool is_bound = geteuid() != 0 || setresuid(65534, 65534, 65534) == 0;
    int status = 99;
    try {
      status = is_bound ? body() : 98;
    } catch (const Error& error) {
      fprintf(stderr, "%s\n", error.what());
    }
    _exit(status);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(SqliteTest, AReadOnlyFolderCanBeRead) {
  {
    SqliteDatabase database(path_);
    database.Execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (7)");
  }
  chmod(path_.c_str(), 0444);
  chmod(folder_.c_str(), 0555);
  EXPECT_EQ(RunUnprivileged([&] {
              SqliteDatabase database(path_);
              SqliteStatement row(database, "SELECT a FROM t");
              return row.Step() ? static_cast<int>(row.Integer(0)) : 97;
            }),
            7);
  EXPECT_EQ(RunUnprivileged([&] {
              SqliteDatabase database(path_);
              const Failure failure = FailureOf([&] { database.Execute("DELETE FROM t"); });
              return failure.code == ErrorCode::kUnavailable ? 0 : 1;
            }),
            0);
  chmod(folder_.c_str(), 0700);
}

TEST_F(SqliteTest, AReadOnlyFolderWithAnUnmergedLogIsNotReadStale) {
  // A process that is killed leaves its last commits in the -wal file.
  const pid_t child = fork();
  if (child == 0) {
    SqliteDatabase database(path_);
    database.Execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (7)");
    raise(SIGKILL);
  }
  waitpid(child, nullptr, 0);
  ASSERT_TRUE(StatFile(path_.string() + "-wal").has_value());
  std::filesystem::remove(path_.string() + "-shm");
  chmod(path_.c_str(), 0444);
  chmod((path_.string() + "-wal").c_str(), 0444);
  chmod(folder_.c_str(), 0555);
  EXPECT_EQ(RunUnprivileged([&] {
              const Failure failure = FailureOf([&] { SqliteDatabase database(path_); });
              return failure.code == ErrorCode::kUnavailable ? 0 : 1;
            }),
            0);
  chmod(folder_.c_str(), 0700);
}

// The files in the folder: name -> content.
std::map<std::string, std::string> ReadFolder(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files[entry.path().filename()] = ReadWholeFile(entry.path());
  }
  return files;
}

TEST_F(SqliteTest, ReadingAStateLeavesNothingBehind) {
  {
    SqliteDatabase database(path_);
    database.Execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (7)");
  }
  const auto before = ReadFolder(folder_);
  {
    const SqliteDatabase database = SqliteDatabase::ReadCopy(path_);
    SqliteStatement row(database, "SELECT a FROM t");
    ASSERT_TRUE(row.Step());
    EXPECT_EQ(row.Integer(0), 7);
  }
  EXPECT_EQ(ReadFolder(folder_), before);
}

TEST_F(SqliteTest, ReadingAStateReadsTheLogOfAKilledWriterAndLeavesIt) {
  const pid_t child = fork();
  if (child == 0) {
    SqliteDatabase database(path_);
    database.Execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (7)");
    raise(SIGKILL);
  }
  waitpid(child, nullptr, 0);
  const std::string log = ReadWholeFile(path_.string() + "-wal");
  const std::string file = ReadWholeFile(path_);
  {
    const SqliteDatabase database = SqliteDatabase::ReadCopy(path_);
    SqliteStatement row(database, "SELECT a FROM t");
    ASSERT_TRUE(row.Step());
    EXPECT_EQ(row.Integer(0), 7);
  }
  EXPECT_EQ(ReadWholeFile(path_.string() + "-wal"), log);
  EXPECT_EQ(ReadWholeFile(path_), file);
}

// Only a writer can roll back a transaction that a killed process has left half written in the
// file.
TEST_F(SqliteTest, ReadingAStateRollsBackWhatAKilledWriterBegan) {
  const pid_t child = fork();
  if (child == 0) {
    SqliteDatabase database(path_);
    database.Execute("CREATE TABLE t (a); INSERT INTO t VALUES (7)");
    database.Execute("PRAGMA cache_size = 1; BEGIN; CREATE TABLE u (a)");
    for (int i = 0; i < 100; ++i) database.Execute("INSERT INTO u VALUES (zeroblob(4000))");
    raise(SIGKILL);
  }
  waitpid(child, nullptr, 0);
  ASSERT_TRUE(StatFile(path_.string() + "-journal").has_value());
  const SqliteDatabase database = SqliteDatabase::ReadCopy(path_);
  SqliteStatement row(database, "SELECT group_concat(name) FROM sqlite_master");
  ASSERT_TRUE(row.Step());
  EXPECT_EQ(row.Text(0), "t");
}

}  // namespace
}  // namespace stedi
