#include "lake/lake_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <sstream>

#include "base/clock.h"
#include "database/column_types.h"
#include "files/decoder.h"
#include "iceberg/identifiers.h"
#include "iceberg/property_names.h"
#include "lake/lake_origin.h"
#include "lake/manifest_io.h"
#include "lake/staged_files.h"
#include "parquet/crc32.h"

namespace stedi {
namespace {

// A table of so few files has one manifest, written anew by each snapshot: quicker to read than one
// for each run. As Iceberg's commit.manifest.min-count-to-merge: so many manifests become one.
constexpr size_t kOneManifestFilesMax = 200;
constexpr size_t kManifestsMax = 100;

// What a new snapshot does to the files of a table, summed for its summary.
struct Totals {
  int64_t added_files = 0, added_rows = 0, added_bytes = 0;
  int64_t removed_files = 0, removed_rows = 0, removed_bytes = 0;
  int64_t files = 0, rows = 0, bytes = 0;
};

std::map<std::string, std::string> Summary(const Totals& totals,
                                           const std::map<std::string, std::string>& own) {
  std::map<std::string, std::string> summary = own;
  const auto put = [&](const char* key, int64_t value) { summary[key] = fmt::format("{}", value); };
  summary["operation"] = totals.removed_files > 0 ? "overwrite" : "append";
  summary["engine-name"] = "stedi";
  put("added-data-files", totals.added_files);
  put("added-records", totals.added_rows);
  put("added-files-size", totals.added_bytes);
  if (totals.removed_files > 0) {
    put("deleted-data-files", totals.removed_files);
    put("deleted-records", totals.removed_rows);
    put("removed-files-size", totals.removed_bytes);
  }
  put("total-data-files", totals.files);
  put("total-records", totals.rows);
  put("total-files-size", totals.bytes);
  put("total-delete-files", 0);
  put("total-position-deletes", 0);
  put("total-equality-deletes", 0);
  return summary;
}

// The entries of the one manifest that a snapshot writes: what it adds, what it removes, and what
// stood beside the removed in the same manifests.
struct NewManifest {
  std::vector<ManifestEntry> entries;
  std::vector<size_t> kept_manifests;  // old ones that stay as they are
  Totals totals;
};

NewManifest PlanManifest(const LakeTable& table, const SnapshotChange& change,
                         int64_t snapshot_id) {
  std::set<size_t> live_manifests;
  std::set<size_t> touched;
  for (const LiveFile& live : table.files) {
    live_manifests.insert(live.manifest);
    if (change.removed.contains(live.entry.file.path)) touched.insert(live.manifest);
  }
  if (table.files.size() <= kOneManifestFilesMax || live_manifests.size() >= kManifestsMax) {
    touched = live_manifests;
  }

  NewManifest plan;
  Totals& totals = plan.totals;
  for (const size_t manifest : live_manifests) {
    if (!touched.contains(manifest)) plan.kept_manifests.push_back(manifest);
  }
  for (const LiveFile& live : table.files) {
    const bool removed = change.removed.contains(live.entry.file.path);
    const DataFile& file = live.entry.file;
    totals.removed_files += removed ? 1 : 0;
    totals.removed_rows += removed ? file.record_count : 0;
    totals.removed_bytes += removed ? file.file_size_bytes : 0;
    totals.files += removed ? 0 : 1;
    totals.rows += removed ? 0 : file.record_count;
    totals.bytes += removed ? 0 : file.file_size_bytes;
    if (!touched.contains(live.manifest)) continue;
    ManifestEntry entry = live.entry;
    entry.status = removed ? EntryStatus::kDeleted : EntryStatus::kExisting;
    if (removed) entry.snapshot_id = snapshot_id;  // specification: of the snapshot that deleted it
    plan.entries.push_back(std::move(entry));
  }
  for (const DataFile& file : change.added) {
    plan.entries.push_back({EntryStatus::kAdded, snapshot_id, 0, 0, file});
    ++totals.added_files, totals.added_rows += file.record_count;
    totals.added_bytes += file.file_size_bytes;
  }
  totals.files += totals.added_files, totals.rows += totals.added_rows;
  totals.bytes += totals.added_bytes;
  return plan;
}

// The table's live files after the snapshot that `plan` describes.
std::vector<LiveFile> FilesAfter(const LakeTable& table, const NewManifest& plan,
                                 int64_t sequence_number) {
  std::vector<LiveFile> files;
  for (ManifestEntry entry : plan.entries) {
    if (entry.status == EntryStatus::kDeleted) continue;
    if (entry.status == EntryStatus::kAdded) {
      entry.sequence_number = entry.file_sequence_number = sequence_number;
    }
    files.push_back({std::move(entry), 0});
  }
  for (const LiveFile& live : table.files) {
    if (std::ranges::find(plan.kept_manifests, live.manifest) != plan.kept_manifests.end()) {
      files.push_back(live);
    }
  }
  return files;
}

// All that is to be written of a new snapshot.
struct StagedSnapshot {
  std::string run_id;  // in the names of all files
  std::filesystem::path folder;
  ManifestContext context;
  std::vector<ManifestEntry> entries;
  std::vector<ManifestFile> kept_manifests;
  TableMetadata metadata;  // with the snapshot
  std::string metadata_path;
};

// Of what was just written. What is on S3 is not fetched again for it.
std::string CrcOfWritten(const FileStore& store, const std::string& path) {
  return IsRemote(path) ? "" : CrcOfFile(store, path);
}

std::string JoinedCrcs(const std::string& list_crc, const std::vector<ManifestFile>& manifests) {
  std::string crcs = list_crc;
  for (const ManifestFile& manifest : manifests) {
    crcs += " " + (manifest.crc.empty() ? "-" : manifest.crc);
  }
  return crcs;
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
    staged.metadata.snapshots.back().summary[kManifestCrcs] = JoinedCrcs(list_crc, manifests);
  }
  const std::string metadata = ToJson(staged.metadata);
  store.WriteNew(staged.metadata_path, metadata);
  for (const ManifestFile& manifest : manifests) files.Add(manifest.path, manifest.length_bytes);
  files.Add(list, static_cast<int64_t>(list_bytes));
  files.Add(staged.metadata_path, std::ssize(metadata), CrcText(CrcOf(metadata)));
  store.SettleFolder(staged.folder);
}

}  // namespace

