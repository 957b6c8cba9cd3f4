// What changed in a table between two of its snapshots, as data files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lake/lake_table.h"

namespace stedi {

struct TableDelta {
  std::vector<DataFile> kept;
  std::vector<DataFile> added;
  std::vector<DataFile> removed;  // an added file may hold most of their rows again

  bool empty() const { return added.empty() && removed.empty(); }
};

// A table as it stood when another was built from it.
struct TableState {
  std::string table;
  std::string uuid;
  int64_t snapshot_id = 0;  // 0: it was empty
  bool operator==(const TableState&) const = default;
};
TableState StateOf(const LakeTable& table);
std::string ToString(const TableState& state);
// Of what ToString gave; nothing of anything else.
std::optional<TableState> ParseTableState(const std::string& text);

// From `before` to the current snapshot. Nothing where that cannot be told: another table of the
// same name, an expired snapshot, another schema, delete files. LoadFiles first. Reads manifests
// only where files were removed since.
std::optional<TableDelta> DeltaSince(Connection& connection, const LakeTable& table,
                                     const TableState& before);

}  // namespace stedi
