#include "lake/lake_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "database/column_types.h"
#include "files/decoder.h"
#include "iceberg/property_names.h"
#include "lake/lake_origin.h"
#include "lake/manifest_crcs.h"
#include "lake/manifest_io.h"

namespace stedi {

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

// Somebody may have edited the catalog's pointer by hand, but not the metadata that it points to.
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
    table.metadata = ParseTableMetadata(ReadMetadataFile(storage.StoreOf(path), path));
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("table {}: {}: {}", id.name, path, error.what()));
  }
  CheckPlaces(table, lake);
  return table;
}

LakeTable OpenTable(const LakeSession& session, const std::string& name) {
  return OpenTable(session.storage, session.catalog, {session.database_name, name}, session.lake);
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
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || (error == std::errc() && end == text.data() + text.size())) return number;
  throw Error(ErrorCode::kInvalid,
              fmt::format("table {}: {} in the summary of its current snapshot "
                          "is not a number",
                          table.id.name, key));
}

int64_t RowsOf(const LakeTable& table) { return SummaryNumber(table, kTotalRecords); }

std::string SelectFiles(const Schema& schema, const std::vector<DataFile>& files,
                        const std::string& file_column) {
  const bool as_written = std::ranges::all_of(
      files, [&](const DataFile& file) { return file.schema_id == schema.schema_id; });
  std::string columns = files.empty() ? NullList(schema.fields) : CastList(schema.fields);
  std::string by_id;
  for (const Field& field : schema.fields) {
    by_id +=
        fmt::format("{}{}: {{name: {}, type: {}, default_value: NULL}}", by_id.empty() ? "" : ", ",
                    field.id, QuoteLiteral(field.name), QuoteLiteral(DuckdbType(field.type)));
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

void CreateView(Connection& connection, const std::string& name, const std::string& select) {
  connection.Execute(fmt::format("CREATE OR REPLACE VIEW {} AS {}", QuoteIdentifier(name), select));
}

}  // namespace stedi
