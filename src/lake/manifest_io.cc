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

// Field ids are those of the Iceberg specification, "Manifests".
constexpr const char* kEntryFieldIds =
    "{'status':{'__duckdb_field_id':0,'__duckdb_nullable':false},'snapshot_id':1,'sequence_number':"
    "3,"
    "'file_sequence_number':4,'data_file':{'__duckdb_field_id':2,'__duckdb_nullable':false,"
    "'content':{'__duckdb_field_id':134,'__duckdb_nullable':false},"
    "'file_path':{'__duckdb_field_id':100,'__duckdb_nullable':false},"
    "'file_format':{'__duckdb_field_id':101,'__duckdb_nullable':false},"
    "'partition':{'__duckdb_field_id':102,'__duckdb_nullable':false,'__duckdb_empty_struct_marker':"
    "9999},"
    "'record_count':{'__duckdb_field_id':103,'__duckdb_nullable':false},"
    "'file_size_in_bytes':{'__duckdb_field_id':104,'__duckdb_nullable':false},"
    "'column_sizes':{'__duckdb_field_id':108,'key':{'__duckdb_field_id':117,'__duckdb_nullable':"
    "false},"
    "'value':{'__duckdb_field_id':118,'__duckdb_nullable':false}},"
    "'value_counts':{'__duckdb_field_id':109,'key':{'__duckdb_field_id':119,'__duckdb_nullable':"
    "false},"
    "'value':{'__duckdb_field_id':120,'__duckdb_nullable':false}},"
    "'null_value_counts':{'__duckdb_field_id':110,'key':{'__duckdb_field_id':121,'__duckdb_"
    "nullable':false},"
    "'value':{'__duckdb_field_id':122,'__duckdb_nullable':false}},"
    "'lower_bounds':{'__duckdb_field_id':125,'key':{'__duckdb_field_id':126,'__duckdb_nullable':"
    "false},"
    "'value':{'__duckdb_field_id':127,'__duckdb_nullable':false}},"
    "'upper_bounds':{'__duckdb_field_id':128,'key':{'__duckdb_field_id':129,'__duckdb_nullable':"
    "false},"
    "'value':{'__duckdb_field_id':130,'__duckdb_nullable':false}},"
    "'sort_order_id':140}}";

constexpr const char* kEntryRows =
    "SELECT e.status AS status, e.snapshot_id AS snapshot_id, e.sequence_number AS "
    "sequence_number, "
    "e.file_sequence_number AS file_sequence_number, {'content': 0::INTEGER, 'file_path': "
    "e.file_path, "
    "'file_format': 'PARQUET', 'partition': {'__duckdb_empty_struct_marker': NULL::INTEGER}, "
    "'record_count': e.record_count, 'file_size_in_bytes': e.file_size_in_bytes, "
    "'column_sizes': e.column_sizes, 'value_counts': e.value_counts, "
    "'null_value_counts': e.null_value_counts, "
    "'lower_bounds': map_from_entries(list_transform(map_entries(e.lower_bounds), "
    "lambda b: {'key': b.key, 'value': unhex(b.value)})), "
    "'upper_bounds': map_from_entries(list_transform(map_entries(e.upper_bounds), "
    "lambda b: {'key': b.key, 'value': unhex(b.value)})), 'sort_order_id': 0::INTEGER} AS "
    "data_file "
    "FROM (SELECT unnest(from_json($1, '[{\"status\":\"INTEGER\",\"snapshot_id\":\"BIGINT\","
    "\"sequence_number\":\"BIGINT\",\"file_sequence_number\":\"BIGINT\",\"file_path\":\"VARCHAR\","
    "\"record_count\":\"BIGINT\",\"file_size_in_bytes\":\"BIGINT\",\"column_sizes\":\"MAP(INTEGER,"
    "BIGINT)\","
    "\"value_counts\":\"MAP(INTEGER,BIGINT)\",\"null_value_counts\":\"MAP(INTEGER,BIGINT)\","
    "\"lower_bounds\":\"MAP(INTEGER,VARCHAR)\",\"upper_bounds\":\"MAP(INTEGER,VARCHAR)\"}]')) AS "
    "e)";

