// stedi's own keys in the summaries of snapshots. Iceberg's readers pass them over.
#pragma once

namespace stedi {

// The run that made the snapshot: whether it was published is looked up by this id.
inline constexpr const char* kRunIdKey = "stedi.run-id";
// ToString of the TableChecksum of the table's rows.
inline constexpr const char* kChecksum = "stedi.checksum";
// Of a snapshot that only took out the rows of people who withdrew: how many.
inline constexpr const char* kTakenOut = "stedi.taken-out";
// The CRC-32 of the manifest list, then those of the manifests in the list's order, with a space
// between; "-" where one is not known (lake/manifest_crcs.h).
inline constexpr const char* kManifestCrcs = "stedi.manifest-crc32";

}  // namespace stedi
