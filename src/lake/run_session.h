// What the steps of one run share: the lake that they read, and what a run needs to write to it.
// A command that only reads has a LakeSession, so it cannot call functions that take a RunSession.
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
  std::string run_id;         // part of the name of each file that the session writes
  uint64_t memory_bytes = 0;  // the run's memory limit
  SideWork& side_work;        // does work that the run's next step need not wait for
  TablesAhead& tables_ahead;
  StagedFiles& staged_files;           // written files that the catalog does not name yet
  std::set<std::string>& sound_files;  // paths of the data files whose checksums were compared
};

}  // namespace stedi