std::string ReadMetadataFile(const FileStore& store, const std::string& path) {
  const std::unique_ptr<const ReadableFile> file = store.Open(path);
  if (!path.ends_with(".gz.metadata.json")) return ReadToEnd(*file);
  StoredBytes stored(path, file->status().size_bytes, store);
  const std::unique_ptr<ByteSource> decoder = MakeDecoder(Compression::kGzip, stored);
  constexpr size_t kPieceBytes = 1 << 16;
  std::string text;
  for (bool is_end = false; !is_end;) {
    const size_t size = text.size();
    text.resize(size + kPieceBytes);
    const size_t got = decoder->Read({text.data() + size, kPieceBytes});
    text.resize(size + got);
    is_end = got < kPieceBytes;
  }
  return text;
}

std::filesystem::path TableFolder(const std::filesystem::path& lake, const TableIdentifier& id) {
  return lake / id.database / id.name;
}

namespace {

// The pointer may have been changed by hand, without what it points to.
void CheckPlaces(const LakeTable& table, const std::filesystem::path& lake) {
  std::vector<std::string> places = {table.metadata.location};
  if (const Snapshot* snapshot = table.metadata.CurrentSnapshot()) {
    places.push_back(snapshot->manifest_list);
  }
  for (const std::string& place : places) {
    if (IsInLake(place, lake)) continue;
    throw Error(ErrorCode::kInvalid,
                fmt::format("table {}: its metadata names {}, which is outside the lake at {}: "
                            "stedi relocate {}",
                            table.id.name, place, lake.string(), lake.string()));
  }
}

}  // namespace

LakeTable OpenTable(Storage& storage, const SqlCatalog& catalog, const TableIdentifier& id,
                    const std::filesystem::path& lake) {
  LakeTable table;
  table.id = id;
  const std::optional<std::string> location = catalog.FindTable(id);
  if (!location.has_value()) return table;
  table.committed_location = *location;
  const std::string path = LocalPath(*location);
  try {
    table.metadata = ParseTableMetadata(ReadMetadataFile(storage.Of(path), path));
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("table {}: {}: {}", id.name, path, error.what()));
  }
  CheckPlaces(table, lake);
  return table;
}

