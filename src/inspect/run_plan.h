// What a run would do, without doing it: nothing is written, no lock is taken, no data are read but
// landing files of equal size, for their hashes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/table_definition.h"
#include "run/run_options.h"

namespace stedi {

enum class Way : uint8_t {
  kUnchanged,
  kLoad,     // of a feed: its new landing files
  kUpdate,   // of a view: what changed in its inputs
  kRebuild,  // of a view: its SELECT over all of its inputs; of a feed: all of its files
};
std::string ToString(Way way);  // "unchanged", "load" ..

struct TablePlan {
  std::string table;
  TableKind kind = TableKind::kView;
  Way way = Way::kUnchanged;
  std::string reason;  // for people; empty for kUnchanged
  // What the way depends on: tables that the run works on and that may come out as they were. If
  // all of them do, this one is not touched. Empty: it is sure.
  std::vector<std::string> if_changed;
  // At most; of a table that does not exist yet: unknown, and so what reads it.
  std::optional<uint64_t> read_bytes;
  std::optional<uint64_t> write_bytes;  // about
};

struct RunPlan {
  uint64_t files = 0;  // landing files that are news, and their stored bytes
  uint64_t bytes = 0;
  uint64_t redelivered = 0;
  std::vector<TablePlan> tables;  // feeds first, then views in graph order
  std::vector<std::string> notes;
};

// Throws what Run() throws before it begins.
RunPlan PlanRun(const RunOptions& options);

}  // namespace stedi
