#include "inspect/query_guard.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "select/select_tree.h"

namespace stedi {
namespace {

class QueryGuardTest : public testing::Test {
 protected:
  // The message of CheckReads() for `select`, up to the last ": "; "" when it accepts `select`.
  std::string Refused(const std::string& select) {
    try {
      metadata_files_ = CheckReads(ParseSelect(connection_, select), tables_);
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalid) << select;
      const std::string line = error.what();
      return line.substr(0, line.rfind(": "));
    }
  }

  const ReadableTables tables_{{"people", "lake.people", "ops.runs"},
                               {"/lake", "s3://bucket/lake"}};
  std::set<std::string> metadata_files_;
  Database database_{DatabaseOptions{1, 0, {}, true}};
  Connection connection_{database_};
};

TEST_F(QueryGuardTest, TablesOfTheLakeAreRead) {
  for (const char* select :
       {"SELECT * FROM people", "SELECT * FROM People AS p JOIN ops.runs USING (id)",
        "SELECT (SELECT max(a) FROM lake.people) AS m", "SELECT 1 UNION ALL SELECT a FROM people",
        "WITH t AS (SELECT * FROM people) SELECT * FROM t, t AS u",
        "WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM t) SELECT * FROM t",
        "SELECT * FROM range(10)", "SELECT unnest([1, 2])", "DESCRIBE people",
        "FROM people ORDER BY a LIMIT 3",
        "SELECT a FROM people WHERE EXISTS (SELECT 1 FROM ops.runs)"}) {
    EXPECT_EQ(Refused(select), "") << select;
  }
}

TEST_F(QueryGuardTest, WhatIsElsewhereIsNot) {
  const struct {
    const char* select;
    const char* refused;
  } cases[] = {
      {"SELECT * FROM strangers", "there is no table strangers"},
      {"SELECT * FROM other.people", "there is no table other.people"},
      {"SELECT * FROM t, (WITH t AS (SELECT 1) SELECT * FROM t)", "there is no table t"},
      {"SELECT * FROM '/etc/passwd'", "there is no table /etc/passwd"},
      {"SELECT * FROM read_csv('/etc/passwd')", "read_csv"},
      {"SELECT * FROM people WHERE a IN (SELECT content FROM read_text('x'))", "read_text"},
      {"SELECT current_setting('temp_directory')", "current_setting"},
      {"SELECT * FROM people WHERE GetEnv('HOME') = a", "getenv"},
      {"SELECT * FROM duckdb_secrets()", "duckdb_secrets"},
  };
  for (const auto& [select, refused] : cases) EXPECT_EQ(Refused(select), refused) << select;
}

TEST_F(QueryGuardTest, MetadataFilesBelowTheLakeAreReadAndNamed) {
  EXPECT_EQ(Refused("SELECT * FROM iceberg_scan('/lake/db/t/metadata/1.metadata.json')"), "");
  EXPECT_EQ(metadata_files_, std::set<std::string>{"/lake/db/t/metadata/1.metadata.json"});
  EXPECT_EQ(Refused("SELECT * FROM iceberg_scan('s3://bucket/lake/1.metadata.json')"), "");
  for (const char* path :
       {"/lake/../x/1.metadata.json", "/lakes/1.metadata.json", "/other/1.metadata.json",
        "/lake/t/data/1.parquet", "/lake/*.metadata.json", "/lake/[1].metadata.json"}) {
    EXPECT_EQ(Refused(std::string("SELECT * FROM iceberg_scan('") + path + "')"), "iceberg_scan")
        << path;
  }
}

TEST_F(QueryGuardTest, AConfinedDatabaseOpensNoOtherFile) {
  const std::string folder = testing::TempDir();
  ConfineReads(connection_, {folder}, "");
  EXPECT_THROW(connection_.Query("SELECT * FROM read_text('/etc/hostname')"), SqlError);
  EXPECT_THROW(connection_.Execute("SET threads = 1"), SqlError);
  EXPECT_THROW(connection_.Execute("LOAD httpfs"), SqlError);
  EXPECT_NO_THROW(connection_.Execute("SELECT 1"));
}

}  // namespace
}  // namespace stedi
