#include "pipeline/portable_sql.h"

#include <gtest/gtest.h>

#include <set>

namespace stedi {
namespace {

TEST(SqlConstructs, AreWellFormed) {
  std::set<std::pair<ConstructKind, std::string>> names;
  for (const SqlConstruct& row : SqlConstructs()) {
    SCOPED_TRACE(row.name);
    EXPECT_TRUE(names.emplace(row.kind, row.name).second) << "stands there twice";
    EXPECT_EQ(row.allowed, !row.sample.empty());
    EXPECT_EQ(row.allowed, row.reason.empty());
    EXPECT_TRUE(row.allowed || row.macro.empty());
    EXPECT_FALSE(row.allowed && row.kind == ConstructKind::kToken);
    EXPECT_TRUE(row.macro.empty() || row.macro.starts_with(std::string(row.name) + "("));
    EXPECT_EQ(FindConstruct(row.kind, row.name), &row);
  }
}

TEST(FindConstruct, IgnoresCase) {
  EXPECT_EQ(FindConstruct(ConstructKind::kFunction, "LOWER")->name, "lower");
  EXPECT_EQ(FindConstruct(ConstructKind::kFunction, "QUALIFY"), nullptr);
  EXPECT_EQ(FindConstruct(ConstructKind::kClause, "qualify")->name, "QUALIFY");
}

TEST(NearestFunction, NamesAllowedOnesOnly) {
  EXPECT_EQ(NearestFunction("uper"), "upper");
  EXPECT_EQ(NearestFunction("concat_w"), "concat_ws");
  EXPECT_EQ(NearestFunction("st_distance_sphere"), "");
}

TEST(SampleStatement, IsWhole) {
  EXPECT_EQ(SampleStatement(*FindConstruct(ConstructKind::kFunction, "lower")),
            "SELECT lower('aB')");
  EXPECT_EQ(SampleStatement(*FindConstruct(ConstructKind::kClause, "WITH")),
            "WITH a AS (SELECT 1 AS x) SELECT x FROM a");
}

TEST(HasOwnWholeType, NamesFunctionsOfTheTable) {
  EXPECT_TRUE(HasOwnWholeType("year"));
  EXPECT_TRUE(HasOwnWholeType("ROW_NUMBER"));
  EXPECT_FALSE(HasOwnWholeType("count"));
  EXPECT_FALSE(HasOwnWholeType("datediff"));
}

}  // namespace
}  // namespace stedi
