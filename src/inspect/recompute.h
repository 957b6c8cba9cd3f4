// Recomputes one table from its inputs, and tells whether the result equals the table.
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

// Reads those landing files of `feed` again that still have the size and time with which they were
// loaded. Their rows, and the numbers of accepted and rejected records and bytes, must be those in
// the lake; else `out` gets faults. Files that are gone or changed, and files that are not loaded
// yet, become notes. `records` are the catalog's records of the feed's files.
void RecomputeFeed(const LakeSession& session, const Feed& feed, const ReadTable& table,
                   const std::vector<FileRecord>& records, TableVerification& out);

// Runs the view's SELECT over the lake's tables, compares its rows with those of the table, and
// counts the rows that violate an expectation whose action is fail. Rows that differ are a fault,
// or a note if an input has changed since the last published run. REQUIRES: all tables can be read
// by their names. `inputs` are the states of the tables that the view reads or refers to, in the
// order that a run uses.
void RecomputeView(const LakeSession& session, const View& view, const ReadTable& table,
                   const std::vector<TableState>& inputs, TableVerification& out);

}  // namespace stedi
