// Checks the expectations of a view that has just been built, on the rows that are staged.
#pragma once

#include <optional>

#include "lake/lake_session.h"
#include "run/table_outcome.h"
#include "run/view_plan.h"
#include "run/view_update.h"

namespace stedi {

// Adds a report to outcome.expectations for each of the view's expectations, except those that take
// rows out (drop, quarantine). If the view was updated from what changed in its inputs
// (outcome.delta; then `start` is what it started from), the expectations that held at the last
// build are checked on the new rows first, and on all rows only if a new row breaks one of them.
// REQUIRES: the view and the tables that it refers to are readable by their names.
void CountExpectations(const LakeSession& session, const ViewPlan& plan,
                       const std::optional<UpdateStart>& start, TableOutcome& outcome);

}  // namespace stedi
