// Tables as a failed run would have made them: whoever withdrew is known from them alone
// (run/withdrawal.h).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lake/run_session.h"
#include "run/feed_plan.h"
#include "run/quarantine.h"
#include "run/run_observer.h"
#include "run/run_options.h"
#include "run/table_outcome.h"
#include "select/check.h"

namespace stedi {

// What a failed run has reached. All of it outlives the calls of BuildAnyway.
struct FailedRun {
  const RunSession& session;
  const CheckedProject& checked;
  const RunOptions& options;
  std::vector<FeedPlan>& plans;         // those that it made
  std::vector<TableOutcome>& outcomes;  // of the tables that it built; BuildAnyway adds to them
  QuarantineNews& quarantine;
  RunObserver& observer;
  // Builds a view of which all inputs have an outcome.
  std::function<TableOutcome(const View&, const RunOptions&)> build;
};

// Adds the outcome of the table `name`, and those of the tables that it is made from, whether or
// not they keep their promises. Landing files and folders that cannot be read are left out: what
// they say comes with the run that can read them. A derived table whose own files cannot be read is
// made from its inputs. Nothing is done for a table that has an outcome, or that the project lacks.
void BuildAnyway(const FailedRun& run, const std::string& name);

}  // namespace stedi
