#include "pipeline/expectation.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(ExpectationKinds, SelectTheOffendingRows) {
  Expectation expect;
  expect.kind = "expect";
  expect.condition = "x > 0 OR y";
  Expectation unique;
  unique.kind = "unique";
  unique.columns = {"email", "user"};
  Expectation references;
  references.kind = "references";
  references.columns = {"user"};
  references.references_table = "customers";
  references.references_column = "email";
  Expectation not_null;
  not_null.kind = "not_null";
  not_null.columns = {"user"};
  Expectation covers;
  covers.kind = "covers";
  covers.columns = {"time", "device"};
  covers.covered_columns = {"moment", "device"};
  covers.references_table = "steps";
  covers.share = "0.5";
  covers.rows_min = 20;
  const std::string partner =
      "FROM \"t\" AS partner WHERE partner.\"time\" = covered.\"moment\" AND "
      "partner.\"device\" = covered.\"device\")";
  const std::pair<Expectation, std::string> cases[] = {
      {expect, "SELECT * FROM \"t\" WHERE NOT (x > 0 OR y)"},
      {unique,
       "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY "
       "\"email\", \"user\" ORDER BY \"email\", \"user\") AS stedi_repetition FROM \"t\" WHERE "
       "\"email\" IS NOT NULL AND \"user\" IS NOT NULL) WHERE stedi_repetition > 1"},
      {references,
       "SELECT * FROM \"t\" AS child WHERE child.\"user\" IS NOT NULL AND NOT EXISTS (SELECT 1 "
       "FROM "
       "\"customers\" AS parent WHERE parent.\"email\" = child.\"user\")"},
      {not_null, "SELECT * FROM \"t\" WHERE \"user\" IS NULL"},
      {covers, "SELECT * FROM \"steps\" AS covered WHERE NOT EXISTS (SELECT 1 " + partner +
                   " AND (SELECT count(*) FROM \"steps\" AS covered WHERE EXISTS (SELECT 1 " +
                   partner +
                   ") < 0.5 * (SELECT CASE WHEN count(*) >= 20 THEN count(*) ELSE 0 END FROM "
                   "\"steps\" AS covered)"},
  };
  for (const auto& [expectation, sql] : cases) {
    EXPECT_EQ(KindOf(expectation).name, expectation.kind);
    EXPECT_EQ(KindOf(expectation).offending_rows(expectation, "\"t\""), sql);
    EXPECT_EQ(KindOf(expectation).actions.front(), ExpectationAction::kFail);
  }
}

TEST(ExpectationAction, HasNames) {
  for (const std::string_view name : {"fail", "warn", "drop", "quarantine"}) {
    const auto action = ParseExpectationAction(name);
    ASSERT_TRUE(action.has_value());
    EXPECT_EQ(ToString(*action), name);
  }
  EXPECT_FALSE(ParseExpectationAction("Fail").has_value());
  EXPECT_FALSE(ParseExpectationAction("").has_value());
}

}  // namespace
}  // namespace stedi
