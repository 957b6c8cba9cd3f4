#include "run/run_guards.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "run/guards.h"
#include "run/run_project.h"
#include "run/table_fingerprint.h"
#include "run/withdrawal.h"

namespace stedi {
namespace {

// Returns the table and all tables that it is made from, directly or indirectly.
std::set<std::string> MadeFrom(const Project& project, const std::string& table) {
  std::set<std::string> names;
  std::vector<std::string> open = {table};
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    if (!names.insert(name).second) continue;
    const View* view = FindView(project, name);
    if (view != nullptr) open.insert(open.end(), view->inputs.begin(), view->inputs.end());
  }
  return names;
}

}  // namespace

void RunGuards::DowngradeFailedGuards(TableOutcome& outcome) const {
  for (ExpectationReport& guard : outcome.expectations) {
    if (!guard.is_guard || guard.action != ExpectationAction::kFail || guard.failed == 0) continue;
    if (options_.allow_shrink) {
      guard.action = ExpectationAction::kWarn;
      guard.detail += "; --allow-shrink lets it through";
    } else if (IsByWithdrawal(guard)) {
      guard.action = ExpectationAction::kWarn;
      guard.detail += "; it is so because people withdrew";
    }
  }
}

bool RunGuards::IsByWithdrawal(const ExpectationReport& guard) const {
  const std::vector<const View*> consent = TablesOfConsent(checked_.project);
  const View* view = FindView(checked_.project, guard.table);
  if (consent.empty() || view == nullptr) return false;
  for (const View* table : consent) {
    if (find_(table->name) == nullptr) return false;
  }
  const Withdrawal withdrawal(session_, checked_.project, checked_.order);
  if (guard.name == kMayBeEmpty) return withdrawal.ExplainsEmpty(view->name);
  const auto covers = std::ranges::find(view->expectations, guard.name, &Expectation::name);
  return covers != view->expectations.end() && withdrawal.ExplainsUncovered(view->name, *covers);
}

// Compares with the definitions of the last published run. The built-in parameters are given the
// values of that run, because stedi.as_of is another one each day.
bool RunGuards::IsSameDefinition(const std::string& table) const {
  const auto last_run = session_.catalog.LastPublishedRun(session_.database_name);
  if (!last_run.has_value()) return false;
  ProjectOptions options = OptionsOfRun(options_, "");
  for (auto& [name, value] : options.built_in) {
    const auto now = checked_.project.parameters.find(name);
    const auto then = last_run->parameters.find(name);
    if (now == checked_.project.parameters.end() || then == last_run->parameters.end()) continue;
    value = now->second.secret ? now->second.value : then->second;
  }
  std::vector<Diagnostic> ignored;  // the project was checked
  const Project then = LoadProject(options_.project_folder, options, ignored);
  return std::ranges::all_of(MadeFrom(checked_.project, table), [&](const std::string& name) {
    const auto last = session_.catalog.LastStep(session_.database_name, name);
    if (!last.has_value()) return false;
    std::string now;
    if (const View* view = FindView(then, name)) {
      now = Fingerprint(*view, view->select.text, {});
    } else {
      const Feed* feed = FindFeed(then, name);
      if (feed == nullptr) return true;  // what comes with a feed has no definition
      now = Fingerprint(*feed, "", {});
    }
    return last->fingerprint.substr(0, last->fingerprint.find(';')) == now;
  });
}

std::optional<std::string> RunGuards::ShrinkWarning(const TableOutcome& outcome) const {
  const std::string& name = outcome.table.id.name;
  const auto last = session_.catalog.LastStep(session_.database_name, name);
  const int64_t now = outcome.report.rows_out;
  if (!last.has_value() || 2 * now >= last->rows_out || !IsSameDefinition(name)) {
    return std::nullopt;
  }
  return fmt::format(
      "warning: {} has {} rows, {} before, though neither its definition nor a parameter changed",
      name, now, last->rows_out);
}

}  // namespace stedi
