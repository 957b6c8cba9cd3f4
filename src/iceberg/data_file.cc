#include "iceberg/data_file.h"

#include <utility>

namespace stedi {
namespace {

void AddBound(const Field& field, const std::optional<std::string>& value, BoundSide side,
              std::map<int32_t, std::string>& bounds) {
  if (!value) return;
  if (auto bound = SerializeBound(field.type, *value, side)) {
    bounds.emplace(field.id, std::move(*bound));
  }
}

}  // namespace

DataFile MakeDataFile(std::string path, int64_t record_count, int64_t file_size_bytes,
                      const Schema& schema,
                      const std::map<std::string, ColumnStatistics>& statistics,
                      const std::set<std::string>& without_bounds) {
  DataFile file;
  file.path = std::move(path);
  file.record_count = record_count;
  file.file_size_bytes = file_size_bytes;
  file.schema_id = schema.schema_id;
  for (const Field& field : schema.fields) {
    const auto found = statistics.find(field.name);
    if (found == statistics.end()) continue;
    const ColumnStatistics& column = found->second;
    file.value_counts[field.id] = record_count;  // flat columns: one value a row, NULL counts too
    file.column_sizes[field.id] = column.size_bytes;
    file.null_value_counts[field.id] = column.null_count;
    if (without_bounds.contains(field.name)) continue;
    AddBound(field, column.min, BoundSide::kLower, file.lower_bounds);
    AddBound(field, column.max, BoundSide::kUpper, file.upper_bounds);
  }
  return file;
}

}  // namespace stedi
