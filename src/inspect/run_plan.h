// Tells what a run would do, without doing it: writes nothing, takes no lock, and reads no data
// except landing files of equal size, for their hashes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/table_definition.h"
#include "run/run_options.h"

namespace stedi {

enum class PlannedAction : uint8_t {
  kUnchanged,
  kLoad,     // of a feed: its new landing files
  kUpdate,   // of a view: what changed in its inputs
  kRebuild,  // of a view: its SELECT over all of its inputs; of a feed: all of its files
};
std::string ToString(PlannedAction action);  // "unchanged", "load" ..

struct TablePlan {
  std::string table;
  TableKind kind = TableKind::kView;
  PlannedAction action = PlannedAction::kUnchanged;
  std::string reason;  // for the user; empty for kUnchanged
  // What the action depends on: tables that the run works on and that may turn out unchanged. If
  // all of them do, this table is not touched. Empty: the action is certain.
  std::vector<std::string> if_changed;
  // At most. Nothing if that is not known, as when the table reads one that does not exist yet.
  std::optional<uint64_t> read_bytes;
  std::optional<uint64_t> write_bytes;  // approximate
};

struct RunPlan {
  uint64_t files = 0;  // landing files to load; the next member is their size as stored
  uint64_t bytes = 0;
  uint64_t redelivered = 0;
  std::vector<TablePlan> tables;  // feeds first, then views in graph order
  std::vector<std::string> notes;
};

// Throws what Run() throws before it begins.
RunPlan PlanRun(const RunOptions& options);

}  // namespace stedi
