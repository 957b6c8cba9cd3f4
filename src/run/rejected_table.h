// Builds a feed's table of rejected records, `<feed>_rejected`: the values that a tolerant search
// found in their bytes (landing/rejected_values.h). Its rows join and leave together with the other
// rows of their landing file.
#pragma once

#include <filesystem>
#include <string>

#include "lake/run_session.h"
#include "landing/landing_scan.h"
#include "run/feed_plan.h"
#include "run/table_outcome.h"

namespace stedi {

// Puts the rows that a finished scan of `feed` wrote to the file `rejected_rows_path` into a
// temporary table, and removes the file. Returns a SELECT of the rows, valid until the next call
// for this feed.
std::string KeepRejectedRows(const LakeSession& session, const Feed& feed, const LandingScan& scan,
                             const std::filesystem::path& rejected_rows_path);

// The step of the table of rejected records. It follows the step of its feed, whose outcome is
// `loaded`. If the table is new or has another definition, it gets the earlier rejections from the
// quarantine. REQUIRES: the feed has such a table.
TableOutcome BuildRejected(const RunSession& session, const FeedPlan& plan,
                           const TableOutcome& loaded);

}  // namespace stedi
