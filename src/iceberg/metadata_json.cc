// Converts metadata.json to TableMetadata and back. Reading checks every member that the type
// names, because the file may come from another writer or a damaged disk. Everything else is kept
// unread.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "base/error.h"
#include "iceberg/table_metadata.h"

namespace stedi {
namespace {

using Json = nlohmann::json;

constexpr int kDepthMax = 64;  // real ones are below 10 deep; dump() and copies recurse
constexpr int32_t kFormatVersion = 2;

[[noreturn]] void Damaged(std::string_view what) {
  throw Error(ErrorCode::kInvalid, fmt::format("the table's metadata.json {}", what));
}

Json ParseObject(std::string_view text) {
  bool is_too_deep = false;
  const auto limit_depth = [&is_too_deep](int depth, Json::parse_event_t, Json&) {
    is_too_deep = is_too_deep || depth > kDepthMax;
    return !is_too_deep;
  };
  Json document = Json::parse(text.begin(), text.end(), limit_depth, false);
  if (is_too_deep) Damaged(fmt::format("is nested deeper than {} levels", kDepthMax));
  if (!document.is_object()) Damaged("is not a JSON object: it was cut off or is not such a file");
  return document;
}

// nullptr when `key` is missing or null.
const Json* Find(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

const Json& Require(const Json& object, const char* key) {
  const Json* value = Find(object, key);
  if (value == nullptr) Damaged(fmt::format("has no '{}'", key));
  return *value;
}

int64_t ReadLong(const Json& object, const char* key) {
  const Json& value = Require(object, key);
  if (value.is_number_unsigned() &&
      value.get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    Damaged(fmt::format("has a '{}' that is too large", key));
  }
  if (!value.is_number_integer()) Damaged(fmt::format("has a '{}' that is not an integer", key));
  return value.get<int64_t>();
}

int32_t ReadInt(const Json& object, const char* key) {
  const int64_t value = ReadLong(object, key);
  if (value < 0 || value > std::numeric_limits<int32_t>::max()) {
    Damaged(fmt::format("has a '{}' that is out of range", key));
  }
  return static_cast<int32_t>(value);
}

std::string ReadString(const Json& object, const char* key) {
  const Json& value = Require(object, key);
  if (!value.is_string()) Damaged(fmt::format("has a '{}' that is not a string", key));
  return value.get<std::string>();
}

const Json& ReadArray(const Json& object, const char* key) {
  const Json& value = Require(object, key);
  if (!value.is_array()) Damaged(fmt::format("has '{}' that are not an array", key));
  return value;
}

std::map<std::string, std::string> ReadStringMap(const Json& object, const char* key) {
  std::map<std::string, std::string> map;
  const Json* value = Find(object, key);
  if (value == nullptr) return map;
  if (!value->is_object()) Damaged(fmt::format("has '{}' that are not an object", key));
  for (const auto& [name, text] : value->items()) {
    if (!text.is_string()) Damaged(fmt::format("has '{}' with a value that is not a string", key));
    map.emplace(name, text.get<std::string>());
  }
  return map;
}

Field ReadField(const Json& json) {
  if (!json.is_object()) Damaged("has a column that is not an object");
  Field field;
  field.id = ReadInt(json, "id");
  field.name = ReadString(json, "name");
  const Json& type = Require(json, "type");
  if (!type.is_string()) {
    Damaged(fmt::format("has a nested column, '{}': stedi reads flat tables", field.name));
  }
  const auto known = FindIcebergType(type.get_ref<const std::string&>());
  if (!known) {
    Damaged(fmt::format("has column '{}': type '{}' is not one that stedi reads", field.name,
                        type.get_ref<const std::string&>()));
  }
  field.type = *known;
  const Json& required = Require(json, "required");
  if (!required.is_boolean()) Damaged("has a 'required' that is not true or false");
  field.required = required.get<bool>();
  if (Find(json, "doc") != nullptr) field.doc = ReadString(json, "doc");
  return field;
}

Schema ReadSchema(const Json& json) {
  if (!json.is_object()) Damaged("has a schema that is not an object");
  Schema schema;
  schema.schema_id = ReadInt(json, "schema-id");
  std::set<int32_t> ids;
  std::set<std::string> names;
  for (const Json& field : ReadArray(json, "fields")) {
    schema.fields.push_back(ReadField(field));
    if (!ids.insert(schema.fields.back().id).second ||
        !names.insert(schema.fields.back().name).second) {
      Damaged(fmt::format("has schema {} with the same column twice", schema.schema_id));
    }
  }
  return schema;
}

Snapshot ReadSnapshot(const Json& json) {
  if (!json.is_object()) Damaged("has a snapshot that is not an object");
  Snapshot snapshot;
  snapshot.snapshot_id = ReadLong(json, "snapshot-id");
  if (Find(json, "parent-snapshot-id") != nullptr) {
    snapshot.parent_snapshot_id = ReadLong(json, "parent-snapshot-id");
  }
  snapshot.sequence_number = ReadLong(json, "sequence-number");
  snapshot.timestamp_ms = ReadLong(json, "timestamp-ms");
  snapshot.manifest_list = ReadString(json, "manifest-list");
  if (Find(json, "schema-id") != nullptr) snapshot.schema_id = ReadInt(json, "schema-id");
  snapshot.summary = ReadStringMap(json, "summary");
  return snapshot;
}

void ReadSchemas(const Json& document, TableMetadata& metadata) {
  std::set<int32_t> ids;
  for (const Json& schema : ReadArray(document, "schemas")) {
    metadata.schemas.push_back(ReadSchema(schema));
    if (!ids.insert(metadata.schemas.back().schema_id).second) Damaged("has a schema id twice");
  }
  if (!ids.contains(metadata.current_schema_id)) Damaged("does not hold its current schema");
}

void ReadSnapshots(const Json& document, TableMetadata& metadata) {
  std::set<int64_t> ids;
  if (Find(document, "snapshots") != nullptr) {
    for (const Json& snapshot : ReadArray(document, "snapshots")) {
      metadata.snapshots.push_back(ReadSnapshot(snapshot));
      if (!ids.insert(metadata.snapshots.back().snapshot_id).second) {
        Damaged("has a snapshot id twice");
      }
    }
  }
  if (Find(document, "current-snapshot-id") == nullptr) return;
  const int64_t current = ReadLong(document, "current-snapshot-id");
  if (current == -1) return;  // how older writers say "none"
  if (!ids.contains(current)) Damaged("does not hold its current snapshot");
  metadata.current_snapshot_id = current;
}

// AddSnapshot writes into these, so they must be what the specification says they are.
void CheckShapes(const Json& document) {
  for (const char* key : {"snapshot-log", "metadata-log"}) {
    if (Find(document, key) != nullptr) ReadArray(document, key);
  }
  const Json* refs = Find(document, "refs");
  if (refs == nullptr) return;
  if (!refs->is_object()) Damaged("has 'refs' that are not an object");
  const Json* main = Find(*refs, "main");
  if (main != nullptr && !main->is_object()) Damaged("has a branch that is not an object");
}

// Returns the element with `id_key` = `id` of the array `key`, from the document as it was read, or
// an empty object. Overwriting single members of it keeps the members that stedi does not know.
Json ReadBefore(const Json& document, const char* key, const char* id_key, int64_t id) {
  const auto array = document.find(key);
  if (array == document.end() || !array->is_array()) return Json::object();
  for (const Json& element : *array) {
    if (!element.is_object()) continue;
    const auto found = element.find(id_key);
    if (found != element.end() && *found == id) return element;
  }
  return Json::object();
}

Json WriteSchema(const Schema& schema, const Json& document) {
  Json json = ReadBefore(document, "schemas", "schema-id", schema.schema_id);
  Json fields = Json::array();
  for (const Field& field : schema.fields) {
    Json column = ReadBefore(json, "fields", "id", field.id);
    column["id"] = field.id;
    column["name"] = field.name;
    column["required"] = field.required;
    column["type"] = ToString(field.type);
    column.erase("doc");
    if (!field.doc.empty()) column["doc"] = field.doc;
    fields.push_back(std::move(column));
  }
  json["type"] = "struct";
  json["schema-id"] = schema.schema_id;
  json["fields"] = std::move(fields);
  return json;
}

Json WriteSnapshot(const Snapshot& snapshot, const Json& document) {
  Json json = ReadBefore(document, "snapshots", "snapshot-id", snapshot.snapshot_id);
  json["snapshot-id"] = snapshot.snapshot_id;
  json.erase("parent-snapshot-id");
  if (snapshot.parent_snapshot_id) json["parent-snapshot-id"] = *snapshot.parent_snapshot_id;
  json["sequence-number"] = snapshot.sequence_number;
  json["timestamp-ms"] = snapshot.timestamp_ms;
  json["manifest-list"] = snapshot.manifest_list;
  json["schema-id"] = snapshot.schema_id;
  json["summary"] = snapshot.summary;
  return json;
}

}  // namespace

TableMetadata ParseTableMetadata(std::string_view json) {
  Json document = ParseObject(json);
  TableMetadata metadata;
  metadata.format_version = ReadInt(document, "format-version");
  if (metadata.format_version != kFormatVersion) {
    Damaged(fmt::format("is of format version {}, stedi reads version {}", metadata.format_version,
                        kFormatVersion));
  }
  metadata.table_uuid = ReadString(document, "table-uuid");
  metadata.location = ReadString(document, "location");
  metadata.last_sequence_number = ReadLong(document, "last-sequence-number");
  metadata.last_updated_ms = ReadLong(document, "last-updated-ms");
  metadata.last_column_id = ReadInt(document, "last-column-id");
  metadata.current_schema_id = ReadInt(document, "current-schema-id");
  metadata.properties = ReadStringMap(document, "properties");
  ReadSchemas(document, metadata);
  ReadSnapshots(document, metadata);
  CheckShapes(document);
  metadata.other = std::move(document);
  return metadata;
}

std::string ToJson(const TableMetadata& metadata) {
  Json document = metadata.other;
  document["format-version"] = metadata.format_version;
  document["table-uuid"] = metadata.table_uuid;
  document["location"] = metadata.location;
  document["last-sequence-number"] = metadata.last_sequence_number;
  document["last-updated-ms"] = metadata.last_updated_ms;
  document["last-column-id"] = metadata.last_column_id;
  document["current-schema-id"] = metadata.current_schema_id;
  document["properties"] = metadata.properties;
  document.erase("current-snapshot-id");
  if (metadata.current_snapshot_id) document["current-snapshot-id"] = *metadata.current_snapshot_id;
  Json schemas = Json::array();
  for (const Schema& schema : metadata.schemas) {
    schemas.push_back(WriteSchema(schema, metadata.other));
  }
  document["schemas"] = std::move(schemas);
  Json snapshots = Json::array();
  for (const Snapshot& snapshot : metadata.snapshots) {
    snapshots.push_back(WriteSnapshot(snapshot, metadata.other));
  }
  document["snapshots"] = std::move(snapshots);
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace stedi
