// One feed's step of a run: its new landing files into its landing table.
#pragma once

#include "run/feed_plan.h"
#include "run/quarantine.h"
#include "run/run_observer.h"
#include "run/table_outcome.h"

namespace stedi {

// The tables of feeds that have news.
std::set<std::string> ChangingTables(const std::vector<FeedPlan>& plans);

// Loads the plan's files, takes outdated rows out, stages the snapshot (or none when there is no
// news), and makes the table readable by its name. Rejections go to `quarantine`. Where files
// cannot be read and must not be skipped, nothing is staged and `bad_files` of the outcome names
// them all.
TableOutcome LoadFeed(const RunSession& session, const FeedPlan& plan, QuarantineNews& quarantine,
                      RunObserver& observer);

}  // namespace stedi
