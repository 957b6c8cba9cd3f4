// A data file and its statistics as manifests hold them (Iceberg specification: data_file,
// manifest_entry, manifest_file).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "iceberg/schema.h"
#include "iceberg/value_bound.h"

namespace stedi {

struct DataFile {
  std::string path;
  int64_t record_count = 0;
  int64_t file_size_bytes = 0;
  std::optional<int32_t> schema_id;         // the schema that it was written with, if known
  std::map<int32_t, int64_t> column_sizes;  // by field id
  std::map<int32_t, int64_t> value_counts;
  std::map<int32_t, int64_t> null_value_counts;
  std::map<int32_t, std::string> lower_bounds;  // Iceberg single-value serialization (bytes)
  std::map<int32_t, std::string> upper_bounds;
};

// A map of DataFile as manifests have it. Name and field ids are those of the Iceberg
// specification.
struct ManifestStatistic {
  const char* name;
  int field_id;
  int key_id;
  int value_id;
  std::map<int32_t, int64_t> DataFile::*counts;  // one of these two is null
  std::map<int32_t, std::string> DataFile::*bounds = nullptr;
};
inline constexpr auto kStatistics = std::to_array<ManifestStatistic>({
    {"column_sizes", 108, 117, 118, &DataFile::column_sizes},
    {"value_counts", 109, 119, 120, &DataFile::value_counts},
    {"null_value_counts", 110, 121, 122, &DataFile::null_value_counts},
    {"lower_bounds", 125, 126, 127, nullptr, &DataFile::lower_bounds},
    {"upper_bounds", 128, 129, 130, nullptr, &DataFile::upper_bounds},
});

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

// Statistics of one column of a file, or of a row group in it.
struct ColumnStatistics {
  int64_t size_bytes = 0;  // compressed
  int64_t null_count = 0;
  std::optional<std::string> min;  // in Parquet's PLAIN encoding of a single value; no NaN
  std::optional<std::string> max;
};

// Adds the statistics of a row group to `sum`, those of the row groups before it. `is_less` is the
// order of the column's values in the encoding of `min` and `max`.
void AddStatistics(const ColumnStatistics& row_group,
                   const std::function<bool(std::string_view, std::string_view)>& is_less,
                   ColumnStatistics& sum);

// Returns a DataFile with its maps filled from `statistics`, which are by column name (unquoted).
// Columns in `without_bounds` (personal data) get counts and sizes but no bounds. Strings are
// truncated to 16 code points in a bound; an upper bound is then rounded up, or left out where that
// is impossible. A zero is -0.0 as a lower bound and +0.0 as an upper bound. A column whose only
// value is NaN has no bounds.
DataFile MakeDataFile(std::string path, int64_t record_count, int64_t file_size_bytes,
                      const Schema& schema,
                      const std::map<std::string, ColumnStatistics>& statistics,
                      const std::set<std::string>& without_bounds);

}  // namespace stedi
