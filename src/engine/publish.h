// The end of a run: the quarantine table, and the one transaction that makes all tables visible.
#pragma once

#include <vector>

#include "catalog/sql_catalog.h"
#include "engine/quarantine.h"
#include "engine/table_build.h"

namespace stedi {

// Stages the quarantine table: what this run kept out joins it; what `outcomes` made outdated
// leaves it.
TableOutcome BuildQuarantine(const LakeSession& session, const std::vector<TableOutcome>& outcomes,
                             QuarantineNews& news);

// Commits all tables and the run's record, or nothing. Throws kConflict when another program
// changed one of the tables meanwhile; kCommitStateUnknown when the outcome cannot be found out.
void PublishRun(SqlCatalog& catalog, const std::vector<TableCommit>& commits,
                const RunRecord& record);

}  // namespace stedi
