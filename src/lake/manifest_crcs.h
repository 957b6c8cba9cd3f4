// The checksums of a snapshot's manifest list and manifests, which its summary holds: so a file
// that was changed later is found, although its format has no checksum.
#pragma once

#include <string>
#include <vector>

#include "base/file_store.h"
#include "database/database.h"
#include "iceberg/data_file.h"
#include "iceberg/property_names.h"
#include "iceberg/table_metadata.h"

namespace stedi {

// CRC-32 of the file's bytes, in hexadecimal. Throws where it cannot be read.
std::string CrcOfFile(const FileStore& store, const std::string& path);

// The value of kManifestCrcs. `manifests`: in the order of the list.
std::string ManifestCrcsText(const std::string& list_crc,
                             const std::vector<ManifestFile>& manifests);

// The list's checksum as the summary has it; empty: not known.
std::string CrcOfList(const Snapshot& snapshot);
// Sets the checksums of `manifests`, which are in the order of the list, as the summary has them.
void FillManifestCrcs(const Snapshot& snapshot, std::vector<ManifestFile>& manifests);

// Reads the manifest list. The manifests have their checksums. Needs the avro extension.
std::vector<ManifestFile> ManifestsOf(Connection& connection, const Snapshot& snapshot);

}  // namespace stedi
