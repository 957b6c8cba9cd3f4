#include "run/view_plan.h"

#include <algorithm>

namespace stedi {

ViewPlan PlanView(const Project& project, const View& view, const RunOptions& options,
                  const std::optional<RunRecord>& last_published,
                  const std::function<const TableOutcome*(const std::string&)>& find) {
  ViewPlan plan{project, view};
  plan.replace = std::ranges::find(options.rebuild, view.name) != options.rebuild.end();
  plan.rebuild = plan.replace || options.full;
  for (const std::string& name : view.inputs) {
    plan.inputs.push_back(find(name));
    plan.input_states.push_back(StateOf(plan.inputs.back()->table));
    plan.rows_in[name] = plan.inputs.back()->report.rows_out;
  }
  for (const Expectation& expectation : view.expectations) {
    const TableOutcome* table = find(expectation.references_table);
    if (table == nullptr) continue;  // it comes later
    plan.references.push_back(table);
    plan.input_states.push_back(StateOf(table->table));
  }
  for (const ExpectationReport& last : LastExpectations(last_published, view.name)) {
    plan.last_failed[last.name] = last.failed;
  }
  return plan;
}

std::vector<ExpectationReport> LastExpectations(const std::optional<RunRecord>& last_published,
                                                const std::string& table) {
  std::vector<ExpectationReport> out;
  if (!last_published.has_value()) return out;
  for (const ExpectationRecord& record : last_published->expectations) {
    if (record.table == table) out.push_back(ReportOf(record));
  }
  return out;
}

}  // namespace stedi
