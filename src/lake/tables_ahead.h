// Reads the manifests of tables ahead, while the run is still busy with earlier steps.
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
  // `side_work` does the reading. It must outlive this object.
  explicit TablesAhead(SideWork& side_work) : side_work_(side_work) {}
  TablesAhead(const TablesAhead&) = delete;
  TablesAhead& operator=(const TablesAhead&) = delete;

  // Opens the table and begins to read its manifests. Does nothing for a table that the catalog
  // does not name or that cannot be opened: Open() reports that when the table is needed.
  void BeginReading(const LakeSession& session, const std::string& name);

  // Returns the table with its files loaded if BeginReading() was called for it, after waiting for
  // the reading. On a second call, and if the reading failed, opens the table again, without its
  // files. Throws as OpenTable does.
  LakeTable Open(const LakeSession& session, const std::string& name);

 private:
  SideWork& side_work_;
  std::map<std::string, std::future<LakeTable>> tables_;  // by name; each is taken once
};

}  // namespace stedi
