#include "cli/compare_text.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace stedi {
namespace {

struct KeyCase {
  const char* text;
  const char* table;  // nullptr: refused
  std::vector<std::string> columns;
};

TEST(CompareTextTest, Keys) {
  const KeyCase cases[] = {
      {"t=a", "t", {"a"}}, {"t=a,b", "t", {"a", "b"}}, {"t", nullptr, {}},    {"t=", nullptr, {}},
      {"=a", nullptr, {}}, {"t=a,", nullptr, {}},      {"t=,a", nullptr, {}}, {"", nullptr, {}},
  };
  for (const KeyCase& one : cases) {
    if (one.table == nullptr) {
      EXPECT_THROW(SplitKey(one.text), Error) << one.text;
    } else {
      EXPECT_EQ(SplitKey(one.text), std::make_pair(std::string(one.table), one.columns));
    }
  }
}

TableComparison Table() {
  TableComparison table;
  table.table = "readings";
  table.rows_a = table.rows_b = 1482;
  table.checksum_a = table.checksum_b = "00";
  table.columns = {{"id", "long", "long", "01", "01"}, {"x", "double", "double", "02", "02"}};
  return table;
}

TEST(CompareTextTest, EqualIsOneLine) {
  TableComparison table = Table();
  EXPECT_EQ(ComparisonText(table, false), "readings                           1,482 rows  equal\n");
  EXPECT_EQ(ComparisonText(table, true),
            "readings                           1,482 rows  \x1b[32mequal\x1b[0m\n");
  table.left_out = {"run_id"};
  table.rows_a = table.rows_b = 1;
  EXPECT_EQ(ComparisonText(table, false),
            "readings                               1 row   equal, without run_id: it names the "
            "run, not the data\n");
}

TEST(CompareTextTest, ColumnsThatDiffer) {
  TableComparison table = Table();
  table.rows_b = 1481;
  table.checksum_b = "ff";
  table.columns[1].checksum_b = "ff";
  table.columns.push_back({"y", "double", "", "", ""});
  table.columns.push_back({"z", "int", "long", "", ""});
  table.columns.push_back({"w", "", "long", "", ""});
  table.only_in_a = 2;
  table.only_in_b = 1;
  EXPECT_FALSE(table.is_equal());
  EXPECT_EQ(ComparisonText(table, false),
            "readings                           1,482 rows  different: 1,481 rows in B\n"
            "    column y (double) is only in A\n"
            "    column z is int in A and long in B\n"
            "    column w (long) is only in B\n"
            "    columns that differ: x\n"
            "    2 rows only in A, 1 row only in B\n");
}

TEST(CompareTextTest, ValuesThatStandInOtherRows) {
  TableComparison table = Table();
  table.checksum_b = "ff";
  EXPECT_FALSE(table.is_equal());
  EXPECT_EQ(ComparisonText(table, false),
            "readings                           1,482 rows  different\n"
            "    every column has the same values, but they stand together in other rows\n");
}

TEST(CompareTextTest, RowsByKey) {
  TableComparison table = Table();
  table.checksum_b = "ff";
  table.columns[1].checksum_b = "ff";
  const NamedValues a = {{"id", "1"}, {"x", "0.5"}};
  const NamedValues b = {{"id", "1"}, {"x", std::nullopt}};
  table.only_in_a = 7;
  table.only_in_b = 2;
  table.differing.push_back({{{"id", "1"}}, 1, 1, {{1, a}}, {{1, b}}, {"x"}});
  table.differing.push_back({{{"id", "2\n"}}, 1, 0, {{1, a}}, {}, {}});
  table.differing.push_back({{{"id", std::nullopt}}, 5, 1, {{2, a}}, {{1, b}}, {"x"}});
  EXPECT_EQ(ComparisonText(table, false),
            "readings                           1,482 rows  different\n"
            "    columns that differ: x\n"
            "    7 rows only in A, 2 rows only in B\n"
            "      id=1: x is 0.5 in A, NULL in B\n"
            "      id=2\\n: only in A\n"
            "      id=NULL: 5 rows only in A, 1 row only in B\n"
            "        A, 2 times: id=1 x=0.5\n"
            "        A: and 3 more\n"
            "        B: id=1 x=NULL\n");
}

TEST(CompareTextTest, ATableOfOneLake) {
  TableComparison table = Table();
  table.in_b = false;
  const LakesComparison lakes{"one", "two", {Table(), table}};
  EXPECT_FALSE(lakes.is_equal());
  EXPECT_EQ(ComparisonText(table, false),
            "readings                           1,482 rows  only in A\n");
  EXPECT_EQ(ComparisonSummary(lakes), "1 of 2 tables equal: the lakes differ\n");
  const nlohmann::ordered_json json = ComparisonJson(lakes);
  EXPECT_EQ(json["equal"], false);
  EXPECT_EQ(json["tables"][0]["verdict"], "equal");
  EXPECT_EQ(json["tables"][1]["verdict"], "only in A");
  EXPECT_EQ(json["tables"][1]["rows_b"], nullptr);
}

}  // namespace
}  // namespace stedi
