// Brings a view up to date from what changed in its inputs, so that the cost follows the news.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/row_tally.h"
#include "engine/select_shape.h"
#include "engine/table_build.h"

namespace stedi {

// What a view is brought up to date from.
struct UpdateStart {
  std::map<std::string, TableState> inputs;  // as they were when the view was last built
  SelectShape shape;
  TableChecksum checksum;  // of the rows it has
};

// Nothing where the view is built from all of its inputs, whatever changed in them: it never was
// built, another program wrote it, its definition is another one, its SELECT is not row-wise.
// `fingerprint` is what it would be built with now. Reads no data.
std::optional<UpdateStart> MayStartFrom(const LakeSession& session, const View& view,
                                        const Project& project, const LakeTable& table,
                                        const std::string& fingerprint);

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
