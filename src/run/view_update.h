// Brings a view up to date from what changed in its inputs, so that the cost follows the news.
//
// A run builds a view from all rows of its inputs only when it must. Otherwise the view follows
// what changed in them since it was last built, in four steps.
//
// 1. May it? MayStartFrom answers without reading data. The catalog keeps the fingerprint of the
// view's last step, which names the snapshot that each input had then. The table must still be what
// that step left, its definition must be the same, and its SELECT must be row-wise
// (select/select_shape.h): each row of the view comes from one row of each table that it joins.
//
// 2. What changed? lake/table_delta compares two snapshots of an input by their data files. If none
// was removed, the rows of the added files are the fresh rows. Else rows are gone, too: this run
// knows which (TableOutcome::delta) if its own step has changed the input from just that snapshot;
// if not, and if they are not too many, the rows of the removed files are compared with those of
// the added ones. Otherwise, and where the input was rebuilt on demand in this run, nobody can
// tell, and the view is built anew.
//
// 3. What follows? A row of the view can only have become more or fewer if one of the input rows
// that it comes from is fresh or gone. So select/delta_query runs the view's SELECT once for each
// changed input, with the fresh rows alone in place of that input, and once with the rows that are
// gone alone, beside the other inputs as they were before. (Of a UNION ALL, only the branch that
// reads the input gives rows.) The results are the candidates. What they mean depends on the SELECT
// and on the change:
//
//   kAppend         no row is gone, no DISTINCT, no EXISTS or IN over a changed input. The
//                   candidates are the new rows. The SELECT for the first changed input reads the
//                   others as they were before, that for the second reads the first as it is now,
//                   and so on: a row that comes from two fresh rows is counted once.
//   kAppendMissing  no row is gone, but there is a DISTINCT; or the only changed input is one that
//                   an EXISTS or IN looks at, whose answer the view's own columns decide. The
//                   candidates that the table does not have are the new rows.
//   kReplace        all other cases. A candidate says only that this value may be there another
//                   number of times than before. How often it is there is read from the table, how
//                   often it must be is computed from the inputs, of which only rows are joined
//                   that agree with a candidate in the columns that the view shows of them. Values
//                   for which both numbers are equal are left alone; of the others, all rows leave
//                   the table and come back as often as they must be there.
//
// 4. What is written? New rows go into data files of their own; the files that hold rows which
// leave are written anew without them (run/copy_on_write.h). The table's checksum is a sum over its
// rows, so it follows by adding and subtracting those that were written and that left. Fresh and
// gone rows of the view become its own TableOutcome::delta, from which the views behind it start.
//
// An update that would touch a large part of an input is not made, unless it only appends: reading
// all of the inputs once is quicker then.
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
// `fingerprint` is what the view would be built with now, `schema` what its table would have.
// LoadFiles first. Reads no data.
UpdateDecision MayStartFrom(const LakeSession& session, const View& view, const Project& project,
                            const LakeTable& table, const Schema& schema,
                            const std::string& fingerprint);

// Whether so many of an input's rows changed that building the view from all of them is quicker:
// more than 100,000 and more than a third of those it has now.
bool IsTooMuch(int64_t changed_rows, int64_t now_rows);
// So many rows of removed and added files are compared with each other at most.
inline constexpr int64_t kComparedRowsMax = 2'000'000;

// What became of a table's rows.
struct UpdatedRows {
  TableChecksum checksum;  // of all of them
  RowDelta delta;
};

// Brings the table of `update` up to date: writes the rows that are new into data files, and the
// files that hold rows which are gone anew without those; `update` adds and removes the files. It
// changes no file where nothing has changed. Inputs and table have their files loaded (LoadFiles)
// and are readable by their names. Nothing, and nothing written, where building the table from all
// of its inputs is the better way.
std::optional<UpdatedRows> UpdateRows(const RunSession& session, const View& view,
                                      const std::vector<const TableOutcome*>& inputs,
                                      const UpdateStart& start, SnapshotUpdate& update);

}  // namespace stedi
