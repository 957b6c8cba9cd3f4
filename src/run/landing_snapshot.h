// What new, changed and vanished landing files make of a table that is filled from files: a feed's
// landing table, or its table of rejected records. Both have the column _source_file.
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
  std::vector<DataFile> added;     // of the rows of new files, in the folder of the table
  TableChecksum checksum;          // of these rows
  std::set<std::string> outdated;  // landing files whose rows are taken out
  bool replace_all = false;        // all rows of the table are taken out
  bool same_definition = false;    // as the last run had it
};

// The schema that the table gets: that of `definition`.
Schema LandingSchema(const LakeTable& table, const TableDefinition& definition, bool replace_all);

// Stages the next snapshot of outcome.table (whose files are loaded) unless it would say the same,
// and notes in `outcome` what became of it.
void StageLanding(const RunSession& session, const LandingChange& change, TableOutcome& outcome);

}  // namespace stedi
