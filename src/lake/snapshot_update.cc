#include "lake/snapshot_update.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/clock.h"
#include "iceberg/identifiers.h"
#include "iceberg/property_names.h"
#include "lake/manifest_crcs.h"
#include "lake/manifest_io.h"
#include "parquet/crc32.h"

namespace stedi {
namespace {

// A table of at most this many data files has one manifest, which each snapshot rewrites: that is
// faster to read than one manifest per run.
constexpr size_t kOneManifestFilesMax = 200;
// This many manifests are merged into one, as with Iceberg's commit.manifest.min-count-to-merge.
constexpr size_t kManifestsMax = 100;

struct FileTotals {
  int64_t files = 0, rows = 0, bytes = 0;

  void Add(const DataFile& file) {
    ++files;
    rows += file.record_count;
    bytes += file.file_size_bytes;
  }
};

// What a new snapshot does to the files of a table, summed for its summary.
struct Totals {
  FileTotals added;
  FileTotals removed;
  FileTotals after;
};

void AddTotals(const Totals& totals, std::map<std::string, std::string>& summary) {
  const auto put = [&](const char* key, int64_t value) { summary[key] = fmt::format("{}", value); };
  summary["operation"] = totals.removed.files > 0 ? "overwrite" : "append";
  summary["engine-name"] = "stedi";
  put("added-data-files", totals.added.files);
  put("added-records", totals.added.rows);
  put("added-files-size", totals.added.bytes);
  if (totals.removed.files > 0) {
    put("deleted-data-files", totals.removed.files);
    put("deleted-records", totals.removed.rows);
    put("removed-files-size", totals.removed.bytes);
  }
  put("total-data-files", totals.after.files);
  put(kTotalRecords, totals.after.rows);
  put("total-files-size", totals.after.bytes);
  put("total-delete-files", 0);
  put("total-position-deletes", 0);
  put("total-equality-deletes", 0);
}

// Everything that is to be written for a new snapshot.
struct StagedSnapshot {
  std::string run_id;  // in the names of all files
  std::filesystem::path folder;
  ManifestContext context;
  std::vector<ManifestEntry> entries;
  std::vector<ManifestFile> kept_manifests;
  TableMetadata metadata;  // with the snapshot
  std::string metadata_path;
};

// Returns the checksum of a file that was just written. Returns "" on S3, where the file would have
// to be fetched for it.
std::string CrcOfWritten(const FileStore& store, const std::string& path) {
  return IsRemote(path) ? "" : CrcOfFile(store, path);
}

void Write(Connection& connection, const FileStore& store, StagedSnapshot& staged,
           StagedFiles& files) {
  store.MakeFolder(staged.folder);
  std::vector<ManifestFile> manifests;
  if (!staged.entries.empty()) {
    manifests.push_back(WriteManifest(connection, store,
                                      staged.folder / (staged.run_id + "-m0.avro"), staged.context,
                                      staged.entries));
    manifests.back().crc = CrcOfWritten(store, manifests.back().path);
  }
  manifests.insert(manifests.end(), staged.kept_manifests.begin(), staged.kept_manifests.end());
  const std::string& list = staged.metadata.CurrentSnapshot()->manifest_list;
  const uint64_t list_bytes = WriteManifestList(connection, store, list, staged.context, manifests);
  const std::string list_crc = CrcOfWritten(store, list);
  if (!list_crc.empty()) {
    staged.metadata.snapshots.back().summary[kManifestCrcs] = ManifestCrcsText(list_crc, manifests);
  }
  const std::string metadata = ToJson(staged.metadata);
  store.WriteNew(staged.metadata_path, metadata);
  for (const ManifestFile& manifest : manifests) files.Add(manifest.path, manifest.length_bytes);
  files.Add(list, static_cast<int64_t>(list_bytes));
  files.Add(staged.metadata_path, std::ssize(metadata), CrcText(CrcOf(metadata)));
  store.ConfirmFolderDurable(staged.folder);
}

}  // namespace

SnapshotUpdate::SnapshotUpdate(LakeTable& table, Schema schema,
                               std::map<std::string, std::string> properties,
                               const std::string& run_id)
    : table_(table), schema_(std::move(schema)), properties_(std::move(properties)) {
  summary_[kRunIdKey] = run_id;
}

void SnapshotUpdate::Add(std::vector<DataFile> files) {
  std::ranges::move(files, std::back_inserter(added_));
}

void SnapshotUpdate::Remove(std::set<std::string> paths) { removed_.merge(paths); }

void SnapshotUpdate::RemoveAll() {
  for (const LiveFile& live : table_.files) removed_.insert(live.entry.file.path);
}

void SnapshotUpdate::SetSummary(const std::string& key, std::string value) {
  summary_[key] = std::move(value);
}

bool SnapshotUpdate::KeepsDefinition() const {
  return table_.metadata.CurrentSchema().fields == schema_.fields &&
         table_.metadata.properties == properties_;
}

std::set<size_t> SnapshotUpdate::ManifestsToReplace() const {
  std::set<size_t> live_manifests;
  std::set<size_t> with_removed;
  for (const LiveFile& live : table_.files) {
    live_manifests.insert(live.manifest);
    if (IsRemoved(live)) with_removed.insert(live.manifest);
  }
  const bool become_one =
      table_.files.size() <= kOneManifestFilesMax || live_manifests.size() >= kManifestsMax;
  return become_one ? live_manifests : with_removed;
}

SnapshotPlan SnapshotUpdate::Plan(int64_t snapshot_id) const {
  const std::set<size_t> replaced = ManifestsToReplace();
  SnapshotPlan plan;
  Totals totals;
  std::set<size_t> kept;
  std::vector<LiveFile> kept_files;
  for (const LiveFile& live : table_.files) {
    const bool is_removed = IsRemoved(live);
    (is_removed ? totals.removed : totals.after).Add(live.entry.file);
    if (!replaced.contains(live.manifest)) {
      kept.insert(live.manifest);
      kept_files.push_back(live);
      continue;
    }
    ManifestEntry entry = live.entry;
    entry.status = is_removed ? EntryStatus::kDeleted : EntryStatus::kExisting;
    // The specification requires the id of the snapshot that deleted the file.
    if (is_removed) entry.snapshot_id = snapshot_id;
    if (!is_removed) plan.files.push_back({entry, 0});
    plan.entries.push_back(std::move(entry));
  }
  const int64_t sequence_number = table_.metadata.last_sequence_number + 1;
  for (const DataFile& file : added_) {
    totals.added.Add(file);
    totals.after.Add(file);
    plan.entries.push_back({EntryStatus::kAdded, snapshot_id, 0, 0, file});
    plan.files.push_back(
        {{EntryStatus::kAdded, snapshot_id, sequence_number, sequence_number, file}, 0});
  }
  std::ranges::move(kept_files, std::back_inserter(plan.files));
  for (const size_t manifest : kept) plan.kept_manifests.push_back(table_.manifests[manifest]);
  plan.summary = summary_;
  AddTotals(totals, plan.summary);
  return plan;
}

void SnapshotUpdate::Stage(const RunSession& session) {
  if (table_.has_deletes && removed_.size() < table_.files.size()) {
    throw Error(ErrorCode::kInternal,
                fmt::format("table {}: a snapshot without its delete files would bring rows back",
                            table_.id.name));
  }
  if (!table_.staged_location.empty()) {
    throw Error(ErrorCode::kInternal, fmt::format("table {}: staged twice", table_.id.name));
  }
  const int64_t now_ms = NowMs();
  TableMetadata& metadata = table_.metadata;
  if (!table_.exists()) {
    metadata = NewTableMetadata(TableFolder(session.lake, table_.id).string(), schema_.fields,
                                properties_, now_ms);
  }
  metadata.properties = properties_;
  StagedSnapshot staged;
  staged.run_id = session.run_id;
  staged.folder = LocalPath(metadata.location) + "/metadata";

  Snapshot snapshot;
  snapshot.snapshot_id = NewSnapshotId();
  snapshot.sequence_number = metadata.last_sequence_number + 1;
  snapshot.timestamp_ms = std::max(now_ms, metadata.last_updated_ms);
  snapshot.schema_id = schema_.schema_id;
  if (const Snapshot* current = metadata.CurrentSnapshot()) {
    snapshot.parent_snapshot_id = current->snapshot_id;
  }
  snapshot.manifest_list =
      staged.folder / fmt::format("snap-{}-1-{}.avro", snapshot.snapshot_id, session.run_id);
  staged.context = {schema_, snapshot.snapshot_id, snapshot.sequence_number};
  SnapshotPlan plan = Plan(snapshot.snapshot_id);
  snapshot.summary = std::move(plan.summary);
  staged.entries = std::move(plan.entries);
  staged.kept_manifests = std::move(plan.kept_manifests);
  table_.files = std::move(plan.files);
  table_.files_loaded = true;
  table_.has_deletes = false;
  table_.manifests.clear();

  AddSnapshot(metadata, schema_, std::move(snapshot), table_.committed_location);
  table_.staged_location = NextMetadataPath(metadata, table_.committed_location, session.run_id);
  staged.metadata = metadata;
  staged.metadata_path = LocalPath(table_.staged_location);
  session.database.LoadExtension(session.connection, "avro");
  const FileStore& store = session.storage.StoreOf(staged.folder);
  session.side_work.Submit([&store, &files = session.staged_files,
                            staged = std::move(staged)](Connection& connection) mutable {
    Write(connection, store, staged, files);
  });
}

}  // namespace stedi
