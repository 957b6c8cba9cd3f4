#include "run/view_expectations.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "lake/table_delta.h"
#include "run/audit.h"
#include "run/guards.h"

namespace stedi {
namespace {

// Whether a table that the view refers to may have lost rows since the view was last built.
bool LostRows(const LakeSession& session, const ViewPlan& plan, const TableState& last) {
  for (const TableOutcome* reference : plan.references) {
    if (reference->table.id.name != last.table) continue;
    const std::optional<TableDelta> delta = DeltaSince(session.connection, reference->table, last);
    if (!delta.has_value()) return true;
    return reference->delta.has_value() && reference->delta->before == last
               ? reference->delta->gone_rows > 0
               : !delta->removed.empty();
  }
  return true;
}

// Returns the expectations of an updated view that held at the last build and that only its new
// rows can break.
std::vector<const Expectation*> KeptBefore(const LakeSession& session, const ViewPlan& plan,
                                           const UpdateStart& start) {
  std::vector<const Expectation*> kept;
  for (const Expectation& expectation : plan.view.expectations) {
    const auto last_failed = plan.last_failed.find(expectation.name);
    if (RemovesRows(expectation) || last_failed == plan.last_failed.end()) continue;
    if (KindOf(expectation).scope == ExpectationScope::kTables) continue;
    if (last_failed->second > 0) continue;
    if (const std::string& name = expectation.references_table; !name.empty()) {
      const auto before = start.inputs.find(name);
      if (before == start.inputs.end() || LostRows(session, plan, before->second)) continue;
    }
    kept.push_back(&expectation);
  }
  return kept;
}

}  // namespace

void CountExpectations(const LakeSession& session, const ViewPlan& plan,
                       const std::optional<UpdateStart>& start, TableOutcome& outcome) {
  const View& view = plan.view;
  std::vector<const Expectation*> kept;
  if (outcome.delta.has_value() && start.has_value()) {
    kept = KeptBefore(session, plan, *start);
    const std::string fresh = outcome.delta->fresh_rows > 0 ? outcome.delta->fresh : "";
    if (HasViolation(session, view, kept, fresh)) kept.clear();
  }
  for (const Expectation& expectation : view.expectations) {
    if (RemovesRows(expectation)) continue;
    if (expectation.kind == kCovers) {
      const auto covered =
          std::ranges::find(plan.references, expectation.references_table,
                            [](const TableOutcome* table) { return table->table.id.name; });
      assert(covered != plan.references.end());
      outcome.expectations.push_back(
          ReportCovers(view, expectation, CountUncovered(session, expectation, **covered, outcome),
                       RowsOf((*covered)->table)));
      continue;
    }
    const bool is_kept = std::ranges::find(kept, &expectation) != kept.end();
    outcome.expectations.push_back(ReportExpectation(
        session, view, expectation, is_kept ? 0 : CountViolations(session, view, expectation),
        outcome.table.current_location()));
  }
}

}  // namespace stedi
