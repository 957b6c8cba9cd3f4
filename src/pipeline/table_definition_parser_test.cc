#include "pipeline/table_definition_parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace stedi {
namespace {

constexpr auto kLanding = DefinitionFolder::kLanding;
constexpr auto kTransformations = DefinitionFolder::kTransformations;

SqlText Text(const std::string& sql) { return {sql, sql, "t.sql", {{0, 0, false}}}; }

std::string Mistakes(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const Diagnostic& d : diagnostics) {
    out += fmt::format("{}{}:{} {}", out.empty() ? "" : "\n", d.position.line, d.position.column,
                       d.message);
  }
  return out;
}

TEST(ParseTableDefinitions, ReadsAFeed) {
  std::vector<Diagnostic> diagnostics;
  const auto tables =
      ParseTableDefinitions(Text("-- readings\n"
                                 "CREATE STREAMING TABLE readings (\n"
                                 "  user STRING NOT NULL COMMENT 'who',\n"
                                 "  timestamp BIGINT COMMENT 'when' NOT NULL, x double\n"
                                 ") USING iceberg COMMENT 'all'\n"
                                 "TBLPROPERTIES ('feed.path' = 'a/b', 'pii' = 'user');"),
                            kLanding, diagnostics);
  EXPECT_EQ(Mistakes(diagnostics), "");
  ASSERT_EQ(tables.size(), 1U);
  const ParsedTable& table = tables.front();
  EXPECT_TRUE(table.complete);
  EXPECT_EQ(table.name, "readings");
  EXPECT_EQ(table.comment, "all");
  ASSERT_EQ(table.columns.size(), 3U);
  EXPECT_EQ(table.columns[0].name, "user");
  EXPECT_TRUE(table.columns[0].not_null);
  EXPECT_EQ(table.columns[0].comment, "who");
  EXPECT_TRUE(table.columns[1].not_null);
  EXPECT_EQ(ToString(table.columns[2].type), "DOUBLE");
  EXPECT_EQ(table.columns[2].position.line, 4U);
  EXPECT_EQ(table.columns[2].position.column, 45U);
  ASSERT_EQ(table.properties.size(), 2U);
  EXPECT_EQ(table.properties[0].key, "feed.path");
  EXPECT_EQ(table.properties[1].value, "user");
}

TEST(ParseTableDefinitions, ReadsViewsWithClausesInAnyOrder) {
  const std::string sql =
      "create materialized view a (x DECIMAL(12, 2)) as select 1 -- a remark\n;;\n"
      "CREATE MATERIALIZED VIEW b (y INT) TBLPROPERTIES ('expect.y' = 'y IN (''1'')') COMMENT 'c' "
      "USING ICEBERG AS WITH q AS (SELECT ';') SELECT * FROM q";
  std::vector<Diagnostic> diagnostics;
  const auto tables = ParseTableDefinitions(Text(sql), kTransformations, diagnostics);
  EXPECT_EQ(Mistakes(diagnostics), "");
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(ToString(tables[0].columns[0].type), "DECIMAL(12,2)");
  const auto select = [&](const ParsedTable& t) {
    return sql.substr(t.select_begin, t.select_end - t.select_begin);
  };
  EXPECT_EQ(select(tables[0]), "select 1");
  EXPECT_EQ(select(tables[1]), "WITH q AS (SELECT ';') SELECT * FROM q");
  EXPECT_EQ(tables[1].properties[0].value, "y IN ('1')");
}

struct Case {
  DefinitionFolder folder;
  std::string sql;
  std::string mistakes;
};

