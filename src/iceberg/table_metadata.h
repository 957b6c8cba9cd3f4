// A table's metadata.json (specification v2) as a value. What this type does not name (partition
// specs, sort orders, other refs, statistics files ..) is kept as it was read.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iceberg/schema.h"

namespace stedi {

struct Snapshot {
  int64_t snapshot_id = 0;
  std::optional<int64_t> parent_snapshot_id;
  int64_t sequence_number = 0;
  int64_t timestamp_ms = 0;
  std::string manifest_list;  // path
  int32_t schema_id = 0;
  std::map<std::string, std::string> summary;  // with "operation"
};

struct TableMetadata {
  int32_t format_version = 2;
  std::string table_uuid;
  std::string location;
  int64_t last_sequence_number = 0;
  int64_t last_updated_ms = 0;
  int32_t last_column_id = 0;
  int32_t current_schema_id = 0;
  std::vector<Schema> schemas;
  std::map<std::string, std::string> properties;
  std::optional<int64_t> current_snapshot_id;
  std::vector<Snapshot> snapshots;
  // The document as it was read. When it is written, the members above replace their parts of it;
  // snapshot-log, metadata-log, refs, partition specs, sort orders and everything that stedi does
  // not know are kept here.
  nlohmann::json other;

  const Schema& CurrentSchema() const;
  const Snapshot* CurrentSnapshot() const;  // nullptr: the table has no snapshot
};

// Returns a new table without snapshots, unpartitioned and unsorted. Field ids begin at 1.
TableMetadata NewTableMetadata(std::string location, std::vector<Field> fields,
                               std::map<std::string, std::string> properties, int64_t now_ms);

// Throws kInvalid, naming what is wrong, also for format versions other than 2 and for nested
// columns.
TableMetadata ParseTableMetadata(std::string_view json);
std::string ToJson(const TableMetadata& metadata);

// Makes `schema` current (an equal schema is reused, else it is added) and `snapshot` the head of
// branch main. Sets the snapshot's parent and schema id, and updates snapshot-log, refs,
// last-sequence-number and last-updated-ms. Raises the snapshot's timestamp to the table's last one
// if the clock went back. The caller has set the snapshot's id, a sequence number above
// last_sequence_number (its manifests already hold both), its manifest list and its summary.
// `previous_location` is where this metadata was read from (empty for a new table); it is added to
// metadata-log, which keeps the last 100. Throws kInternal when the sequence number is too low.
void AddSnapshot(TableMetadata& metadata, const Schema& schema, Snapshot snapshot,
                 const std::string& previous_location);

// Returns "<location>/metadata/<version>-<id>.metadata.json". The version has at least 5 digits and
// is one more than that of `previous_location`, or 0 if that has none. `id` is a UUID.
std::string NextMetadataPath(const TableMetadata& metadata, const std::string& previous_location,
                             const std::string& id);

// Removes "file:" or "file://" from the front of a local path: Java and PyIceberg write them, stedi
// does not.
std::string LocalPath(std::string_view location);

}  // namespace stedi
