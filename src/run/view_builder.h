// One view's step of a run: decides whether there is anything to do, builds and stages the table,
// and counts the rows that break its expectations.
#pragma once

#include <functional>

#include "lake/run_session.h"
#include "run/quarantine.h"
#include "run/run_observer.h"
#include "run/table_outcome.h"
#include "run/view_plan.h"

namespace stedi {

// Does nothing if the table is up to date. Else brings it up to date from what changed in its
// inputs, or runs the SELECT and removes the rows that break drop and quarantine expectations. Then
// stages a snapshot, unless the rows are the same as before, and counts the rows that break the
// other expectations. `show_inputs` makes the inputs readable by their names; it is called only
// when there is something to do.
TableOutcome BuildView(const RunSession& session, const ViewPlan& plan, QuarantineNews& quarantine,
                       RunObserver& observer, const std::function<void()>& show_inputs);

}  // namespace stedi
