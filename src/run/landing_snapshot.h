// Stages what new, changed and vanished landing files change in a table that is filled from files:
// a feed's landing table, or its table of rejected records. Both have the column _source_file.
#pragma once

#include <set>
#include <vector>

#include "lake/run_session.h"
#include "pipeline/project.h"
#include "rows/row_tally.h"
#include "run/table_outcome.h"

namespace stedi {

struct LandingChange {
  const TableDefinition& definition;
  std::vector<DataFile> added;     // have the new rows, and are in the table's folder
  TableChecksum checksum;          // of these rows
  std::set<std::string> outdated;  // landing files whose rows are removed
  bool replace_all = false;        // all rows that the table had are removed
  bool same_definition = false;    // the definition is that of the last run
};

// Returns the schema that the table gets from `definition`.
Schema LandingSchema(const LakeTable& table, const TableDefinition& definition, bool replace_all);

// Stages the next snapshot of outcome.table, unless nothing would change, and records the result in
// `outcome`. REQUIRES: LoadFiles(outcome.table).
void StageLanding(const RunSession& session, const LandingChange& change, TableOutcome& outcome);

}  // namespace stedi