LakeTable OpenTable(const LakeSession& session, const std::string& name) {
  if (auto ahead = session.ahead->extract(name)) {
    try {
      return ahead.mapped().get();
    } catch (const std::exception&) {  // read again now, and told if it is so still
    }
  }
  return OpenTable(session.storage, session.catalog, {session.database_name, name}, session.lake);
}

void ReadAhead(const LakeSession& session, const std::string& name) {
  LakeTable table;
  try {
    table =
        OpenTable(session.storage, session.catalog, {session.database_name, name}, session.lake);
  } catch (const Error&) {  // told when it is the table's turn
    return;
  }
  if (!table.exists()) return;
  const auto read = std::make_shared<std::promise<LakeTable>>();
  session.ahead->emplace(name, read->get_future());
  session.side_work->Do(
      [&database = session.database, read, table](Connection& connection) mutable {
        try {
          LoadFiles(database, connection, table);
          read->set_value(std::move(table));
        } catch (const std::exception&) {
          read->set_exception(std::current_exception());
        }
      });
}

std::string CrcOfFile(const FileStore& store, const std::string& path) {
  return CrcText(CrcOf(ReadToEnd(*store.Open(path))));
}

std::string CrcOfList(const Snapshot& snapshot) {
  const auto found = snapshot.summary.find(kManifestCrcs);
  return found == snapshot.summary.end() ? "" : found->second.substr(0, found->second.find(' '));
}

std::vector<ManifestFile> ManifestsOf(Connection& connection, const Snapshot& snapshot) {
  std::vector<ManifestFile> manifests =
      ReadManifestList(connection, LocalPath(snapshot.manifest_list));
  const auto found = snapshot.summary.find(kManifestCrcs);
  if (found == snapshot.summary.end()) return manifests;
  std::istringstream words(found->second);
  std::string word;
  words >> word;  // of the list
  for (ManifestFile& manifest : manifests) {
    if (words >> word && word != "-") manifest.crc = word;
  }
  return manifests;
}

std::optional<int32_t> WrittenSchema(const TableMetadata& metadata, int64_t snapshot_id) {
  const auto found = std::ranges::find(metadata.snapshots, snapshot_id, &Snapshot::snapshot_id);
  if (found == metadata.snapshots.end()) return std::nullopt;
  return found->schema_id;
}

void LoadFiles(Database& database, Connection& connection, LakeTable& table) {
  if (table.files_loaded) return;
  table.files_loaded = true;
  const Snapshot* snapshot = table.metadata.CurrentSnapshot();
  if (snapshot == nullptr) return;
  database.LoadExtension(connection, "avro");
  table.manifests = ManifestsOf(connection, *snapshot);
  for (size_t i = 0; i < table.manifests.size(); ++i) {
    if (table.manifests[i].content != 0) {
      table.has_deletes = true;
      continue;
    }
    for (ManifestEntry& entry : ReadManifest(connection, table.manifests[i])) {
      if (entry.status == EntryStatus::kDeleted) continue;
      entry.file.schema_id = WrittenSchema(table.metadata, entry.snapshot_id);
      table.files.push_back({std::move(entry), i});
    }
  }
}

std::string SummaryText(const LakeTable& table, const std::string& key) {
  const Snapshot* snapshot = table.metadata.CurrentSnapshot();
  if (snapshot == nullptr) return "";
  const auto found = snapshot->summary.find(key);
  return found == snapshot->summary.end() ? "" : found->second;
}

int64_t SummaryNumber(const LakeTable& table, const std::string& key) {
  const std::string text = SummaryText(table, key);
  return text.empty() ? 0 : std::stoll(text);
}

