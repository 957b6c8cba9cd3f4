// Makes one table again from what it was made from, and tells whether it is the same.
#pragma once

#include <vector>

#include "catalog/run_record.h"
#include "inspect/table_verification.h"
#include "lake/lake_session.h"
#include "lake/lake_table.h"
#include "lake/table_delta.h"
#include "pipeline/project.h"
#include "rows/row_tally.h"

namespace stedi {

// A table of the lake that can be read by its name.
struct ReadTable {
  LakeTable table;
  TableChecksum checksum;  // of the rows that were read
};

// Reads those landing files of `feed` again that are there as they were loaded (size and time);
// their rows and where their bytes went must be those of the lake. Files that are gone, and files
// that are not loaded yet, become notes. `records`: what the catalog has of the feed.
void RecomputeFeed(const LakeSession& session, const Feed& feed, const ReadTable& table,
                   const std::vector<FileRecord>& records, TableVerification& out);

// Runs the SELECT over the lake's tables, all of which can be read by their names, and counts the
// rows that break an expectation. `inputs`: states of the tables it reads or refers to, in the
// order of a run.
void RecomputeView(const LakeSession& session, const View& view, const ReadTable& table,
                   const std::vector<TableState>& inputs, TableVerification& out);

}  // namespace stedi
