// What the steps of one run share: the lake that they read, and what a run needs to write to it.
// A command that only reads has a LakeSession and cannot call what takes a RunSession.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "database/side_work.h"
#include "lake/lake_session.h"
#include "lake/staged_files.h"
#include "lake/tables_ahead.h"

namespace stedi {

struct RunSession : LakeSession {
  std::string run_id;         // the name of each file that the session writes begins with it
  uint64_t memory_bytes = 0;  // what the run may take
  SideWork& side_work;        // does what the run's next step need not wait for
  TablesAhead& tables_ahead;
  StagedFiles& staged_files;           // what the catalog is about to name
  std::set<std::string>& sound_files;  // paths of the data files whose checksums were compared
};

}  // namespace stedi
