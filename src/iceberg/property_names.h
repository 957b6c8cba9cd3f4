// Names that stedi writes into a table's metadata: of properties, and of keys in a snapshot's
// summary.
#pragma once

namespace stedi {

inline constexpr const char* kCommentProperty = "comment";
inline constexpr const char* kCompressionProperty = "write.parquet.compression-codec";
// The prefix of those properties of the project that stedi stores with the table, such as
// unique.<name>: columns in which no two rows are equal.
inline constexpr const char* kOwnPropertyPrefix = "stedi.";
// The columns that hold personal data, separated by commas; readers mask them.
inline constexpr const char* kPiiProperty = "stedi.pii";

// Keys of snapshot summaries.
// Iceberg's own: the number of rows.
inline constexpr const char* kTotalRecords = "total-records";
// The id of the run that made the snapshot. Every snapshot that stedi makes has it.
inline constexpr const char* kRunIdKey = "stedi.run-id";
// ToString of the TableChecksum of the rows.
inline constexpr const char* kChecksum = "stedi.checksum";
// The CRC-32 of the manifest list, then those of the manifests in the list's order, separated by
// spaces; "-" for one that is not known.
inline constexpr const char* kManifestCrcs = "stedi.manifest-crc32";
// The number of removed rows, in a snapshot that only removed rows.
inline constexpr const char* kTakenOut = "stedi.taken-out";

}  // namespace stedi
