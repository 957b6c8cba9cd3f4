// Brings a view up to date from what changed in its inputs, so that the cost follows the news.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rows/row_tally.h"
#include "run/table_build.h"
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

// More changed rows of an input than this, or than a third of it: to build all anew is quicker.
bool IsTooMuch(int64_t changed_rows, int64_t now_rows);
// Rows of replaced files that are compared with each other to find those that are gone.
inline constexpr int64_t kComparedRowsMax = 2'000'000;

struct UpdatedRows {
  SnapshotChange change;  // added and removed alone; both empty: nothing to do
  TableChecksum checksum;
  RowDelta delta;
};

// Writes what is new into data files of `table` and the files that hold rows which are no more anew
// without them. Inputs and `table`: LoadFiles and ShowTable first. Nothing, and nothing written,
// where building it from all of its inputs is the better way.
std::optional<UpdatedRows> UpdateRows(const LakeSession& session, const View& view,
                                      const std::vector<const TableOutcome*>& inputs,
                                      const UpdateStart& start, const LakeTable& table);

}  // namespace stedi
