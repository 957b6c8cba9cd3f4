#include "run/table_fingerprint.h"

#include "lake/run_session_fixture.h"

namespace stedi {
namespace {

View TestView() {
  View view;
  view.name = "t";
  view.columns = {{"n", {SqlType::Kind::kBigint}, true, false, "", {}},
                  {"s", {SqlType::Kind::kString}, false, false, "", {}}};
  view.properties = {{"comment.x", "y"}};
  return view;
}

constexpr const char* kSql = "SELECT n FROM a";
const TableState read_table = {"a", "u1", 1};

// If this value changed, no table of any lake would be up to date.
TEST(Fingerprint, IsTheSameForEver) {
  EXPECT_EQ(Fingerprint(TestView(), kSql, {read_table, {"b", "u2", 2}}),
            "0f433e77a2c754475d379cb319c838ab2e1c5f06e0c8cca5ca69c28788a9da2c"
            ";a u1 1;b u2 2");
}

TEST(Fingerprint, IsAnotherOneForAllThatDecidesTheRows) {
  const std::string known = Fingerprint(TestView(), kSql, {read_table});
  EXPECT_NE(Fingerprint(TestView(), "SELECT 1 AS n", {read_table}), known);
  EXPECT_NE(Fingerprint(TestView(), kSql, {{"a", "u1", 2}}), known);
  View view = TestView();
  view.columns[1].not_null = true;
  EXPECT_NE(Fingerprint(view, kSql, {read_table}), known);
  view = TestView();
  view.columns[0].type.kind = SqlType::Kind::kInt;
  EXPECT_NE(Fingerprint(view, kSql, {read_table}), known);
  view = TestView();
  view.properties["comment.x"] = "z";
  EXPECT_NE(Fingerprint(view, kSql, {read_table}), known);
}

TEST(StatesOfSame, AreThoseOfTheSameDefinition) {
  const auto states = StatesOfSame("hash;a u1 1;b u2 2", "hash;a u1 3;b u2 2");
  ASSERT_TRUE(states.has_value());
  EXPECT_EQ(states->size(), 2U);
  EXPECT_EQ(states->at("a"), (TableState{"a", "u1", 1}));
  EXPECT_EQ(states->at("b"), (TableState{"b", "u2", 2}));
  EXPECT_EQ(StatesOfSame("", "hash"), std::nullopt);
  EXPECT_EQ(StatesOfSame("other;a u1 1", "hash;a u1 1"), std::nullopt);
  EXPECT_EQ(StatesOfSame("hash;what is that", "hash;a u1 1"), std::nullopt);
}

class IsUpToDateTest : public RunSessionFixture {
 protected:
  IsUpToDateTest() {
    table_.id = {"stedi", "t"};
    table_.metadata.snapshots.emplace_back().snapshot_id = 7;
    table_.metadata.current_snapshot_id = 7;
  }

  // Records a run that left the table like this.
  void Record(RunStatus status, const std::string& fingerprint, int64_t snapshot_id) {
    RunRecord run;
    run.run_id = session_.run_id += "+";
    run.database = "stedi";
    run.status = status;
    StepRecord& step = run.steps.emplace_back();
    step.table = "t";
    step.snapshot_id = snapshot_id;
    step.fingerprint = fingerprint;
    if (status == RunStatus::kOk) {
      EXPECT_EQ(catalog_.Commit({}, run), CommitOutcome::kCommitted);
    } else {
      catalog_.RecordRun(run);
    }
  }

  LakeTable table_;
};

TEST_F(IsUpToDateTest, AsTheLastPublishedRunLeftIt) {
  EXPECT_FALSE(IsUpToDate(session_, table_, "hash"));  // no run was published
  Record(RunStatus::kOk, "hash", 7);
  EXPECT_TRUE(IsUpToDate(session_, table_, "hash"));
  EXPECT_FALSE(IsUpToDate(session_, table_, "other"));
  Record(RunStatus::kFailed, "other", 8);
  EXPECT_TRUE(IsUpToDate(session_, table_, "hash"));
  EXPECT_FALSE(IsUpToDate(session_, LakeTable(), "hash"));  // it was never built
  Record(RunStatus::kOk, "hash", 8);
  EXPECT_FALSE(IsUpToDate(session_, table_, "hash"));  // another program wrote it
}

}  // namespace
}  // namespace stedi
