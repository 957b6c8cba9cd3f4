// Manifests and manifest lists as Avro files, written and read by DuckDB's avro extension.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file_store.h"
#include "database/database.h"
#include "iceberg/data_file.h"
#include "iceberg/schema.h"

namespace stedi {

// What every entry of a manifest and the manifest's own header share.
struct ManifestContext {
  Schema schema;
  int64_t snapshot_id = 0;
  int64_t sequence_number = 0;  // of the new snapshot
};

// Writes `entries` to `path` in `store` (which must not have it), for good. Added entries inherit
// the snapshot's sequence number; the others keep theirs. Needs the avro extension.
ManifestFile WriteManifest(Connection& connection, const FileStore& store, const std::string& path,
                           const ManifestContext& context,
                           const std::vector<ManifestEntry>& entries);
// Returns its size.
uint64_t WriteManifestList(Connection& connection, const FileStore& store, const std::string& path,
                           const ManifestContext& context,
                           const std::vector<ManifestFile>& manifests);

std::vector<ManifestFile> ReadManifestList(Connection& connection, const std::string& path);
// Every entry, sequence numbers resolved (inherited ones are the manifest's). Manifests of other
// writers may have more columns: they are not kept. Throws kInvalid for partitioned files.
std::vector<ManifestEntry> ReadManifest(Connection& connection, const ManifestFile& manifest);

}  // namespace stedi
