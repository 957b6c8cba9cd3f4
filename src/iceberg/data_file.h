// A data file and its statistics as manifests hold them (specification: data_file, manifest_entry,
// manifest_file).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "iceberg/schema.h"
#include "iceberg/value_bound.h"

namespace stedi {

struct DataFile {
  std::string path;
  int64_t record_count = 0;
  int64_t file_size_bytes = 0;
  std::optional<int32_t> schema_id;         // that it was written with, where known
  std::map<int32_t, int64_t> column_sizes;  // by field id
  std::map<int32_t, int64_t> value_counts;
  std::map<int32_t, int64_t> null_value_counts;
  std::map<int32_t, std::string> lower_bounds;  // Iceberg single-value serialization (bytes)
  std::map<int32_t, std::string> upper_bounds;
};

enum class EntryStatus : int32_t { kExisting = 0, kAdded = 1, kDeleted = 2 };

struct ManifestEntry {
  EntryStatus status = EntryStatus::kAdded;
  int64_t snapshot_id = 0;
  int64_t sequence_number = 0;  // 0 with kAdded: inherited, written as null
  int64_t file_sequence_number = 0;
  DataFile file;
};

struct ManifestFile {
  std::string path;
  std::string crc;  // CRC-32 of its bytes in hexadecimal; empty: not known
  int64_t length_bytes = 0;
  int32_t content = 0;  // 0 = data, 1 = deletes
  int64_t sequence_number = 0;
  int64_t min_sequence_number = 0;
  int64_t added_snapshot_id = 0;
  int32_t added_files_count = 0, existing_files_count = 0, deleted_files_count = 0;
  int64_t added_rows_count = 0, existing_rows_count = 0, deleted_rows_count = 0;
};

// Statistics of one column of a written file.
struct ColumnStatistics {
  int64_t size_bytes = 0;  // compressed
  int64_t null_count = 0;
  std::optional<std::string> min;  // as Parquet's PLAIN encoding has a single value, no NaN
  std::optional<std::string> max;
};

// Fills the maps of a DataFile from statistics by column name (unquoted). Columns in
// `without_bounds` (personal data) get counts and sizes but no bounds. Rules for bounds: strings
// are cut at 16 code points, and an upper bound is rounded up, or left out where that is
// impossible; a zero is -0.0 as lower and +0.0 as upper bound; a column whose only value is NaN has
// no bounds.
DataFile MakeDataFile(std::string path, int64_t record_count, int64_t file_size_bytes,
                      const Schema& schema,
                      const std::map<std::string, ColumnStatistics>& statistics,
                      const std::set<std::string>& without_bounds);

}  // namespace stedi
