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

void AddStatistics(const ColumnStatistics& row_group,
                   const std::function<bool(std::string_view, std::string_view)>& is_less,
                   ColumnStatistics& sum) {
  // Names every field, so that this does not compile when a new one is not added.
  const auto& [size_bytes, null_count, min, max] = row_group;
  sum.size_bytes += size_bytes;
  sum.null_count += null_count;
  if (min && (!sum.min || is_less(*min, *sum.min))) sum.min = min;
  if (max && (!sum.max || is_less(*sum.max, *max))) sum.max = max;
}

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
    file.value_counts[field.id] = record_count;  // flat columns: one value per row, NULLs included
    file.column_sizes[field.id] = column.size_bytes;
    file.null_value_counts[field.id] = column.null_count;
    if (without_bounds.contains(field.name)) continue;
    AddBound(field, column.min, BoundSide::kLower, file.lower_bounds);
    AddBound(field, column.max, BoundSide::kUpper, file.upper_bounds);
  }
  return file;
}

}  // namespace stedi
