// A feed's table of rejected records, `<feed>_rejected`: what a tolerant look found in their bytes
// (landing/rejected_values.h). Its rows live and die with those of their landing file.
#pragma once

#include <filesystem>
#include <string>

#include "lake/run_session.h"
#include "landing/landing_scan.h"
#include "run/feed_plan.h"
#include "run/table_outcome.h"

namespace stedi {

// Puts the rows that a finished scan of `feed` gave into a temporary table, removes the file, and
// returns a SELECT of them, valid until it is called again for this feed.
std::string KeepRejectedRows(const LakeSession& session, const Feed& feed, const LandingScan& scan,
                             const std::filesystem::path& rejected_rows_path);

// The step of the table after that of its feed, which gave `loaded`. Where the table is new, or has
// another definition, the quarantine tells of earlier rejections. REQUIRES: the feed has such a
// table.
TableOutcome BuildRejected(const RunSession& session, const FeedPlan& plan,
                           const TableOutcome& loaded);

}  // namespace stedi
