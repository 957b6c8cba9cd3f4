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

// Stages the quarantine table: what this run kept out joins it; what `outcomes` made outdated
// leaves it.
TableOutcome BuildQuarantine(const RunSession& session, const std::vector<TableOutcome>& outcomes,
                             QuarantineNews& news);

// What the catalog is told of a table whose metadata file is written; all files that it names are
// looked for by `staged_files` before that.
TableCommit CommitOf(const LakeTable& table, StagedFiles& staged_files);

// The report so far into the record that the catalog keeps of the run: all but its name, its
// parameters and its times.
void FillRecord(const Project& project, const RunReport& report,
                const std::vector<TableOutcome>& outcomes, RunRecord& record);

// How far this process is: for what must still be said when nothing else can be done.
enum class Publishing : uint8_t { kNotYet, kUnknown, kDone };
Publishing PublishingState();

// Commits all tables and the run's record, or nothing. When SQLite cannot say whether a commit went
// through, a fresh connection is asked; a run that is not there is recorded as failed, so that no
// part of it that reached the disk comes to life later. Throws kConflict when another program
// changed one of the tables meanwhile; kUnavailable when nothing was published;
// kCommitStateUnknown when nobody can tell.
void PublishRun(SqlCatalog& catalog, const std::vector<TableCommit>& commits,
                const RunRecord& record);

}  // namespace stedi
