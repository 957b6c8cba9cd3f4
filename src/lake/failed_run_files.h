// Removes the files that failed or killed runs left in a lake: they hold rows about people, and no
// table names them. Each file that a run writes has the run's id in its name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "catalog/sql_catalog.h"

namespace stedi {

struct RemovedFiles {
  uint64_t files = 0;
  uint64_t bytes = 0;
  std::string problem;  // why some could not be removed; empty: all were
};

// REQUIRES: the lake's lock is held and MarkInterruptedRuns was called, so that no run is at work.
// Removes the files of runs that the catalog knows as not published, except runs that a table's
// metadata names. Looks at no file when no run has failed since the last time. On S3 nothing is
// removed.
RemovedFiles RemoveFilesOfFailedRuns(const std::filesystem::path& lake, SqlCatalog& catalog);

// The files of a withdrawal (run/withdrawal.h) have an id of their own, which is not that of a run.
// It is recorded before the first of them is written, and taken back when they are published.
void NoteWithdrawalStaged(SqlCatalog& catalog, const std::string& id);
void NoteWithdrawalPublished(SqlCatalog& catalog);

// "" when there is nothing to say.
std::string NoteOf(const RemovedFiles& removed);

}  // namespace stedi
