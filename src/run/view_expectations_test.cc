#include "run/view_expectations.h"

#include "lake/run_session_fixture.h"

namespace stedi {
namespace {

// A view whose rows are 1, 2 and -3, one of which breaks the expectation `positive`.
class CountExpectationsTest : public RunSessionFixture {
 protected:
  CountExpectationsTest() {
    connection_.Execute("CREATE TABLE t AS SELECT * FROM (VALUES (1), (2), (-3)) AS v(n)");
    view_.name = "t";
    view_.columns = {{"n", {SqlType::Kind::kBigint}, false, false, "", {}}};
    Expectation& positive = view_.expectations.emplace_back();
    positive.name = "positive";
    positive.kind = "expect";
    positive.action = ExpectationAction::kWarn;
    positive.condition = "n > 0";
    plan_.last_failed["positive"] = 0;
    outcome_.table.id = {"stedi", "t"};
  }

  // Returns how many rows are counted that break the first expectation.
  int64_t Count(const std::optional<UpdateStart>& start) {
    outcome_.expectations.clear();
    CountExpectations(session_, plan_, start, outcome_);
    return outcome_.expectations.at(0).failed;
  }

  // From now on the view has been updated from what changed in its inputs: it got the rows of
  // `fresh` and lost none.
  void Follow(const std::string& fresh, int64_t rows) {
    outcome_.delta.emplace();
    outcome_.delta->fresh = fresh;
    outcome_.delta->fresh_rows = rows;
  }

  View view_;
  Project project_;
  ViewPlan plan_{project_, view_};
  TableOutcome outcome_;
};

TEST_F(CountExpectationsTest, LooksAtAllRowsOfAViewThatWasBuilt) {
  EXPECT_EQ(Count(std::nullopt), 1);
  EXPECT_EQ(Count(UpdateStart()), 1);
}

TEST_F(CountExpectationsTest, LooksAtTheNewRowsOfAViewThatFollowed) {
  Follow("", 0);
  EXPECT_EQ(Count(UpdateStart()), 0);  // the old rows are not counted again
  Follow("SELECT 2 AS n", 1);
  EXPECT_EQ(Count(UpdateStart()), 0);
  Follow("SELECT -3 AS n", 1);
  EXPECT_EQ(Count(UpdateStart()), 1);
}

TEST_F(CountExpectationsTest, LooksAtAllRowsOfOneThatWasBrokenOrIsNew) {
  Follow("", 0);
  plan_.last_failed["positive"] = 1;
  EXPECT_EQ(Count(UpdateStart()), 1);
  plan_.last_failed.clear();
  EXPECT_EQ(Count(UpdateStart()), 1);
}

TEST_F(CountExpectationsTest, LooksAtAllRowsWhereAReferencedTableMayHaveLostSome) {
  connection_.Execute("CREATE TABLE parent AS SELECT 1 AS n");
  Expectation& reference = view_.expectations.front();
  reference.name = "references.n";
  reference.kind = "references";
  reference.columns = {"n"};
  reference.references_table = "parent";
  reference.references_column = "n";
  plan_.last_failed["references.n"] = 0;
  TableOutcome parent;
  parent.table.id = {"stedi", "parent"};
  parent.table.metadata.table_uuid = "u";
  plan_.references = {&parent};
  Follow("", 0);
  UpdateStart start;
  EXPECT_EQ(Count(start), 2);  // it did not refer to the table when it was built
  start.inputs["parent"] = StateOf(parent.table);
  EXPECT_EQ(Count(start), 0);
  start.inputs["parent"].uuid = "another table of that name";
  EXPECT_EQ(Count(start), 2);
}

TEST_F(CountExpectationsTest, LeavesOutThoseThatTakeRowsOut) {
  view_.expectations.front().action = ExpectationAction::kDrop;
  CountExpectations(session_, plan_, std::nullopt, outcome_);
  EXPECT_TRUE(outcome_.expectations.empty());
}

}  // namespace
}  // namespace stedi
