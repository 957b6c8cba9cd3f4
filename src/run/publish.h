// The end of a run: the quarantine table, and the one transaction that makes all tables visible.
#pragma once

#include <cstdint>
#include <vector>

#include "catalog/sql_catalog.h"
#include "lake/run_session.h"
#include "lake/staged_files.h"
#include "pipeline/project.h"
#include "run/quarantine.h"
#include "run/run_report.h"
#include "run/table_outcome.h"

namespace stedi {

// Stages the quarantine table: adds the records and rows that this run kept out, and removes those
// that `outcomes` made outdated.
TableOutcome BuildQuarantine(const RunSession& session, const std::vector<TableOutcome>& outcomes,
                             QuarantineNews& news);

// Returns the commit that publishes a staged table. Adds the table's data files to `staged_files`,
// whose Check looks for them before the catalog names them. REQUIRES: the metadata file is written.
TableCommit CommitOf(const LakeTable& table, StagedFiles& staged_files);

// Copies the report so far into the record that the catalog keeps of the run: everything except
// what identifies the run, its parameters and its times.
void FillRecord(const Project& project, const RunReport& report,
                const std::vector<TableOutcome>& outcomes, RunRecord& record);

// Whether this process has published its run: for the last message of a process that must end at
// once.
enum class Publishing : uint8_t { kNotYet, kUnknown, kDone };
Publishing PublishingState();

// Commits all tables and the run's record, or nothing. When SQLite cannot say whether the commit
// took effect, a new connection finds out. If it did not, the run is recorded as failed, so that
// nothing of the commit that reached the disk takes effect later. Throws kConflict when another
// program changed one of the tables meanwhile; kUnavailable when nothing was published;
// kCommitStateUnknown when that cannot be found out.
void PublishRun(SqlCatalog& catalog, const std::vector<TableCommit>& commits,
                const RunRecord& record);

}  // namespace stedi
