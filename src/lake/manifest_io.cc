// DuckDB's COPY .. (FORMAT avro, ROOT_NAME, FIELD_IDS, METADATA) is what its iceberg extension uses
// itself. Entries go in as one bound JSON text, so no value is ever pasted into a statement.
#include "lake/manifest_io.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "iceberg/table_metadata.h"

namespace stedi {
namespace {

using Json = nlohmann::json;

// A column of manifest lists, of manifests, or of data_file in them. Name and field id are those of
// the Iceberg specification, "Manifests".
struct Column {
  const char* name;
  int field_id;
  bool is_required;
  const char* type;              // DuckDB's name of it
  const char* value = nullptr;   // SQL of a value that is the same for all rows
  const char* marker = nullptr;  // what FIELD_IDS says about the column beside its field id
};
constexpr bool kRequired = true;

constexpr Column kListColumns[] = {{"manifest_path", 500, kRequired, "VARCHAR"},
                                   {"manifest_length", 501, kRequired, "BIGINT"},
                                   {"partition_spec_id", 502, kRequired, "INTEGER"},
                                   {"content", 517, kRequired, "INTEGER"},
                                   {"sequence_number", 515, kRequired, "BIGINT"},
                                   {"min_sequence_number", 516, kRequired, "BIGINT"},
                                   {"added_snapshot_id", 503, kRequired, "BIGINT"},
                                   {"added_files_count", 504, kRequired, "INTEGER"},
                                   {"existing_files_count", 505, kRequired, "INTEGER"},
                                   {"deleted_files_count", 506, kRequired, "INTEGER"},
                                   {"added_rows_count", 512, kRequired, "BIGINT"},
                                   {"existing_rows_count", 513, kRequired, "BIGINT"},
                                   {"deleted_rows_count", 514, kRequired, "BIGINT"}};

constexpr Column kEntryColumns[] = {{"status", 0, kRequired, "INTEGER"},
                                    {"snapshot_id", 1, !kRequired, "BIGINT"},
                                    {"sequence_number", 3, !kRequired, "BIGINT"},
                                    {"file_sequence_number", 4, !kRequired, "BIGINT"}};
// The last column of an entry: a struct of the columns of kFileColumns, those of kStatistics
// (iceberg/data_file.h), and kSortOrder.
constexpr Column kDataFile = {"data_file", 2, kRequired, "STRUCT"};
constexpr Column kFileColumns[] = {
    {"content", 134, kRequired, "INTEGER", "0::INTEGER"},
    {"file_path", 100, kRequired, "VARCHAR"},
    {"file_format", 101, kRequired, "VARCHAR", "'PARQUET'"},
    {"partition", 102, kRequired, "STRUCT", "{'__duckdb_empty_struct_marker': NULL::INTEGER}",
     "'__duckdb_empty_struct_marker': 9999"},
    {"record_count", 103, kRequired, "BIGINT"},
    {"file_size_in_bytes", 104, kRequired, "BIGINT"}};
constexpr Column kSortOrder = {"sort_order_id", 140, !kRequired, "INTEGER", "0::INTEGER"};

// The parts of a COPY that writes rows from one JSON text, column by column.
class CopyParts {
 public:
  // `value` is the SQL expression of the column, in which `r` is the row. `members` are the entries
  // of FIELD_IDS for the columns nested in it.
  void Add(const Column& column, const std::string& value, const std::string& members = "") {
    const char* const comma = select_.empty() ? "" : ", ";
    select_ += fmt::format("{}{} AS {}", comma, value, column.name);
    struct_ += fmt::format("{}'{}': {}", comma, column.name, value);
    field_ids_ +=
        fmt::format("{}'{}': {{'__duckdb_field_id': {}{}{}{}}}", comma, column.name,
                    column.field_id, column.is_required ? ", '__duckdb_nullable': false" : "",
                    members.empty() ? "" : ", ", members);
  }
  void Add(const Column& column) {
    const std::string marker = column.marker != nullptr ? column.marker : "";
    if (column.value != nullptr) return Add(column, column.value, marker);
    shape_[column.name] = column.type;
    Add(column, fmt::format("r.{}", column.name), marker);
  }
  void Add(const ManifestStatistic& statistic) {
    const Column key{"key", statistic.key_id, kRequired, "INTEGER"};
    const Column value{"value", statistic.value_id, kRequired, ""};
    CopyParts members;
    members.Add(key, "");
    members.Add(value, "");
    const Column column{statistic.name, statistic.field_id, !kRequired, "MAP"};
    std::string map = fmt::format("r.{}", statistic.name);
    if (statistic.bounds != nullptr) {  // the JSON text has their bytes as hexadecimal digits
      map = fmt::format(
          "map_from_entries(list_transform(map_entries({}), lambda b: {{'key': b.key, 'value': "
          "unhex(b.value)}}))",
          map);
    }
    shape_[statistic.name] =
        statistic.bounds != nullptr ? "MAP(INTEGER,VARCHAR)" : "MAP(INTEGER,BIGINT)";
    Add(column, map, members.field_ids_);
  }
  // Adds a struct of the columns of `members`.
  void Add(const Column& column, const CopyParts& members) {
    shape_.update(members.shape_);
    Add(column, "{" + members.struct_ + "}", members.field_ids_);
  }

