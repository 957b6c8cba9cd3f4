#include "landing/contract.h"

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"

namespace stedi {
namespace {

Contract WithNames(const std::vector<std::string>& names) {
  Contract contract;
  for (const std::string& name : names) {
    contract.columns.push_back({name, ColumnType::kString, false});
  }
  return contract;
}

TEST(ContractIndexTest, MatchesWithoutAsciiCase) {
  const ContractIndex index(WithNames({"timestamp", "user", "x",
                                       "gr\xC3\xB6\xC3\x9F"
                                       "e"}));
  struct Case {
    const char* key;
    std::optional<size_t> column;
  };
  const Case cases[] = {
      {"timestamp", 0},
      {"timeStamp", 0},
      {"USER", 1},
      {"X", 2},
      {"GR\xC3\xB6\xC3\x9F"
       "E",
       3},
      {"gr\xC3\x96\xC3\x9F"
       "e",
       std::nullopt},  // only ASCII letters match in any case
      {"", std::nullopt},
      {"time", std::nullopt},
      {"timestamps", std::nullopt},
      {"a key far longer than any column", std::nullopt},
  };
  for (const Case& c : cases) EXPECT_EQ(index.FindColumn(c.key), c.column) << c.key;
}

TEST(ContractIndexTest, RefusesWhatCannotWork) {
  struct Case {
    Contract contract;
    std::string message;
  };
  Contract wide;
  for (size_t i = 0; i <= kContractColumnsMax; ++i) {
    wide.columns.push_back({"c" + std::to_string(i), ColumnType::kString, false});
  }
  const Case cases[] = {
      {WithNames({"a", "b", "a"}), "a feed names the column a twice: remove one"},
      {WithNames({"User"}),
       "'User' cannot name a column of a feed: use 1 to 255 lower-case letters"},
      {WithNames({""}), "'' cannot name a column of a feed: use 1 to 255 lower-case letters"},
      {wide, "a feed has 257 columns; at most 256 are possible"},
  };
  for (const Case& c : cases) {
    try {
      const ContractIndex index(c.contract);
      FAIL() << c.message;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalid);
      EXPECT_EQ(error.what(), c.message);
    }
  }
}

TEST(AddedColumnsTest, TheUnfitComeLastWhereTheyAreKept) {
  EXPECT_EQ(AddedColumns(false).size(), 3U);
  EXPECT_EQ(AddedColumns(false).back().name, kRescuedColumn);
  EXPECT_EQ(AddedColumns(true).size(), 4U);
  EXPECT_EQ(AddedColumns(true).back().name, kUnfitColumn);
  EXPECT_TRUE(IsAddedColumn("_source_file"));
  EXPECT_TRUE(IsAddedColumn("_unfit"));
  EXPECT_FALSE(IsAddedColumn("_file"));
}

}  // namespace
}  // namespace stedi