std::string SelectFiles(const Schema& schema, const std::vector<DataFile>& files,
                        const std::string& file_column) {
  const bool as_written = std::ranges::all_of(
      files, [&](const DataFile& file) { return file.schema_id == schema.schema_id; });
  std::string columns = files.empty() ? NullList(schema.fields) : CastList(schema.fields);
  std::string by_id;
  for (const Field& field : schema.fields) {
    by_id += fmt::format("{}{}: {{name: {}, type: {}, default_value: NULL}}",
                         by_id.empty() ? "" : ", ", field.id, QuoteLiteral(field.name),
                         QuoteLiteral(DuckdbType(field.type)));
  }
  std::string options;
  if (!file_column.empty()) {
    columns += fmt::format(", {} AS {}", files.empty() ? "''" : QuoteIdentifier(file_column),
                           QuoteIdentifier(file_column));
    options += fmt::format(", filename = {}", QuoteLiteral(file_column));
  }
  if (files.empty()) return fmt::format("SELECT {} WHERE false", columns);
  std::string paths;
  int64_t rows = 0;
  for (const DataFile& file : files) {
    paths += (paths.empty() ? "" : ", ") + QuoteLiteral(file.path);
    rows += file.record_count;
  }
  options += as_written ? fmt::format(", explicit_cardinality = {}", rows)
                        : fmt::format(", schema = MAP {{{}}}", by_id);
  return fmt::format("SELECT {} FROM read_parquet([{}]{})", columns, paths, options);
}

std::string SelectRows(Database& database, Connection& connection, const LakeTable& table) {
  if (table.has_deletes) {
    for (const char* extension : {"avro", "httpfs", "iceberg"}) {
      database.LoadExtension(connection, extension);
    }
    return fmt::format("SELECT * FROM iceberg_scan({})",
                       QuoteLiteral(LocalPath(table.current_location())));
  }
  std::vector<DataFile> files;
  for (const LiveFile& live : table.files) files.push_back(live.entry.file);
  return SelectFiles(table.metadata.CurrentSchema(), files);
}

void StageSnapshot(const LakeSession& session, LakeTable& table, const SnapshotChange& change) {
  if (table.has_deletes && change.removed.size() < table.files.size()) {
    throw Error(ErrorCode::kInternal,
                fmt::format("table {}: a snapshot without its delete files would bring rows back",
                            table.id.name));
  }
  if (!table.staged_location.empty()) {
    throw Error(ErrorCode::kInternal, fmt::format("table {}: staged twice", table.id.name));
  }
  const int64_t now_ms = NowMs();
  if (!table.exists()) {
    table.metadata = NewTableMetadata(TableFolder(session.lake, table.id).string(),
                                      change.schema.fields, change.properties, now_ms);
  }
  table.metadata.properties = change.properties;
  StagedSnapshot staged;
  staged.run_id = session.run_id;
  staged.folder = LocalPath(table.metadata.location) + "/metadata";

  Snapshot snapshot;
  snapshot.snapshot_id = NewSnapshotId();
  snapshot.sequence_number = table.metadata.last_sequence_number + 1;
  snapshot.timestamp_ms = std::max(now_ms, table.metadata.last_updated_ms);
  snapshot.schema_id = change.schema.schema_id;
  if (const Snapshot* current = table.metadata.CurrentSnapshot()) {
    snapshot.parent_snapshot_id = current->snapshot_id;
  }
  snapshot.manifest_list =
      staged.folder / fmt::format("snap-{}-1-{}.avro", snapshot.snapshot_id, session.run_id);
  staged.context = {change.schema, snapshot.snapshot_id, snapshot.sequence_number};
  NewManifest plan = PlanManifest(table, change, snapshot.snapshot_id);
  snapshot.summary = Summary(plan.totals, change.summary);
  table.files = FilesAfter(table, plan, snapshot.sequence_number);
  table.files_loaded = true;
  table.has_deletes = false;
  staged.entries = std::move(plan.entries);
  for (const size_t kept : plan.kept_manifests) {
    staged.kept_manifests.push_back(table.manifests[kept]);
  }
  table.manifests.clear();

  AddSnapshot(table.metadata, change.schema, std::move(snapshot), table.committed_location);
  table.staged_location =
      NextMetadataPath(table.metadata, table.committed_location, session.run_id);
  staged.metadata = table.metadata;
  staged.metadata_path = LocalPath(table.staged_location);
  session.database.LoadExtension(session.connection, "avro");
  const FileStore& store = session.storage.Of(staged.folder);
  StagedFiles& files = *session.staged_files;
  session.side_work->Do(
      [&store, &files, staged = std::move(staged)](Connection& connection) mutable {
        Write(connection, store, staged, files);
      });
}

}  // namespace stedi