TEST(ParseTableDefinitions, RefusesWithOneLineAMistake) {
  const std::string view = "CREATE MATERIALIZED VIEW a (x INT) ";
  const Case cases[] = {
      {kTransformations, "", ""},
      {kTransformations, "-- only a remark", ""},
      {kTransformations, "SELECT 1", "1:1 expected CREATE MATERIALIZED VIEW, found SELECT"},
      {kLanding, "SELECT 1", "1:1 expected CREATE STREAMING TABLE, found SELECT"},
      {kTransformations, "CREATE TABLE a AS SELECT 1",
       "1:1 CREATE TABLE is not a pipeline statement"},
      {kTransformations, "CREATE OR REFRESH MATERIALIZED VIEW a AS SELECT 1",
       "1:1 OR REFRESH is not Spark's: Databricks alone reads it"},
      {kTransformations, "SET a = 1; " + view + "AS SELECT 1",
       "1:1 SET is not supported: settings would differ between engines"},
      {kTransformations, "CREATE STREAMING TABLE a (x INT)",
       "1:1 a streaming table stands outside landing/"},
      {kLanding, view + "AS SELECT 1", "1:1 a materialized view stands in landing/"},
      {kTransformations, "CREATE MATERIALIZED VIEW IF NOT EXISTS a (x INT) AS SELECT 1",
       "1:26 IF NOT EXISTS has no meaning in a pipeline"},
      {kTransformations, "CREATE MATERIALIZED VIEW b.a (x INT) AS SELECT 1",
       "1:26 the table's name is qualified"},
      {kTransformations, "CREATE MATERIALIZED VIEW \"a\" (x INT) AS SELECT 1",
       "1:26 the name \"a\" is quoted"},
      {kTransformations, "CREATE MATERIALIZED VIEW Abc (x INT) AS SELECT 1",
       "1:26 the table name Abc has upper-case letters"},
      {kTransformations, "CREATE MATERIALIZED VIEW quarantine (x INT) AS SELECT 1",
       "1:26 the table name quarantine is taken: every lake has such a table"},
      {kTransformations, "CREATE MATERIALIZED VIEW a AS SELECT 1",
       "1:28 expected ( and the columns, found AS"},
      {kTransformations, "CREATE MATERIALIZED VIEW a () AS SELECT 1",
       "1:29 expected a column's name, found )"},
      {kTransformations, "CREATE MATERIALIZED VIEW a (x) AS SELECT 1",
       "1:30 expected the type of column x, found )"},
      {kTransformations, "CREATE MATERIALIZED VIEW a (x INT, x INT, Y INT, z TEXT) AS SELECT 1",
       "1:36 the column x stands here twice\n"
       "1:43 the column name Y has upper-case letters\n"
       "1:52 the type TEXT is not supported"},
      {kTransformations, "CREATE MATERIALIZED VIEW a (x ARRAY<INT>) AS SELECT 1",
       "1:31 the type ARRAY is not supported"},
      {kTransformations, "CREATE MATERIALIZED VIEW a (x INT NOT NULL) AS SELECT 1",
       "1:35 NOT NULL in a view's column list: Spark refuses such a view"},
      {kTransformations, "CREATE MATERIALIZED VIEW a (x TIMESTAMP_NTZ) AS SELECT 1",
       "1:31 TIMESTAMP_NTZ cannot be told from TIMESTAMP in SQL that both engines run"},
      {kTransformations, "CREATE MATERIALIZED VIEW a (x INT\n  y INT) AS SELECT 1",
       "1:34 a comma is missing here"},
      {kTransformations, "CREATE MATERIALIZED VIEW a (x INT COMMENT 'c' y STRING) AS SELECT 1",
       "1:46 a comma is missing here"},
      {kTransformations,
       "CREATE MATERIALIZED VIEW a (x INT) TBLPROPERTIES ('k' = 'v'\n 'l' = 'w') AS SELECT 1",
       "1:60 a comma is missing here"},
      {kTransformations, "CREATE MATERIALIZED VIEW a (x INT DEFAULT 1) AS SELECT 1",
       "1:35 expected COMMENT, a comma or ), found DEFAULT"},
      {kTransformations, view, "1:36 expected AS SELECT .., found the end of the statement"},
      {kTransformations, view + "AS",
       "1:38 expected SELECT or WITH after AS, found the end of the statement"},
      {kTransformations, view + "AS FROM t", "1:39 expected SELECT or WITH after AS, found FROM"},
      {kTransformations, view + "PARTITIONED BY (x) AS SELECT 1",
       "1:36 PARTITIONED BY is not supported yet"},
      {kTransformations, view + "CLUSTER BY (x) AS SELECT 1",
       "1:36 CLUSTER BY is not supported yet"},
      {kTransformations, view + "USING delta AS SELECT 1", "1:42 USING delta is not supported"},
      {kTransformations, view + "COMMENT 'a' COMMENT 'b' AS SELECT 1",
       "1:48 COMMENT stands here twice"},
      {kTransformations, view + "COMMENT 'it''s' AS SELECT 1", "1:47 '' in a text"},
      {kTransformations, view + "COMMENT 'a\\b' AS SELECT 1", "1:46 a backslash in a text"},
      {kTransformations, view + "COMMENT \"a\" AS SELECT 1",
       "1:44 expected the comment in quotes, found \"a\""},
      {kTransformations, view + "TBLPROPERTIES (a = 'b') AS SELECT 1",
       "1:51 expected a property, found a"},
      {kTransformations, view + "TBLPROPERTIES ('a' = 1) AS SELECT 1",
       "1:57 expected the value, found 1"},
      {kTransformations, view + "TBLPROPERTIES ('a' 'b') AS SELECT 1",
       "1:55 expected = after the key, found 'b'"},
      {kTransformations, view + "AS SELECT 'abc", "1:46 this text has no closing quote"},
      {kTransformations, view + "/* AS SELECT 1", "1:36 this comment has no end"},
      {kLanding, "CREATE STREAMING TABLE a (_offset BIGINT)",
       "1:27 the column name _offset is taken: it is added to what a feed gives"},
      {kLanding, "CREATE STREAMING TABLE a (d DATE)", "1:29 a feed cannot hold the type DATE"},
      {kLanding, "CREATE STREAMING TABLE a (x INT) AS SELECT 1",
       "1:34 a feed has no AS SELECT: it is filled from files"},
      {kLanding, "CREATE STREAMING TABLE a (x INT",
       "1:32 expected NOT NULL, COMMENT, a comma or ), found the end of the statement"},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.sql);
    std::vector<Diagnostic> diagnostics;
    const auto tables = ParseTableDefinitions(Text(row.sql), row.folder, diagnostics);
    EXPECT_EQ(Mistakes(diagnostics), row.mistakes);
    EXPECT_TRUE(row.mistakes.empty() || !tables.front().complete);
  }
}

TEST(ParseTableDefinitions, GoesOnBehindABrokenStatement) {
  std::vector<Diagnostic> diagnostics;
  const auto tables = ParseTableDefinitions(
      Text("CREATE MATERIALIZED VIEW a (x INTT) AS SELECT 1;\nCREATE MATERIALIZED VIEW b (x INT) "
           "AS SELECT 1;\nCREATE MATERIALIZED VIEW c (x INT)"),
      kTransformations, diagnostics);
  EXPECT_EQ(Mistakes(diagnostics),
            "1:31 the type INTT is not supported\n3:35 expected AS SELECT .., found the end of the "
            "statement");
  ASSERT_EQ(tables.size(), 3U);
  EXPECT_FALSE(tables[0].complete);
  EXPECT_TRUE(tables[1].complete);
  EXPECT_FALSE(tables[2].complete);
}

}  // namespace
}  // namespace stedi
