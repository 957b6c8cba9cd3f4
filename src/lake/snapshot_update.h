// Makes one snapshot of one table, from the files that it adds and removes to the staged metadata
// file.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "iceberg/property_names.h"
#include "lake/lake_table.h"
#include "lake/run_session.h"

namespace stedi {

// What a snapshot consists of. At most one of its manifests is new; the others are its parent's.
struct SnapshotPlan {
  // The entries of the new manifest: the added files, the deleted files, and the existing files
  // whose manifest it replaces. Empty: no manifest is written.
  std::vector<ManifestEntry> entries;
  std::vector<ManifestFile> kept_manifests;    // of the parent; they stay as they are
  std::map<std::string, std::string> summary;  // with "operation" and the totals
  std::vector<LiveFile> files;                 // of the table after the snapshot
};

// Collects the data files that one snapshot adds to a table and removes from it, then stages that
// snapshot: manifests, manifest list and metadata.json are written, and nobody sees them until the
// catalog names the metadata file. Its operation is "append" if it removes no file, else
// "overwrite".
//
// A table is staged at most once per run. A SnapshotUpdate that is destroyed before Stage() has no
// effect; the caller must remove the data files that were added to it.
class SnapshotUpdate {
 public:
  // The snapshot has `schema` and gives the table `properties`; its summary names `run_id`. `table`
  // must outlive this object. REQUIRES: LoadFiles(table), if the table exists.
  SnapshotUpdate(LakeTable& table, Schema schema, std::map<std::string, std::string> properties,
                 const std::string& run_id);
  SnapshotUpdate(const SnapshotUpdate&) = delete;
  SnapshotUpdate& operator=(const SnapshotUpdate&) = delete;

  const LakeTable& table() const { return table_; }
  const Schema& schema() const { return schema_; }

  // Adds data files of this table that no snapshot names yet.
  void Add(std::vector<DataFile> files);
  // Removes the live files with these paths. Removing a file twice is the same as once.
  void Remove(std::set<std::string> paths);
  void RemoveAll();
  // Sets one of stedi's own keys (iceberg/property_names.h). The totals are computed by Plan().
  void SetSummary(const std::string& key, std::string value);

  const std::set<std::string>& removed() const { return removed_; }
  bool ChangesFiles() const { return !added_.empty() || !removed_.empty(); }
  // Whether the table already has the snapshot's fields and properties. REQUIRES: it exists.
  bool KeepsDefinition() const;

  // Returns what the snapshot will consist of if its id is `snapshot_id`. Writes nothing.
  SnapshotPlan Plan(int64_t snapshot_id) const;

  // Makes the snapshot the table's current one. When it returns, the table's metadata, files and
  // staged_location are the new ones, but session.side_work may still be writing the manifests and
  // the metadata file. It also makes the table's folder if needed. Throws kInternal when the table
  // is staged already, or when it has delete files of another program and keeps some of its data
  // files: the snapshot has no delete files, so the deleted rows would come back. Call it once.
  void Stage(const RunSession& session);

 private:
  bool IsRemoved(const LiveFile& live) const { return removed_.contains(live.entry.file.path); }
  std::set<size_t> ManifestsToReplace() const;

  LakeTable& table_;
  Schema schema_;
  std::map<std::string, std::string> properties_;
  std::vector<DataFile> added_;
  std::set<std::string> removed_;               // paths
  std::map<std::string, std::string> summary_;  // without the totals
};

}  // namespace stedi
