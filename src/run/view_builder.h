// One view's step of a run, from the question whether there is anything to do to the counted
// expectations of what is staged.
#pragma once

#include <functional>

#include "lake/run_session.h"
#include "run/quarantine.h"
#include "run/run_observer.h"
#include "run/table_outcome.h"
#include "run/view_plan.h"

namespace stedi {

// Unless the table is up to date: brings it up to date from what changed in its inputs, or runs the
// SELECT and takes out the rows that drop and quarantine expectations name; stages a snapshot
// unless the rows are the same as before; counts the rows that break the other expectations.
// `show_inputs` makes the inputs readable by name; it is called only when there is something to do.
TableOutcome BuildView(const RunSession& session, const ViewPlan& plan, QuarantineNews& quarantine,
                       RunObserver& observer, const std::function<void()>& show_inputs);

}  // namespace stedi
