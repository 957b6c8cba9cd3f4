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
    const FunctionTraits& traits = row.traits;
    EXPECT_TRUE(row.kind == ConstructKind::kFunction ||
                (traits.result == ExpressionKind::kUnknown &&
                 traits.result_from == ResultFrom::kFunction &&
                 traits.arguments == ArgumentKinds::kAny && traits.rule == CallRule::kNone &&
                 !traits.is_aggregate && !traits.is_never_null && !traits.is_niladic));
    EXPECT_TRUE(traits.result == ExpressionKind::kUnknown ||
                traits.result_from == ResultFrom::kFunction);
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

TEST(TraitsOf, AreThoseOfTheRow) {
  EXPECT_EQ(TraitsOf("year").result, ExpressionKind::kEngineWhole);
  EXPECT_EQ(TraitsOf("ROW_NUMBER").result, ExpressionKind::kEngineWhole);
  EXPECT_EQ(TraitsOf("count").result, ExpressionKind::kWhole);
  EXPECT_TRUE(TraitsOf("count").is_aggregate);
  EXPECT_EQ(TraitsOf("datediff").result, ExpressionKind::kUnknown);
  EXPECT_EQ(TraitsOf("max").result_from, ResultFrom::kFirstArgument);
  EXPECT_EQ(TraitsOf("least").arguments, ArgumentKinds::kOneType);
  EXPECT_TRUE(TraitsOf("current_timestamp").is_niladic);
  EXPECT_TRUE(TraitsOf("row_number").is_never_null);
  EXPECT_EQ(TraitsOf("ltrim").rule, CallRule::kTrim);
  EXPECT_EQ(TraitsOf("!~~*").rule, CallRule::kIgnoringCase);
  // extract(year FROM d) is parsed into date_part, which is refused when it is written as such.
  EXPECT_EQ(TraitsOf("date_part").result, ExpressionKind::kEngineWhole);
  EXPECT_EQ(TraitsOf("no_such_function").result, ExpressionKind::kUnknown);
  EXPECT_FALSE(TraitsOf("CASE").is_aggregate);  // a clause
}

}  // namespace
}  // namespace stedi