  // The statement's first parameter is the JSON array of the rows.
  std::string Select() const {
    return fmt::format("SELECT {} FROM (SELECT unnest(from_json($1, {})) AS r)", select_,
                       QuoteLiteral(Json::array({shape_}).dump()));
  }
  std::string FieldIds() const { return "{" + field_ids_ + "}"; }

 private:
  std::string select_;
  std::string struct_;
  std::string field_ids_;
  Json shape_ = Json::object();
};

CopyParts PartsOfManifest() {
  CopyParts file;
  for (const Column& column : kFileColumns) file.Add(column);
  for (const ManifestStatistic& statistic : kStatistics) file.Add(statistic);
  file.Add(kSortOrder);
  CopyParts entry;
  for (const Column& column : kEntryColumns) entry.Add(column);
  entry.Add(kDataFile, file);
  return entry;
}

CopyParts PartsOfManifestList() {
  CopyParts list;
  for (const Column& column : kListColumns) list.Add(column);
  return list;
}

Json CountsToJson(const std::map<int32_t, int64_t>& counts) {
  Json out = Json::object();
  for (const auto& [id, count] : counts) out[fmt::format("{}", id)] = count;
  return out;
}

Json BoundsToJson(const std::map<int32_t, std::string>& bounds) {
  Json out = Json::object();
  for (const auto& [id, bytes] : bounds) {
    std::string hex;
    for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    out[fmt::format("{}", id)] = hex;
  }
  return out;
}

Json EntryToJson(const ManifestEntry& entry) {
  const bool inherits = entry.status == EntryStatus::kAdded;
  const auto number = [&](int64_t value) { return inherits ? Json() : Json(value); };
  Json row = {{"status", static_cast<int>(entry.status)},
              {"snapshot_id", entry.snapshot_id},
              {"sequence_number", number(entry.sequence_number)},
              {"file_sequence_number", number(entry.file_sequence_number)},
              {"file_path", entry.file.path},
              {"record_count", entry.file.record_count},
              {"file_size_in_bytes", entry.file.file_size_bytes}};
  for (const ManifestStatistic& statistic : kStatistics) {
    row[statistic.name] = statistic.bounds != nullptr ? BoundsToJson(entry.file.*statistic.bounds)
                                                      : CountsToJson(entry.file.*statistic.counts);
  }
  return row;
}

// The "schema" of a manifest's header: the table's schema as JSON.
std::string SchemaToJson(const Schema& schema) {
  Json fields = Json::array();
  for (const Field& field : schema.fields) {
    fields.push_back({{"id", field.id},
                      {"name", field.name},
                      {"required", field.required},
                      {"type", ToString(field.type)}});
  }
  return Json{{"type", "struct"}, {"schema-id", schema.schema_id}, {"fields", fields}}.dump();
}

// DuckDB renders a BLOB inside JSON as text with \xHH for what is not printable.
std::string UnescapeBlob(const std::string& text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && text[i + 1] == 'x') {
      bytes += static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16));
      i += 3;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

template <class T>
T ValueOr(const Json& object, const char* key, T fallback) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? fallback : found->get<T>();
}

std::map<int32_t, int64_t> CountsFromJson(const Json& file, const char* key) {
  std::map<int32_t, int64_t> out;
  const auto found = file.find(key);
  if (found == file.end() || found->is_null()) return out;
  for (const auto& [id, count] : found->items()) out[std::stoi(id)] = count.get<int64_t>();
  return out;
}

