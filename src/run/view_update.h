// Updates a view incrementally: the cost depends on how much changed in its inputs, not on their
// size.
//
// A run builds a view from all rows of its inputs only if it must. Otherwise it updates the view
// from what changed in them since the view was last built, in four steps.
//
// 1. Can it be updated? MayStartFrom answers that without reading data. The catalog keeps the
// fingerprint of the view's last step, which contains the snapshot that each input had then. The
// table must still be what that step left, its definition must be the same, and its SELECT must be
// row-wise (select/select_shape.h): each row of the view comes from one row of each table that it
// joins.
//
// 2. What changed? lake/table_delta compares two snapshots of an input by their data files. If no
// file was removed, the rows of the added files are the fresh rows. Otherwise rows are gone, too.
// If the input's own step in this run started from exactly that snapshot, TableOutcome::delta says
// which. If not, and if there are not too many, the rows of the removed files are compared with
// those of the added ones. In all other cases, and if the input was rebuilt on demand in this run,
// the change is not known, and the view is rebuilt.
//
// 3. What follows from that? The number of times that a row is in the view can only have changed if
// one of the input rows that it comes from is fresh or gone. So select/delta_query runs the view's
// SELECT once for each changed input with only the fresh rows in place of that input, and once with
// only the rows that are gone, joined with the other inputs as they were before. (In a UNION ALL,
// only the branch that reads the input gives rows.) The results are the candidates. What they mean
// depends on the SELECT and on the change:
//
//   kAppend         No row is gone, there is no DISTINCT, and no EXISTS or IN reads a changed
//                   input. The candidates are the new rows. The SELECT for the first changed input
//                   reads the others as they were before; the one for the second reads the first
//                   as it is now, and so on. So a row that comes from two fresh rows is counted
//                   once.
//   kAppendMissing  No row is gone, but there is a DISTINCT; or the only changed input is read by
//                   an EXISTS or IN whose result is decided by the view's own columns. The
//                   candidates that the table does not have yet are the new rows.
//   kReplace        All other cases. A candidate says only that a row with these values may occur
//                   a different number of times than before. The old number is read from the
//                   table. The new one is computed from the inputs; only those of their rows are
//                   joined that agree with a candidate in the columns that the view takes from
//                   them. Rows for which both numbers are equal are left alone. Of all others,
//                   every copy is removed from the table, and as many as there must be are added.
//
// 4. What is written? New rows are written to new data files; the files that hold removed rows are
// rewritten without them (run/copy_on_write.h). The table's checksum is a sum over its rows, so the
// written rows are added to it and the removed ones subtracted. The fresh and gone rows of the view
// become its own TableOutcome::delta, from which the updates of the views that read it start.
//
// If a large part of an input changed, the view is not updated unless the update only appends:
// reading all inputs once is faster then.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lake/run_session.h"
#include "lake/snapshot_update.h"
#include "pipeline/project.h"
#include "rows/row_tally.h"
#include "run/table_outcome.h"
#include "select/select_shape.h"

namespace stedi {

// What a view is brought up to date from.
struct UpdateStart {
  std::map<std::string, TableState> inputs;  // as they were when the view was last built
  SelectShape shape;
  TableChecksum checksum;  // of the rows it has
};

// Whether a view follows what changed in its inputs.
struct UpdateDecision {
  std::optional<UpdateStart> start;
  // Why not, for people: it never was built, another program wrote it, its definition is another
  // one, its SELECT is not row-wise ("window function at transformations/a.sql:41:3").
  std::string reason;
};
// `fingerprint` and `schema` are those that a build would give the table now. Reads no data.
// REQUIRES: LoadFiles(table).
UpdateDecision MayStartFrom(const LakeSession& session, const View& view, const Project& project,
                            const LakeTable& table, const Schema& schema,
                            const std::string& fingerprint);

// Whether so many of an input's rows changed that building the view from all of them is quicker:
// more than 100,000 and more than a third of those it has now.
bool IsTooMuch(int64_t changed_rows, int64_t now_rows);
// At most this many rows of removed and added files are compared with each other.
inline constexpr int64_t kComparedRowsMax = 2'000'000;

// The result of an update.
struct UpdatedRows {
  TableChecksum checksum;  // of all of them
  RowDelta delta;
};

// Brings the table of `update` up to date: writes the new rows into data files, and rewrites the
// files that hold removed rows; `update` adds and removes the files. If nothing has changed, it
// changes no file. Returns nothing, and writes nothing, if the table should be built from all rows
// of its inputs instead. REQUIRES: inputs and table have their files loaded (LoadFiles) and are
// readable by their names.
std::optional<UpdatedRows> UpdateRows(const RunSession& session, const View& view,
                                      const std::vector<const TableOutcome*>& inputs,
                                      const UpdateStart& start, SnapshotUpdate& update);

}  // namespace stedi
