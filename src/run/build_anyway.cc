#include "run/build_anyway.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "database/database.h"
#include "pipeline/project.h"
#include "run/feed_loader.h"
#include "run/rejected_table.h"

namespace stedi {
namespace {

// Lists the folder of the feed. If that fails, the listing is empty and no rebuild is asked for in
// `options`, so that the table stays as it is.
FeedListing ListAnyway(const FailedRun& run, const Feed& feed, RunOptions& options) {
  try {
    return run.session.storage.List(feed.folder, feed.files);
  } catch (const Error&) {  // the run has failed already, for this reason or another
    ThrowIfCancelled();
    options.rebuild.clear();
    return {};
  }
}

void BuildFeedAnyway(const FailedRun& run, const Feed& feed) {
  auto plan = std::ranges::find(run.plans, &feed, &FeedPlan::feed);
  if (plan == run.plans.end()) {
    RunOptions options = run.options;
    options.skip_bad_files = true;
    std::vector<std::string> told;  // not shown: the run has told already why it failed
    FeedListing listing = ListAnyway(run, feed, options);
    run.plans.push_back(PlanFeed(run.session, feed, std::move(listing), options, told));
    plan = std::prev(run.plans.end());
  }
  plan->skip_bad_files = true;
  if (FindOutcome(run.outcomes, feed.name) == nullptr) {
    run.outcomes.push_back(LoadFeed(run.session, *plan, run.quarantine, run.observer));
  }
  if (feed.rejected.has_value() && FindOutcome(run.outcomes, feed.rejected->name) == nullptr) {
    run.outcomes.push_back(
        BuildRejected(run.session, *plan, *FindOutcome(run.outcomes, feed.name)));
  }
}

void BuildViewAnyway(const FailedRun& run, const View& view) {
  for (const std::string& input : view.inputs) BuildAnyway(run, input);
  for (const Expectation& expectation : view.expectations) {
    if (KindOf(expectation).scope == ExpectationScope::kTables)
      BuildAnyway(run, expectation.references_table);
  }
  RunOptions options = run.options;
  try {
    return run.outcomes.push_back(run.build(view, options));
  } catch (const Error&) {
    ThrowIfCancelled();
    if (options.full) throw;
  }
  options.full = true;
  run.outcomes.push_back(run.build(view, options));
}

}  // namespace

void BuildAnyway(const FailedRun& run, const std::string& name) {
  if (FindOutcome(run.outcomes, name) != nullptr) return;
  if (const Feed* feed = FindFeedOf(run.checked.project, name)) return BuildFeedAnyway(run, *feed);
  if (const View* view = FindView(run.checked.project, name)) BuildViewAnyway(run, *view);
}

}  // namespace stedi
