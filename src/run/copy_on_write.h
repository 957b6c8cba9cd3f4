// Removes rows from a table, and compacts small data files, by copy-on-write: the files concerned
// are rewritten without those rows, and the new files replace them in the next snapshot. stedi
// writes no delete files.
#pragma once

#include <set>
#include <string>

#include "lake/lake_table.h"
#include "lake/run_session.h"
#include "lake/snapshot_update.h"

namespace stedi {

// For all functions below: `with` is SQL that follows `FROM <the table's rows> AS l`: a WHERE, or a
// join that filters rows. REQUIRES: LoadFiles was called for `table` and for the table of `update`.

// Returns the paths of the live files that have rows which pass `with`. Runs one statement.
std::set<std::string> FilesWith(const LakeSession& session, const LakeTable& table,
                                const std::string& with);

// Returns the small files worth compacting: the live files not in `removed` that are small, if
// there are many of them; else none.
std::set<std::string> SmallFiles(const LakeTable& table, const std::set<std::string>& removed);

// Writes those rows of the files `paths` that pass `with` into new files; `update` adds these and
// removes the old ones. The columns `without_bounds` get no bounds. Throws kInvalid when one of the
// files is damaged: the new files would have valid checksums, and the damage could no longer be
// found.
void RewriteFiles(const RunSession& session, const std::set<std::string>& paths,
                  const std::string& with, const std::set<std::string>& without_bounds,
                  SnapshotUpdate& update);

// A condition for RemoveRows that no row meets.
inline constexpr const char* kNoRow = "false";

// Removes the rows that meet `condition` (SQL over the table's columns) from the table. A table
// with delete files of another program is rewritten as a whole, whatever the condition: its next
// snapshot has no delete files, so its data files must not contain the rows that these delete.
void RemoveRows(const RunSession& session, const std::string& condition,
                const std::set<std::string>& without_bounds, SnapshotUpdate& update);

}  // namespace stedi
