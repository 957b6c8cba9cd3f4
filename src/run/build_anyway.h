// Builds tables as a failed run would have built them, because only these tables tell who withdrew
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

// How far a failed run has got. All that it refers to must outlive the calls of BuildAnyway.
struct FailedRun {
  const RunSession& session;
  const CheckedProject& checked;
  const RunOptions& options;
  std::vector<FeedPlan>& plans;         // those that it made; BuildAnyway adds to them
  std::vector<TableOutcome>& outcomes;  // of the tables that it built; BuildAnyway adds to them
  QuarantineNews& quarantine;
  RunObserver& observer;
  // Builds a view. REQUIRES: all inputs of the view have an outcome.
  std::function<TableOutcome(const View&, const RunOptions&)> build;
};

// Adds the outcome of the table `name`, and those of the tables that it is made from, whether or
// not their expectations hold. Landing files and folders that cannot be read are left out: the
// first run that can read them adds their rows. A derived table whose own files cannot be read is
// built from all rows of its inputs. Does nothing for a table that has an outcome already, or that
// the project does not have.
void BuildAnyway(const FailedRun& run, const std::string& name);

}  // namespace stedi
