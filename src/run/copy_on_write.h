// Rows leave a table, and small data files become one, by copy-on-write: the files concerned are
// written anew without those rows, and the new files take their place in the next snapshot. stedi
// writes no delete files.
#pragma once

#include <set>
#include <string>

#include "lake/lake_table.h"
#include "lake/run_session.h"
#include "lake/snapshot_update.h"

namespace stedi {

// In all of these, `table` and the table of `update` have their files loaded (LoadFiles), and
// `with` is SQL behind `FROM <the table's rows> AS l`: a WHERE, or a join that lets rows pass.

// Paths of the live files that hold rows which `with` lets pass. Runs one statement.
std::set<std::string> FilesWith(const LakeSession& session, const LakeTable& table,
                                const std::string& with);

// Small files worth compacting: those of the live files not in `removed` that are small, if there
// are many of them; else none.
std::set<std::string> SmallFiles(const LakeTable& table, const std::set<std::string>& removed);

// Writes the rows of the files `paths` that `with` lets pass into new files, which `update` adds;
// the old files it removes. `without_bounds`: columns that get no bounds. Throws kInvalid when one
// of the files is damaged: what is written anew carries fresh checksums, and nobody would find the
// damage any more.
void RewriteFiles(const RunSession& session, const std::set<std::string>& paths,
                  const std::string& with, const std::set<std::string>& without_bounds,
                  SnapshotUpdate& update);

// Condition of RemoveRows that no row meets.
inline constexpr const char* kNoRow = "false";

// Takes the rows that meet `condition` (SQL over the table's columns) out of its data files. A
// table with delete files of another program is written anew as a whole, whatever the condition:
// its next snapshot has no delete files, so the rows they delete must not be in its data files.
void RemoveRows(const RunSession& session, const std::string& condition,
                const std::set<std::string>& without_bounds, SnapshotUpdate& update);

}  // namespace stedi
