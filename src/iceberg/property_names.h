// Names of what stedi writes into the metadata of a table: its properties, and keys in the summary
// of a snapshot.
#pragma once

namespace stedi {

inline constexpr const char* kCommentProperty = "comment";
inline constexpr const char* kCompressionProperty = "write.parquet.compression-codec";
// Before a property of the project that stedi keeps with the table, such as unique.<name>: columns
// that no two rows share.
inline constexpr const char* kOwnPropertyPrefix = "stedi.";
// The columns that hold personal data, separated by commas; readers mask them.
inline constexpr const char* kPiiProperty = "stedi.pii";

// Keys of summaries. Each snapshot has the first.
inline constexpr const char* kRunIdKey = "stedi.run-id";
// ToString of the TableChecksum of the rows.
inline constexpr const char* kChecksum = "stedi.checksum";
// The CRC-32 of the manifest list, then those of the manifests in the list's order, with a space
// between; "-" where one is not known.
inline constexpr const char* kManifestCrcs = "stedi.manifest-crc32";
// Of a snapshot that only took rows out: how many.
inline constexpr const char* kTakenOut = "stedi.taken-out";

}  // namespace stedi
