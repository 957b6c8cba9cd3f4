#include "iceberg/table_metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "base/error.h"
#include "iceberg/identifiers.h"

namespace stedi {
namespace {

using Json = nlohmann::json;

constexpr size_t kMetadataLogMax = 100;
constexpr int32_t kFirstPartitionId = 1000;  // specification: partition field ids start here

const Schema* FindSchema(const std::vector<Schema>& schemas, int32_t schema_id) {
  const auto found = std::ranges::find(schemas, schema_id, &Schema::schema_id);
  return found == schemas.end() ? nullptr : &*found;
}

// Returns the array `key` of `document`; creates it if it is missing.
Json& ArrayOf(Json& document, const char* key) {
  Json& value = document[key];
  if (!value.is_array()) value = Json::array();
  return value;
}

// Returns the id of `schema` in metadata.schemas. If an equal schema is there, it is reused; else
// `schema` is added, with another id if a different schema has its id already.
int32_t PlaceSchema(TableMetadata& metadata, Schema schema) {
  int32_t id_max = -1;
  for (const Schema& known : metadata.schemas) {
    if (known.fields == schema.fields) return known.schema_id;
    id_max = std::max(id_max, known.schema_id);
  }
  if (FindSchema(metadata.schemas, schema.schema_id) != nullptr) schema.schema_id = id_max + 1;
  for (const Field& field : schema.fields) {
    metadata.last_column_id = std::max(metadata.last_column_id, field.id);
  }
  metadata.schemas.push_back(std::move(schema));
  return metadata.schemas.back().schema_id;
}

void AppendMetadataLog(Json& document, const std::string& previous_location, int64_t written_ms) {
  Json& log = ArrayOf(document, "metadata-log");
  log.push_back({{"metadata-file", previous_location}, {"timestamp-ms", written_ms}});
  if (log.size() > kMetadataLogMax) {
    log.erase(log.begin(), log.end() - static_cast<std::ptrdiff_t>(kMetadataLogMax));
  }
}

}  // namespace

const Schema& TableMetadata::CurrentSchema() const {
  const Schema* schema = FindSchema(schemas, current_schema_id);
  if (schema == nullptr) throw Error(ErrorCode::kInternal, "a table without its current schema");
  return *schema;
}

const Snapshot* TableMetadata::CurrentSnapshot() const {
  if (!current_snapshot_id) return nullptr;
  const auto found = std::ranges::find(snapshots, *current_snapshot_id, &Snapshot::snapshot_id);
  return found == snapshots.end() ? nullptr : &*found;
}

TableMetadata NewTableMetadata(std::string location, std::vector<Field> fields,
                               std::map<std::string, std::string> properties, int64_t now_ms) {
  TableMetadata metadata;
  metadata.table_uuid = NewUuid();
  metadata.location = std::move(location);
  metadata.last_updated_ms = now_ms;
  for (Field& field : fields) field.id = ++metadata.last_column_id;
  metadata.schemas.push_back({0, std::move(fields)});
  metadata.properties = std::move(properties);
  metadata.other = {
      {"partition-specs", Json::array({{{"spec-id", 0}, {"fields", Json::array()}}})},
      {"default-spec-id", 0},
      {"last-partition-id", kFirstPartitionId - 1},
      {"sort-orders", Json::array({{{"order-id", 0}, {"fields", Json::array()}}})},
      {"default-sort-order-id", 0},
      {"refs", Json::object()},
      {"snapshot-log", Json::array()},
      {"metadata-log", Json::array()},
      {"statistics", Json::array()},
      {"partition-statistics", Json::array()},
  };
  return metadata;
}

void AddSnapshot(TableMetadata& metadata, const Schema& schema, Snapshot snapshot,
                 const std::string& previous_location) {
  if (snapshot.sequence_number <= metadata.last_sequence_number) {
    throw Error(ErrorCode::kInternal,
                "a snapshot must have a later sequence number than its table");
  }
  metadata.current_schema_id = PlaceSchema(metadata, schema);
  snapshot.schema_id = metadata.current_schema_id;
  snapshot.parent_snapshot_id = metadata.current_snapshot_id;
  // Java refuses a table whose logs run backwards, as they would after the clock was set back.
  snapshot.timestamp_ms = std::max(snapshot.timestamp_ms, metadata.last_updated_ms);

  if (!previous_location.empty()) {
    AppendMetadataLog(metadata.other, previous_location, metadata.last_updated_ms);
  }
  ArrayOf(metadata.other, "snapshot-log")
      .push_back({{"snapshot-id", snapshot.snapshot_id}, {"timestamp-ms", snapshot.timestamp_ms}});
  Json& main = metadata.other["refs"]["main"];
  main["snapshot-id"] = snapshot.snapshot_id;
  main["type"] = "branch";

  metadata.last_sequence_number = snapshot.sequence_number;
  metadata.last_updated_ms = snapshot.timestamp_ms;
  metadata.current_snapshot_id = snapshot.snapshot_id;
  metadata.snapshots.push_back(std::move(snapshot));
}

std::string NextMetadataPath(const TableMetadata& metadata, const std::string& previous_location,
                             const std::string& id) {
  const size_t name_begin = previous_location.rfind('/') + 1;  // npos + 1 = 0
  const size_t name_end = previous_location.find('-', name_begin);
  int version = -1;  // also for a name of another form, as in Java
  if (name_end != std::string::npos) {
    const char* end = previous_location.data() + name_end;
    int parsed = 0;
    const auto [stop, error] = std::from_chars(previous_location.data() + name_begin, end, parsed);
    if (error == std::errc() && stop == end && parsed >= 0) version = parsed;
  }
  return fmt::format("{}/metadata/{:05}-{}.metadata.json", metadata.location,
                     static_cast<int64_t>(version) + 1, id);
}

std::string LocalPath(std::string_view location) {
  if (location.starts_with("file:///")) return std::string(location.substr(7));
  if (location.starts_with("file:/") && !location.starts_with("file://")) {
    return std::string(location.substr(5));
  }
  return std::string(location);
}

}  // namespace stedi
