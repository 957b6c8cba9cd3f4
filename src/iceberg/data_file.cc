#include "iceberg/data_file.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "base/error.h"

namespace stedi {
namespace {

std::optional<int64_t> FindCount(const ColumnStatistics& statistics, const std::string& key) {
  const auto found = statistics.find(key);
  if (found == statistics.end()) return std::nullopt;
  const std::string& text = found->second;
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorCode::kInternal,
                fmt::format("statistic {} of a written file is not a number", key));
  }
  return count;
}

void AddBound(const Field& field, const ColumnStatistics& statistics, BoundSide side,
              std::map<int32_t, std::string>& bounds) {
  const auto found = statistics.find(side == BoundSide::kLower ? "min" : "max");
  if (found == statistics.end()) return;
  if (auto bound = SerializeBound(field.type, found->second, side)) {
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
    if (const auto bytes = FindCount(column, "column_size_bytes"))
      file.column_sizes[field.id] = *bytes;
    if (const auto nulls = FindCount(column, "null_count"))
      file.null_value_counts[field.id] = *nulls;
    if (without_bounds.contains(field.name)) continue;
    AddBound(field, column, BoundSide::kLower, file.lower_bounds);
    AddBound(field, column, BoundSide::kUpper, file.upper_bounds);
  }
  return file;
}

}  // namespace stedi
