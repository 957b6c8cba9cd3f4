#include "pipeline/table_properties.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "pipeline/property_keys.h"

namespace stedi {
namespace {

struct Reading {
  TableDefinition table;
  std::string mistakes;
};

// Reads a table with the columns id, email, x and these TBLPROPERTIES, which are all on line 2.
Reading Read(const std::string& properties, bool is_feed) {
  const std::string sql = fmt::format(
      "CREATE {} t (id BIGINT, email STRING, x DOUBLE) TBLPROPERTIES\n({}){}",
      is_feed ? "STREAMING TABLE" : "MATERIALIZED VIEW", properties, is_feed ? "" : " AS SELECT 1");
  const SqlText text{sql, sql, "t.sql", {{0, 0, false}}};
  std::vector<Diagnostic> diagnostics;
  const auto folder = is_feed ? DefinitionFolder::kLanding : DefinitionFolder::kTransformations;
  const std::vector<ParsedTable> parsed = ParseTableDefinitions(text, folder, diagnostics);
  Reading reading;
  reading.table.name = parsed.front().name;
  reading.table.columns = parsed.front().columns;
  ReadProperties(text, parsed.front(), is_feed, reading.table, diagnostics);
  for (const Diagnostic& d : diagnostics) {
    reading.mistakes += fmt::format("{}:{} {}{}\n", d.position.line, d.position.column, d.message,
                                    d.hint.empty() ? "" : " (" + d.hint + ")");
  }
  return reading;
}

TEST(ReadProperties, FillsATable) {
  const Reading reading = Read(
      "'not_null' = 'id, email', 'pii' = 'email', 'expect.small' = 'x < 1', 'expect.small.action' "
      "= "
      "'drop', 'unique.key' = 'id,email', 'unique.key.action' = 'warn', 'references.email' = "
      "'people.email', 'write.format.default' = 'parquet'",
      /*is_feed=*/false);
  EXPECT_EQ(reading.mistakes, "");
  const TableDefinition& table = reading.table;
  EXPECT_TRUE(table.columns[0].not_null);
  EXPECT_TRUE(table.columns[1].not_null);
  EXPECT_FALSE(table.columns[2].not_null);
  EXPECT_EQ(table.pii, std::vector<std::string>{"email"});
  EXPECT_EQ(table.properties.at("write.format.default"), "parquet");
  std::string shown;
  for (const Expectation& e : table.expectations) {
    shown += fmt::format("{} {} {} [{}] {} {}.{}\n", e.name, e.kind, ToString(e.action),
                         fmt::join(e.columns, ","), e.condition, e.references_table,
                         e.references_column);
  }
  EXPECT_EQ(shown,
            "not_null.id not_null fail [id]  .\n"
            "not_null.email not_null fail [email]  .\n"
            "small expect drop [] x < 1 .\n"
            "unique.key unique warn [id,email]  .\n"
            "references.email references fail [email]  people.email\n");
  EXPECT_EQ(table.expectations[2].position.line, 2U);
  EXPECT_EQ(table.expectations[2].position.column, 45U);
}

TEST(ReadProperties, FillsAFeed) {
  const Reading reading = Read(
      "'feed.path' = 'a', 'feed.keep_unfit' = 'true', 'feed.rejected' = 'email, id', "
      "'empty_is_null' = 'id,x'",
      /*is_feed=*/true);
  EXPECT_EQ(reading.mistakes, "");
  const TableDefinition& table = reading.table;
  EXPECT_TRUE(table.keep_unfit);
  EXPECT_EQ(table.rejected_columns, (std::vector<std::string>{"email", "id"}));
  EXPECT_TRUE(table.columns[0].empty_is_null);
  EXPECT_FALSE(table.columns[1].empty_is_null);
  EXPECT_TRUE(table.columns[2].empty_is_null);
}

TEST(ReadProperties, ReadsGuards) {
  const Reading reading = Read(
      "'may_be_empty' = 'true', 'consent' = 'email', 'parameter.p' = '0 to 200', "
      "'covers.people' = '0.25 by email = mail, id from 20 rows', 'covers.people.action' = 'warn'",
      /*is_feed=*/false);
  EXPECT_EQ(reading.mistakes, "");
  EXPECT_EQ(reading.table.may_be_empty_below, kAnyRows);
  EXPECT_EQ(reading.table.consent, "email");
  ASSERT_EQ(reading.table.ranges.size(), 1U);
  EXPECT_EQ(reading.table.ranges[0].name, "p");
  EXPECT_EQ(reading.table.ranges[0].most, "200");
  ASSERT_EQ(reading.table.expectations.size(), 1U);
  const Expectation& covers = reading.table.expectations[0];
  EXPECT_EQ(covers.name, "covers.people");
  EXPECT_EQ(covers.kind, "covers");
  EXPECT_EQ(covers.action, ExpectationAction::kWarn);
  EXPECT_EQ(covers.share, "0.25");
  EXPECT_EQ(covers.rows_min, 20);
  EXPECT_EQ(covers.references_table, "people");
  EXPECT_EQ(covers.columns, (std::vector<std::string>{"email", "id"}));
  EXPECT_EQ(covers.covered_columns, (std::vector<std::string>{"mail", "id"}));
  EXPECT_EQ(Read("'pii' = 'email'", false).table.may_be_empty_below, 0);
  EXPECT_EQ(Read("'may_be_empty' = '20'", false).table.may_be_empty_below, 20);
}

TEST(ParseShare, TakesNumbersFromZeroToOne) {
  EXPECT_EQ(ParseShare("0"), 0.0);
  EXPECT_EQ(ParseShare("0.25"), 0.25);
  EXPECT_EQ(ParseShare("1"), 1.0);
  for (const char* text : {"", "1.1", "-0.1", "2", ".5", "50%", "0,5", "half", "1e-1", " 0.5"}) {
    EXPECT_EQ(ParseShare(text), std::nullopt) << text;
  }
}

TEST(ReadProperties, SaysWhatAFeedReads) {
  const Reading reading = Read(
      "'feed.path' = 'a', 'feed.files' = '*.json, *.json.gz', 'feed.follow_links' = 'true', "
      "'pii' = 'email,_source_file'",
      /*is_feed=*/true);
  EXPECT_EQ(reading.mistakes, "");
  EXPECT_EQ(reading.table.pii, (std::vector<std::string>{"email", "_source_file"}));
  const FileRule rule = FileRuleOf(reading.table);
  EXPECT_EQ(rule.patterns, (std::vector<std::string>{"*.json", "*.json.gz"}));
  EXPECT_TRUE(rule.follow_links);
  const FileRule plain = FileRuleOf(Read("'feed.path' = 'a'", /*is_feed=*/true).table);
  EXPECT_TRUE(plain.patterns.empty());
  EXPECT_FALSE(plain.follow_links);
}

TEST(ReadProperties, TellsEveryMistake) {
  struct Case {
    bool is_feed;
    std::string properties;
    std::string mistakes;
  };
  const std::string path = "'feed.path' = 'a', ";
  const std::string view_names =
      "known are not_null, may_be_empty, consent, pii, note, expect.<name>, unique.<name>, "
      "references.<column>, covers.<table>, parameter.<name>, and Iceberg's write.*, commit.*, "
      "history.*";
  const std::string pattern_hint =
      "write patterns such as '*.json,*.json.gz': * stands for any characters, ? for one; folders "
      "have no part in it";
  const std::string feed_names =
      "known are feed.path, feed.keep_unfit, feed.rejected, empty_is_null, feed.max_rejected, "
      "feed.files, feed.follow_links, pii, note, expect.<name>, unique.<name>, "
      "references.<column>, parameter.<name>, and Iceberg's write.*, commit.*, history.*";
  const Case cases[] = {
      {true, "'pii' = 'email'",
       "1:24 the feed t does not say where it lies (add TBLPROPERTIES ('feed.path' = "
       "'${stedi.landing}/..'))\n"},
      {true, "'feed.path' = ''",
       "2:16 feed.path is empty (name the folder of the landing files)\n"},
      {true, path + "'not_null' = 'id'",
       "2:21 not_null in a feed (write NOT NULL behind the column's type: such records are "
       "rejected)\n"},
      {true, path + "'expect.a' = 'x > 0', 'expect.a.action' = 'drop'",
       "2:63 expect.a.action = 'drop' is not possible (one of fail, warn)\n"},
      {true, path + "'feed.keep_unfit' = 'yes'",
       "2:41 feed.keep_unfit = 'yes' is not possible (one of true, false)\n"},
      {true, path + "'feed.rejected' = 'emial'",
       "2:39 t has no column emial (did you mean 'email'?)\n"},
      {true, path + "'empty_is_null' = ''",
       "2:39 the name of a column is missing (its columns are id, email, x)\n"},
      {true, path + "'feed.reject' = 'id'",
       "2:21 the property feed.reject is not known (did you mean 'feed.rejected'?)\n"},
      {false, "'feed.rejected' = 'id'",
       "2:2 feed.rejected in a materialized view (leave it out: a view is filled from its "
       "SELECT)\n"},
      {false, "'feed.path' = 'a'",
       "2:2 feed.path in a materialized view (leave it out: a view is filled from its SELECT)\n"},
      {false, "'feed.files' = '*'",
       "2:2 feed.files in a materialized view (leave it out: a view is filled from its SELECT)\n"},
      {true, path + "'feed.file' = '*'",
       "2:21 the property feed.file is not known (did you mean 'feed.files'?)\n"},
      {true, path + "'feed.files' = '*.json,'",
       "2:36 a pattern of feed.files is missing (" + pattern_hint + ")\n"},
      {true, path + "'feed.files' = 'in/*.json'",
       "2:36 in/*.json is not a pattern of a file's name (" + pattern_hint + ")\n"},
      {true, path + "'feed.files' = '[ab].json'",
       "2:36 [ab].json is not a pattern of a file's name (" + pattern_hint + ")\n"},
      {true, path + "'feed.follow_links' = 'yes'",
       "2:43 feed.follow_links = 'yes' is not possible (one of true, false)\n"},
      {false, "'pii' = '_source_file'",
       "2:10 t has no column _source_file (its columns are id, email, x)\n"},
      {false, "'colour' = 'red'", "2:2 the property colour is not known (" + view_names + ")\n"},
      {false, "'notnull' = 'id'",
       "2:2 the property notnull is not known (did you mean 'not_null'?)\n"},
      {false, "'expects.a' = 'x > 0'",
       "2:2 the property expects.a is not known (did you mean 'expect.a'?)\n"},
      {false, "'pii' = 'id', 'pii' = 'id'", "2:16 the property pii stands here twice\n"},
      {false, "'pii' = 'emial'", "2:10 t has no column emial (did you mean 'email'?)\n"},
      {false, "'pii' = 'id,,x'",
       "2:10 the name of a column is missing (its columns are id, email, x)\n"},
      {false, "'unique.k' = 'id,id'", "2:15 the column id stands here twice\n"},
      {false, "'expect.Big' = 'x > 0'",
       "2:2 the name in expect.Big has upper-case letters (use lower-case letters, digits and "
       "_)\n"},
      {false, "'expect.a' = ''",
       "2:15 expect.a is not one condition (write what holds for every row, such as 'x >= 0')\n"},
      {false, "'expect.a' = 'x > 0) OR (x < 1'",
       "2:15 expect.a is not one condition (write what holds for every row, such as 'x >= 0')\n"},
      {false, "'expect.a' = 'x > 0; DROP'",
       "2:15 expect.a is not one condition (write what holds for every row, such as 'x >= 0')\n"},
      {false, "'expect.a' = 'x > 0 -- always'",
       "2:15 a comment in a condition (write it before the property)\n"},
      {false, "'expect.a' = 'x::INT > 0'",
       "2:15 :: is not portable: Spark 3.5 does not read it (write cast(x as TYPE))\n"},
      {false, "'expect.a' = 'x > 0', 'expect.a.action' = 'stop'",
       "2:44 expect.a.action = 'stop' is not possible (one of fail, warn, drop, quarantine)\n"},
      {false, "'unique.a' = 'id', 'unique.a.action' = 'drop'",
       "2:41 unique.a.action = 'drop' is not possible (one of fail, warn)\n"},
      {false, "'note' = 'count(*)) FROM t; SELECT (1'",
       "2:11 note is not one expression (write a text about the rows, or NULL for none)\n"},
      {true, path + "'note' = 'count(*)'",
       "2:21 note in a feed (write it in a materialized view)\n"},
      {false, "'expect.a.action' = 'warn'",
       "2:2 expect.a.action stands without expect.a (add 'expect.a' = '..')\n"},
      {false, "'references.mail' = 'a.b'", "2:2 t has no column mail (did you mean 'email'?)\n"},
      {true, path + "'feed.max_rejected' = '1.5'",
       "2:43 feed.max_rejected = '1.5' is not a share (write a number from 0 to 1, such as "
       "'0.5')\n"},
      {true, path + "'covers.t2' = '0.5 by id'",
       "2:21 the property covers.t2 is not known (" + feed_names + ")\n"},
      {false, "'may_be_empty' = 'yes'",
       "2:19 may_be_empty = 'yes' is not possible (one of true, false, or how many rows the tables "
       "it reads must have, such as 20)\n"},
      {false, "'consent' = 'emial'", "2:14 t has no column emial (did you mean 'email'?)\n"},
      {false, "'covers.people' = '0.5'",
       "2:20 covers.people = '0.5' does not say a share and columns (write 'covers.people' = '0.5 "
       "by column_here = column_there, ..')\n"},
      {false, "'covers.people' = '0.5 by email = mail = post'",
       "2:20 covers.people = '0.5 by email = mail = post' does not say a share and columns (write "
       "'covers.people' = '0.5 by column_here = column_there, ..')\n"},
      {false, "'parameter.p' = '1..2'",
       "2:18 parameter.p = '1..2' is not a range (write two whole numbers or two days, such as '0 "
       "to 200')\n"},
      {false, "'references.email' = 'people'",
       "2:23 references.email = 'people' does not name a table and a column (write "
       "'references.email' = 'table.column')\n"},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.properties);
    EXPECT_EQ(Read(row.properties, row.is_feed).mistakes, row.mistakes);
  }
}

TEST(IsIcebergProperty, TellsThemByTheirFirstWord) {
  for (const std::string_view key : {"write.target-file-size-bytes", "commit.retry", "history.x"}) {
    EXPECT_TRUE(IsIcebergProperty(key)) << key;
  }
  for (const std::string_view key : {"write", "writes.x", "stedi.pii", "unique.write.x", ""}) {
    EXPECT_FALSE(IsIcebergProperty(key)) << key;
  }
}

}  // namespace
}  // namespace stedi
