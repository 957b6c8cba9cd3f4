#include "run/table_contract.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

using Kind = IcebergType::Kind;
using Names = std::set<std::string>;

View TestView() {
  View view;
  view.name = "t";
  view.columns = {{"n", {SqlType::Kind::kBigint}, true, false, "how many", {}},
                  {"email", {SqlType::Kind::kString}, false, false, "", {}}};
  view.pii = {"email"};
  return view;
}

TEST(FieldsOf, AreOptionalAndKeepTheirComments) {
  const std::vector<Field> expected = {{0, "n", {Kind::kLong}, false, "how many"},
                                       {0, "email", {Kind::kString}, false, ""}};
  EXPECT_EQ(FieldsOf(TestView()), expected);
}

TEST(IcebergProperties, AreThoseThatReadersUse) {
  View view = TestView();
  view.comment = "a table";
  view.properties = {{"unique.key", "n"},
                     {"unique.key.action", "warn"},
                     {"write.target-file-size-bytes", "1"},
                     {"commit.retry.num-retries", "2"},
                     {"history.expire.max-snapshot-age-ms", "3"},
                     {"pii", "email"},
                     {"note", "count(*)"}};
  const std::map<std::string, std::string> expected = {{"write.parquet.compression-codec", "zstd"},
                                                       {"comment", "a table"},
                                                       {"stedi.pii", "email"},
                                                       {"stedi.unique.key", "n"},
                                                       {"write.target-file-size-bytes", "1"},
                                                       {"commit.retry.num-retries", "2"},
                                                       {"history.expire.max-snapshot-age-ms", "3"}};
  EXPECT_EQ(IcebergProperties(view), expected);
  EXPECT_EQ(IcebergProperties(View()),
            (std::map<std::string, std::string>{{"write.parquet.compression-codec", "zstd"}}));
}

TEST(PersonalColumns, AreReadFromTheProperties) {
  TableMetadata metadata;
  EXPECT_EQ(PersonalColumns(metadata), Names());
  View view = TestView();
  view.pii = {"email", "n"};
  metadata.properties = IcebergProperties(view);
  EXPECT_EQ(PersonalColumns(metadata), (Names{"email", "n"}));
}

TEST(WithoutBounds, AreThePersonalColumnsAndTheNamesOfFiles) {
  EXPECT_EQ(PiiOf(TestView()), Names{"email"});
  EXPECT_EQ(WithoutBounds(TestView()), (Names{"email", "_source_file"}));
  Feed feed;
  feed.properties["feed.path"] = "landing";
  EXPECT_EQ(PiiOf(feed), Names{"_rescued"});
  EXPECT_EQ(WithoutBounds(feed), (Names{"_rescued", "_source_file"}));
}

TEST(NextSchema, NumbersTheColumnsOfANewTable) {
  const Schema schema = NextSchema(LakeTable(), FieldsOf(TestView()), EvolutionRule::kReplace);
  EXPECT_EQ(schema.schema_id, 0);
  ASSERT_EQ(schema.fields.size(), 2U);
  EXPECT_EQ(schema.fields[0].id, 1);
  EXPECT_EQ(schema.fields[1].id, 2);
}

TEST(NextSchema, SaysHowToChangeWhatCannotBeChanged) {
  LakeTable table;
  table.id = {"stedi", "t"};
  table.committed_location = "t.metadata.json";
  table.metadata.schemas = {{0, {{1, "n", {Kind::kString}}}}};
  table.metadata.last_column_id = 1;
  const std::vector<Field> wanted = {{0, "n", {Kind::kLong}}};
  EXPECT_EQ(NextSchema(table, wanted, EvolutionRule::kReplace).fields[0].id, 2);
  try {
    NextSchema(table, wanted, EvolutionRule::kAppendOnly);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalid);
    const std::string message = error.what();
    EXPECT_TRUE(message.starts_with("table t: ")) << message;
    EXPECT_TRUE(message.ends_with("to load it anew from its files: stedi run --rebuild t"))
        << message;
  }
}

}  // namespace
}  // namespace stedi