std::map<int32_t, std::string> BoundsFromJson(const Json& file, const char* key) {
  std::map<int32_t, std::string> out;
  const auto found = file.find(key);
  if (found == file.end() || found->is_null()) return out;
  for (const auto& [id, bytes] : found->items()) {
    out[std::stoi(id)] = UnescapeBlob(bytes.get<std::string>());
  }
  return out;
}

ManifestEntry EntryFromJson(const Json& row, const ManifestFile& manifest) {
  const Json& data_file = row.at("data_file");
  ManifestEntry entry;
  entry.status = static_cast<EntryStatus>(row.at("status").get<int32_t>());
  const auto partition = data_file.find("partition");
  const bool is_partitioned = partition != data_file.end() && partition->is_object() &&
                              !partition->empty() && entry.status != EntryStatus::kDeleted;
  if (is_partitioned) {
    throw Error(
        ErrorCode::kInvalid,
        fmt::format("{}: the table's files are partitioned, which stedi does not read: drop "
                    "its partition fields and rewrite its files on Spark (docs/scale.md)",
                    manifest.path));
  }
  entry.snapshot_id = ValueOr(row, "snapshot_id", manifest.added_snapshot_id);
  entry.sequence_number = ValueOr(row, "sequence_number", manifest.sequence_number);
  entry.file_sequence_number = ValueOr(row, "file_sequence_number", manifest.sequence_number);
  entry.file.path = LocalPath(data_file.at("file_path").get<std::string>());
  entry.file.record_count = data_file.at("record_count").get<int64_t>();
  entry.file.file_size_bytes = data_file.at("file_size_in_bytes").get<int64_t>();
  for (const ManifestStatistic& statistic : kStatistics) {
    if (statistic.bounds != nullptr) {
      entry.file.*statistic.bounds = BoundsFromJson(data_file, statistic.name);
    } else {
      entry.file.*statistic.counts = CountsFromJson(data_file, statistic.name);
    }
  }
  return entry;
}

void Count(const ManifestEntry& entry, int64_t new_sequence_number, ManifestFile& manifest) {
  const int64_t rows = entry.file.record_count;
  switch (entry.status) {
    case EntryStatus::kAdded:
      ++manifest.added_files_count;
      manifest.added_rows_count += rows;
      break;
    case EntryStatus::kExisting:
      ++manifest.existing_files_count;
      manifest.existing_rows_count += rows;
      break;
    case EntryStatus::kDeleted:
      ++manifest.deleted_files_count;
      manifest.deleted_rows_count += rows;
      return;
  }
  const int64_t sequence_number =
      entry.status == EntryStatus::kAdded ? new_sequence_number : entry.sequence_number;
  manifest.min_sequence_number = std::min(manifest.min_sequence_number, sequence_number);
}

// Makes sure that the file is durable, and returns its size. DuckDB does not say how many bytes it
// wrote, so a file that was sent over a network is read back to count its rows.
uint64_t ConfirmAvroDurable(Connection& connection, const FileStore& store, const std::string& path,
                            size_t rows) {
  const std::optional<FileStatus> status = store.Stat(path);
  const bool is_whole =
      status.has_value() &&
      (!IsRemote(path) || connection.Integer("SELECT count(*) FROM read_avro($1)", {path}) ==
                              static_cast<int64_t>(rows));
  if (!is_whole) {
    throw Error(ErrorCode::kUnavailable, fmt::format("{}: the upload was lost", path));
  }
  if (!IsRemote(path)) store.ConfirmDurable(path, status->size_bytes);
  return status->size_bytes;
}

}  // namespace

