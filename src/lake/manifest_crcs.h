// The checksums of a snapshot's manifest list and manifests. They are kept in the snapshot's
// summary, so that a file that was changed later is found although its format has no checksum.
#pragma once

#include <string>
#include <vector>

#include "base/file_store.h"
#include "database/database.h"
#include "iceberg/data_file.h"
#include "iceberg/property_names.h"
#include "iceberg/table_metadata.h"

namespace stedi {

// Returns the CRC-32 of the file's bytes, in hexadecimal. Throws if the file cannot be read.
std::string CrcOfFile(const FileStore& store, const std::string& path);

// Returns the value of the summary's key kManifestCrcs. `manifests` are in the order of the list.
std::string ManifestCrcsText(const std::string& list_crc,
                             const std::vector<ManifestFile>& manifests);

// Returns the list's checksum from the summary; empty: not known.
std::string CrcOfList(const Snapshot& snapshot);
// Sets the checksums of `manifests`, which are in the order of the list, from the summary.
void FillManifestCrcs(const Snapshot& snapshot, std::vector<ManifestFile>& manifests);

// Reads the manifest list and sets the manifests' checksums. REQUIRES: DuckDB's avro extension is
// loaded.
std::vector<ManifestFile> ManifestsOf(Connection& connection, const Snapshot& snapshot);

}  // namespace stedi
