// What changed in a table between two of its snapshots: which data files were added and removed.
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
  std::vector<DataFile> removed;  // an added file may contain most of their rows

  bool empty() const { return added.empty() && removed.empty(); }
};

// The state of a table when another one was built from it.
struct TableState {
  std::string table;
  std::string uuid;
  int64_t snapshot_id = 0;  // 0: it had no snapshot
  bool operator==(const TableState&) const = default;
};
TableState StateOf(const LakeTable& table);
std::string ToString(const TableState& state);
// Parses what ToString returned; nothing for any other text.
std::optional<TableState> ParseTableState(const std::string& text);

// Returns the changes from `before` to the current snapshot. Returns nothing when they cannot be
// known: another table of the same name, an expired snapshot, another schema, or delete files.
// REQUIRES: LoadFiles(table). Reads manifests only if not all snapshots since `before` are appends.
std::optional<TableDelta> DeltaSince(Connection& connection, const LakeTable& table,
                                     const TableState& before);

}  // namespace stedi
