// One feed's step of a run: loads its new landing files into its landing table.
#pragma once

#include "run/feed_plan.h"
#include "run/quarantine.h"
#include "run/run_observer.h"
#include "run/table_outcome.h"

namespace stedi {

// Returns the tables that change because their feeds have news: landing tables and tables of
// rejected records.
std::set<std::string> ChangingTables(const std::vector<FeedPlan>& plans);

// Loads the plan's files, removes outdated rows, and stages the snapshot (or none when there is no
// news). If the table changed and has expectations, makes it readable by its name and checks them.
// Rejections are added to `quarantine`. If files cannot be read and must not be skipped, nothing is
// staged and `bad_files` of the outcome names them all.
TableOutcome LoadFeed(const RunSession& session, const FeedPlan& plan, QuarantineNews& quarantine,
                      RunObserver& observer);

}  // namespace stedi
