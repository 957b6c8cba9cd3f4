// Tables whose manifests are read while the run is still busy with the steps before theirs.
#pragma once

#include <future>
#include <map>
#include <string>

#include "database/side_work.h"
#include "lake/lake_session.h"
#include "lake/lake_table.h"

namespace stedi {

class TablesAhead {
 public:
  // `side_work` does the reading. Both outlive its tasks.
  explicit TablesAhead(SideWork& side_work) : side_work_(side_work) {}
  TablesAhead(const TablesAhead&) = delete;
  TablesAhead& operator=(const TablesAhead&) = delete;

  // Opens the table and begins to read its manifests. Does nothing for a table that the catalog
  // does not name, or that cannot be opened: Open() tells that when it is the table's turn.
  void BeginReading(const LakeSession& session, const std::string& name);

  // The table with its files loaded, if BeginReading() was called for it; waits for the reading.
  // The second time, and where the reading failed, it is opened anew. Throws as OpenTable does.
  LakeTable Open(const LakeSession& session, const std::string& name);

 private:
  SideWork& side_work_;
  std::map<std::string, std::future<LakeTable>> tables_;  // by name; each is taken once
};

}  // namespace stedi
