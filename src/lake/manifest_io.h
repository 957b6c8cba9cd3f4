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

// Writes `entries` to `path` in `store`, where no file of that name may exist. When it returns, the
// file is durable. Added entries inherit the snapshot's sequence number; the others keep theirs.
// All functions here need DuckDB's avro extension to be loaded.
ManifestFile WriteManifest(Connection& connection, const FileStore& store, const std::string& path,
                           const ManifestContext& context,
                           const std::vector<ManifestEntry>& entries);
// Writes a manifest list in the same way, and returns its size in bytes.
uint64_t WriteManifestList(Connection& connection, const FileStore& store, const std::string& path,
                           const ManifestContext& context,
                           const std::vector<ManifestFile>& manifests);

std::vector<ManifestFile> ReadManifestList(Connection& connection, const std::string& path);
// Returns every entry. An inherited sequence number is filled in from the manifest. Additional
// columns that other writers may have written are dropped. Throws kInvalid for partitioned files.
std::vector<ManifestEntry> ReadManifest(Connection& connection, const ManifestFile& manifest);

}  // namespace stedi