// One column of a manifest list: how it is called in the file, its field id and type.
struct ListColumn {
  const char* name;
  int field_id;
  const char* type;
};
constexpr ListColumn kListColumns[] = {
    {"manifest_path", 500, "VARCHAR"},        {"manifest_length", 501, "BIGINT"},
    {"partition_spec_id", 502, "INTEGER"},    {"content", 517, "INTEGER"},
    {"sequence_number", 515, "BIGINT"},       {"min_sequence_number", 516, "BIGINT"},
    {"added_snapshot_id", 503, "BIGINT"},     {"added_files_count", 504, "INTEGER"},
    {"existing_files_count", 505, "INTEGER"}, {"deleted_files_count", 506, "INTEGER"},
    {"added_rows_count", 512, "BIGINT"},      {"existing_rows_count", 513, "BIGINT"},
    {"deleted_rows_count", 514, "BIGINT"}};

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
  return {{"status", static_cast<int>(entry.status)},
          {"snapshot_id", entry.snapshot_id},
          {"sequence_number", number(entry.sequence_number)},
          {"file_sequence_number", number(entry.file_sequence_number)},
          {"file_path", entry.file.path},
          {"record_count", entry.file.record_count},
          {"file_size_in_bytes", entry.file.file_size_bytes},
          {"column_sizes", CountsToJson(entry.file.column_sizes)},
          {"value_counts", CountsToJson(entry.file.value_counts)},
          {"null_value_counts", CountsToJson(entry.file.null_value_counts)},
          {"lower_bounds", BoundsToJson(entry.file.lower_bounds)},
          {"upper_bounds", BoundsToJson(entry.file.upper_bounds)}};
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
  entry.file.column_sizes = CountsFromJson(data_file, "column_sizes");
  entry.file.value_counts = CountsFromJson(data_file, "value_counts");
  entry.file.null_value_counts = CountsFromJson(data_file, "null_value_counts");
  entry.file.lower_bounds = BoundsFromJson(data_file, "lower_bounds");
  entry.file.upper_bounds = BoundsFromJson(data_file, "upper_bounds");
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

// Makes sure that the file is stored for good; returns its size. DuckDB does not say how many bytes
// it wrote, so what went over a network is read again.
uint64_t SettleAvro(Connection& connection, const FileStore& store, const std::string& path,
                    size_t rows) {
  const std::optional<FileStatus> status = store.Stat(path);
  const bool is_whole =
      status.has_value() &&
      (!IsRemote(path) || connection.Integer("SELECT count(*) FROM read_avro($1)", {path}) ==
                              static_cast<int64_t>(rows));
  if (!is_whole) {
    throw Error(ErrorCode::kUnavailable, fmt::format("{}: the upload was lost", path));
  }
  if (!IsRemote(path)) store.Settle(path, status->size_bytes);
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
  connection.Execute(
      fmt::format(
          "COPY ({}) TO {} (FORMAT avro, ROOT_NAME 'manifest_entry', FIELD_IDS {}, METADATA "
          "{{'schema': {}, 'schema-id': '{}', 'partition-spec': '[]', 'partition-spec-id': '0', "
          "'format-version': '2', 'content': 'data'}})",
          kEntryRows, QuoteLiteral(path), kEntryFieldIds,
          QuoteLiteral(SchemaToJson(context.schema)), context.schema.schema_id),
      {rows.dump()});
  manifest.length_bytes = static_cast<int64_t>(SettleAvro(connection, store, path, entries.size()));
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
  std::string select;
  std::string field_ids;
  Json shape = Json::object();
  for (const ListColumn& column : kListColumns) {
    const char* comma = select.empty() ? "" : ", ";
    select += fmt::format("{}m.{} AS {}", comma, column.name, column.name);
    field_ids += fmt::format("{}'{}': {{'__duckdb_field_id': {}, '__duckdb_nullable': false}}",
                             comma, column.name, column.field_id);
    shape[column.name] = column.type;
  }
  connection.Execute(
      fmt::format("COPY (SELECT {} FROM (SELECT unnest(from_json($1, {})) AS m)) TO {} (FORMAT "
                  "avro, ROOT_NAME "
                  "'manifest_file', FIELD_IDS {{{}}}, METADATA {{'format-version': '2', "
                  "'snapshot-id': '{}', "
                  "'sequence-number': '{}'}})",
                  select, QuoteLiteral(Json::array({shape}).dump()), QuoteLiteral(path), field_ids,
                  context.snapshot_id, context.sequence_number),
      {rows.dump()});
  return SettleAvro(connection, store, path, manifests.size());
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
