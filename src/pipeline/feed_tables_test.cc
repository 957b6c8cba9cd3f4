#include "pipeline/feed_tables.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stedi {
namespace {

ColumnDefinition Column(const std::string& name, SqlType::Kind kind, bool not_null) {
  ColumnDefinition column;
  column.name = name;
  column.type.kind = kind;
  column.not_null = not_null;
  return column;
}

Feed People() {
  Feed feed;
  feed.name = "people";
  feed.columns = {Column("id", SqlType::Kind::kBigint, true),
                  Column("email", SqlType::Kind::kString, false)};
  feed.pii = {"email"};
  return feed;
}

std::string ColumnsText(const std::vector<ColumnDefinition>& columns) {
  std::string text;
  for (const ColumnDefinition& column : columns) {
    text += fmt::format("{} {}{};", column.name, ToString(column.type),
                        column.not_null ? " NOT NULL" : "");
  }
  return text;
}

TEST(FeedTablesTest, APlainFeedIsOneTable) {
  Feed feed = People();
  DefineFeedTables(feed);
  EXPECT_EQ(ColumnsText(feed.added_columns), "_source_file STRING;_offset BIGINT;_rescued STRING;");
  EXPECT_EQ(feed.added_columns[2].comment, "JSON object of the keys the contract does not name");
  EXPECT_FALSE(feed.contract.keep_unfit);
  EXPECT_TRUE(feed.contract.columns[0].not_null);
  EXPECT_TRUE(feed.contract.rejected_columns.empty());
  EXPECT_FALSE(feed.rejected.has_value());
  EXPECT_EQ(feed.kind, TableKind::kFeed);
}

TEST(FeedTablesTest, UnfitValuesAreOneMoreColumn) {
  Feed feed = People();
  feed.keep_unfit = true;
  feed.columns[1].empty_is_null = true;
  DefineFeedTables(feed);
  EXPECT_EQ(ColumnsText(feed.added_columns),
            "_source_file STRING;_offset BIGINT;_rescued STRING;_unfit STRING;");
  EXPECT_EQ(feed.added_columns[2].comment,
            "JSON object of the keys the contract does not name and of the values that their "
            "columns cannot hold");
  EXPECT_TRUE(feed.contract.keep_unfit);
  EXPECT_FALSE(feed.contract.columns[0].empty_is_null);
  EXPECT_TRUE(feed.contract.columns[1].empty_is_null);
}

// No column of it is required, and a column that is personal in the feed is personal in it.
TEST(FeedTablesTest, RejectedRecordsAreATable) {
  Feed feed = People();
  feed.rejected_columns = {"email", "id"};
  feed.properties["feed.rejected"] = "email,id";
  DefineFeedTables(feed);
  EXPECT_EQ(feed.contract.rejected_columns, (std::vector<size_t>{1, 0}));
  ASSERT_TRUE(feed.rejected.has_value());
  EXPECT_EQ(feed.rejected->name, "people_rejected");
  EXPECT_EQ(feed.rejected->kind, TableKind::kRejected);
  EXPECT_EQ(ColumnsText(AllColumns(*feed.rejected)),
            "email STRING;id BIGINT;_source_file STRING;_offset BIGINT;reason STRING;");
  EXPECT_EQ(feed.rejected->pii, std::vector<std::string>{"email"});
  // The rescued values of a feed may be anything.
  EXPECT_EQ(PiiOf(feed), (std::set<std::string>{"_rescued", "email"}));
  EXPECT_EQ(PiiOf(*feed.rejected), std::set<std::string>{"email"});
}

}  // namespace
}  // namespace stedi
