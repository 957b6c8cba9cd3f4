// One feed's step of a run: its new landing files into its landing table.
#pragma once

#include "engine/feed_news.h"
#include "engine/quarantine.h"
#include "engine/table_build.h"
#include "landing/landing_files.h"

namespace stedi {

struct FeedPlan {
  const Feed* feed = nullptr;
  FeedListing listing;
  FeedNews news;
  bool rebuild = false;
  bool skip_bad_files = false;
  bool retry_quarantine = false;
};

// Opens no table; `listing` is that of the feed's folder. Throws kInvalid for bad files unless they
// are to be skipped (then `notes` says so).
FeedPlan PlanFeed(const LakeSession& session, const Feed& feed, FeedListing listing,
                  const RunOptions& options, std::vector<std::string>& notes);

// Loads the plan's files, takes outdated rows out, stages the snapshot (or none when there is no
// news), and makes the table readable by its name. Rejections go to `quarantine`.
TableOutcome LoadFeed(const LakeSession& session, const FeedPlan& plan, QuarantineNews& quarantine,
                      RunObserver& observer);

}  // namespace stedi
