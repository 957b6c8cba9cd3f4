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
  std::string problem;  // why some files could not be removed; empty: all were
};

// REQUIRES: the lake's lock is held and MarkInterruptedRuns was called, so that no run is at work.
// Removes the files of runs that, by the catalog, ended without being published, except runs whose
// files a table names all the same. Looks at no file when no run has failed since the last call.
// Removes nothing on S3.
RemovedFiles RemoveFilesOfFailedRuns(const std::filesystem::path& lake, SqlCatalog& catalog);

// A withdrawal (run/withdrawal.h) writes its files under an id of its own, which is not that of a
// run. The id is recorded before the first file is written, and cleared when they are published.
void NoteWithdrawalStaged(SqlCatalog& catalog, const std::string& id);
void NoteWithdrawalPublished(SqlCatalog& catalog);

// Returns a line for the user about the outcome; "" when there is nothing to say.
std::string NoteOf(const RemovedFiles& removed);

}  // namespace stedi
