// One snapshot operation on one table, from what joins and what leaves to the staged metadata file.
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

// What a snapshot consists of. It writes one manifest; the others are those of its parent.
struct SnapshotPlan {
  // Of the manifest that is written: the files that join, those that leave, and those that stay
  // though their manifest is one of those that it replaces. Empty: no manifest is written.
  std::vector<ManifestEntry> entries;
  std::vector<ManifestFile> kept_manifests;    // the parent's that stay as they are
  std::map<std::string, std::string> summary;  // with "operation" and the totals
  std::vector<LiveFile> files;                 // of the table after the snapshot
};

// Collects the data files that one snapshot adds to a table and removes from it, then stages that
// snapshot: manifests, manifest list and metadata.json are written, and nobody sees them until the
// catalog names the metadata file. It is an "append" while no file leaves, else an "overwrite".
//
// A table is staged at most once in a run. One that is dropped before Stage() has done nothing; the
// data files it was given are the caller's to remove.
class SnapshotUpdate {
 public:
  // The snapshot has `schema` and leaves the table with `properties`; its summary names `run_id`.
  // `table` outlives this. REQUIRES: LoadFiles(table), if the table exists.
  SnapshotUpdate(LakeTable& table, Schema schema, std::map<std::string, std::string> properties,
                 const std::string& run_id);
  SnapshotUpdate(const SnapshotUpdate&) = delete;
  SnapshotUpdate& operator=(const SnapshotUpdate&) = delete;

  const LakeTable& table() const { return table_; }
  const Schema& schema() const { return schema_; }

  // Data files of this table that no snapshot names yet.
  void Add(std::vector<DataFile> files);
  // Paths of live files; those that are removed already are removed once.
  void Remove(std::set<std::string> paths);
  void RemoveAll();
  // One of stedi's own keys (lake/summary_keys.h): the totals are computed.
  void SetSummary(const std::string& key, std::string value);

  const std::set<std::string>& removed() const { return removed_; }
  bool ChangesFiles() const { return !added_.empty() || !removed_.empty(); }
  // Whether the table has the same fields and properties already. REQUIRES: it exists.
  bool KeepsDefinition() const;

  // What the snapshot will be, as the snapshot `snapshot_id`. Writes nothing.
  SnapshotPlan Plan(int64_t snapshot_id) const;

  // Makes the snapshot that of the table: its metadata, its files and its staged_location are the
  // new ones from now on, while session.side_work still writes the files that say so. The folder is
  // made if needed. Throws kInternal for a table that is staged already, or that has delete files
  // of another program and keeps some of its data files: the snapshot has no delete files, so the
  // deleted rows would come back. Once.
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