ManifestFile WriteManifest(Connection& connection, const FileStore& store, const std::string& path,
                           const ManifestContext& context,
                           const std::vector<ManifestEntry>& entries) {
  Json rows = Json::array();
  ManifestFile manifest;
  manifest.path = path;
  manifest.sequence_number = context.sequence_number;
  manifest.min_sequence_number = context.sequence_number;
  manifest.added_snapshot_id = context.snapshot_id;
  for (const ManifestEntry& entry : entries) {
    rows.push_back(EntryToJson(entry));
    Count(entry, context.sequence_number, manifest);
  }
  const CopyParts parts = PartsOfManifest();
  connection.Execute(
      fmt::format(
          "COPY ({}) TO {} (FORMAT avro, ROOT_NAME 'manifest_entry', FIELD_IDS {}, METADATA "
          "{{'schema': {}, 'schema-id': '{}', 'partition-spec': '[]', 'partition-spec-id': '0', "
          "'format-version': '2', 'content': 'data'}})",
          parts.Select(), QuoteLiteral(path), parts.FieldIds(),
          QuoteLiteral(SchemaToJson(context.schema)), context.schema.schema_id),
      {rows.dump()});
  manifest.length_bytes =
      static_cast<int64_t>(ConfirmAvroDurable(connection, store, path, entries.size()));
  return manifest;
}

uint64_t WriteManifestList(Connection& connection, const FileStore& store, const std::string& path,
                           const ManifestContext& context,
                           const std::vector<ManifestFile>& manifests) {
  Json rows = Json::array();
  for (const ManifestFile& manifest : manifests) {
    rows.push_back({{"manifest_path", manifest.path},
                    {"manifest_length", manifest.length_bytes},
                    {"partition_spec_id", 0},
                    {"content", manifest.content},
                    {"sequence_number", manifest.sequence_number},
                    {"min_sequence_number", manifest.min_sequence_number},
                    {"added_snapshot_id", manifest.added_snapshot_id},
                    {"added_files_count", manifest.added_files_count},
                    {"existing_files_count", manifest.existing_files_count},
                    {"deleted_files_count", manifest.deleted_files_count},
                    {"added_rows_count", manifest.added_rows_count},
                    {"existing_rows_count", manifest.existing_rows_count},
                    {"deleted_rows_count", manifest.deleted_rows_count}});
  }
  const CopyParts parts = PartsOfManifestList();
  connection.Execute(
      fmt::format("COPY ({}) TO {} (FORMAT avro, ROOT_NAME 'manifest_file', FIELD_IDS {}, METADATA "
                  "{{'format-version': '2', 'snapshot-id': '{}', 'sequence-number': '{}'}})",
                  parts.Select(), QuoteLiteral(path), parts.FieldIds(), context.snapshot_id,
                  context.sequence_number),
      {rows.dump()});
  return ConfirmAvroDurable(connection, store, path, manifests.size());
}

std::vector<ManifestFile> ReadManifestList(Connection& connection, const std::string& path) {
  std::vector<ManifestFile> manifests;
  Result result = connection.Query("SELECT to_json(m)::VARCHAR FROM read_avro($1) AS m", {path});
  for (const TextRow& row : result.Rows()) {
    const Json json = Json::parse(row[0].value());
    ManifestFile manifest;
    manifest.path = LocalPath(json.at("manifest_path").get<std::string>());
    manifest.length_bytes = json.at("manifest_length").get<int64_t>();
    manifest.content = ValueOr(json, "content", 0);
    manifest.sequence_number = ValueOr<int64_t>(json, "sequence_number", 0);
    manifest.min_sequence_number = ValueOr<int64_t>(json, "min_sequence_number", 0);
    manifest.added_snapshot_id = ValueOr<int64_t>(json, "added_snapshot_id", 0);
    manifest.added_files_count = ValueOr(json, "added_files_count", 0);
    manifest.existing_files_count = ValueOr(json, "existing_files_count", 0);
    manifest.deleted_files_count = ValueOr(json, "deleted_files_count", 0);
    manifest.added_rows_count = ValueOr<int64_t>(json, "added_rows_count", 0);
    manifest.existing_rows_count = ValueOr<int64_t>(json, "existing_rows_count", 0);
    manifest.deleted_rows_count = ValueOr<int64_t>(json, "deleted_rows_count", 0);
    manifests.push_back(std::move(manifest));
  }
  return manifests;
}

std::vector<ManifestEntry> ReadManifest(Connection& connection, const ManifestFile& manifest) {
  std::vector<ManifestEntry> entries;
  Result result =
      connection.Query("SELECT to_json(m)::VARCHAR FROM read_avro($1) AS m", {manifest.path});
  for (const TextRow& row : result.Rows()) {
    entries.push_back(EntryFromJson(Json::parse(row[0].value()), manifest));
  }
  return entries;
}

}  // namespace stedi
