#include "run/view_plan.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

TableOutcome OutcomeOf(const std::string& name, int64_t rows) {
  TableOutcome outcome;
  outcome.table.id = {"stedi", name};
  outcome.table.metadata.table_uuid = "u-" + name;
  outcome.report.rows_out = rows;
  return outcome;
}

class PlanViewTest : public testing::Test {
 protected:
  PlanViewTest() {
    view_.name = "t";
    view_.inputs = {"a", "b"};
    for (const char* table : {"", "b", "later"}) {
      view_.expectations.emplace_back().references_table = table;
    }
  }

  ViewPlan Plan(const RunOptions& options, const std::optional<RunRecord>& last = std::nullopt) {
    return PlanView(project_, view_, options, last, [this](const std::string& name) {
      const TableOutcome* found = nullptr;
      if (name == "a") found = &a_;
      if (name == "b") found = &b_;
      return found;
    });
  }

  Project project_;
  View view_;
  TableOutcome a_ = OutcomeOf("a", 3);
  TableOutcome b_ = OutcomeOf("b", 5);
};

TEST_F(PlanViewTest, HasTheTablesThatCameBefore) {
  const ViewPlan plan = Plan({});
  EXPECT_EQ(plan.inputs, (std::vector<const TableOutcome*>{&a_, &b_}));
  EXPECT_EQ(plan.references, std::vector<const TableOutcome*>{&b_});
  EXPECT_EQ(plan.input_states,
            (std::vector<TableState>{{"a", "u-a", 0}, {"b", "u-b", 0}, {"b", "u-b", 0}}));
  EXPECT_EQ(plan.rows_in, (std::map<std::string, int64_t>{{"a", 3}, {"b", 5}}));
}

TEST_F(PlanViewTest, RebuildsWhatIsAskedFor) {
  struct Case {
    std::vector<std::string> rebuild;
    bool full;
    bool expected_rebuild;
    bool expected_replace;
  };
  for (const Case& one : std::vector<Case>{{{}, false, false, false},
                                           {{}, true, true, false},
                                           {{"other"}, false, false, false},
                                           {{"other", "t"}, false, true, true}}) {
    RunOptions options;
    options.rebuild = one.rebuild;
    options.full = one.full;
    const ViewPlan plan = Plan(options);
    EXPECT_EQ(plan.rebuild, one.expected_rebuild);
    EXPECT_EQ(plan.replace, one.expected_replace);
  }
}

TEST_F(PlanViewTest, KnowsWhatFailedAtTheLastBuild) {
  RunRecord last;
  last.expectations = {{"t", "good", "expect", "warn", 0},
                       {"t", "bad", "expect", "warn", 7},
                       {"other", "worse", "expect", "warn", 9}};
  EXPECT_EQ(Plan({}, last).last_failed, (std::map<std::string, int64_t>{{"bad", 7}, {"good", 0}}));
  EXPECT_TRUE(Plan({}).last_failed.empty());
}

}  // namespace
}  // namespace stedi
