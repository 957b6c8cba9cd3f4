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

const TableOutcome* FindOutcome(const FailedRun& run, const std::string& name) {
  const auto found = std::ranges::find_if(
      run.outcomes, [&](const TableOutcome& outcome) { return outcome.table.id.name == name; });
  return found == run.outcomes.end() ? nullptr : &*found;
}

// Where the folder cannot be listed, the table stays as it is: not even --rebuild empties it.
FeedListing ListAnyway(const FailedRun& run, const Feed& feed, RunOptions& options) {
  try {
    return run.session.storage.List(feed.folder, feed.files);
  } catch (const Error&) {  // the run has failed already, by this or something else
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
    std::vector<std::string> told;  // why the run failed is told already
    FeedListing listing = ListAnyway(run, feed, options);
    run.plans.push_back(PlanFeed(run.session, feed, std::move(listing), options, told));
    plan = std::prev(run.plans.end());
  }
  plan->skip_bad_files = true;
  if (FindOutcome(run, feed.name) == nullptr) {
    run.outcomes.push_back(LoadFeed(run.session, *plan, run.quarantine, run.observer));
  }
  if (feed.rejected.has_value() && FindOutcome(run, feed.rejected->name) == nullptr) {
    run.outcomes.push_back(BuildRejected(run.session, *plan, *FindOutcome(run, feed.name)));
  }
}

void BuildViewAnyway(const FailedRun& run, const View& view) {
  for (const std::string& input : view.inputs) BuildAnyway(run, input);
  for (const Expectation& expectation : view.expectations) {
    if (expectation.kind == kCovers) BuildAnyway(run, expectation.references_table);
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
  if (FindOutcome(run, name) != nullptr) return;
  if (const Feed* feed = FindFeedOf(run.checked.project, name)) return BuildFeedAnyway(run, *feed);
  if (const View* view = FindView(run.checked.project, name)) BuildViewAnyway(run, *view);
}

}  // namespace stedi
