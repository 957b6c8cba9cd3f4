#include "database/vector_values.h"

#include <string>
#include <string_view>
#include <vector>

#include "database/string_cell.h"

namespace stedi {
namespace {

// The largest precisions of decimals that DuckDB stores as integers of 16 and of 32 bits.
constexpr uint8_t kDecimal16Digits = 4;
constexpr uint8_t kDecimal32Digits = 9;

constexpr unsigned kWordBits = 64;

bool HasValue(const uint64_t* validity, uint16_t row) {
  return validity == nullptr || ((validity[row / kWordBits] >> (row % kWordBits)) & 1) != 0;
}

// Calls `add(row)` for each row that has a value, and adds NULL for the others.
template <class Add>
void ForEach(duckdb_vector vector, std::span<const uint16_t> rows, ColumnEncoder& column,
             const Add& add) {
  const uint64_t* validity = duckdb_vector_get_validity(vector);
  for (const uint16_t row : rows) {
    if (HasValue(validity, row)) {
      add(row);
    } else {
      column.AddNull();
    }
  }
}

// Adds integers of any width. Other numbers are added as the integer of the same width and bits.
template <class Word>
void AddNumbers(duckdb_vector vector, std::span<const uint16_t> rows, ColumnEncoder& column) {
  const auto* values = static_cast<const Word*>(duckdb_vector_get_data(vector));
  if (duckdb_vector_get_validity(vector) == nullptr) {
    return column.AddNumbers(rows.size(), [&](size_t i) { return int64_t{values[rows[i]]}; });
  }
  ForEach(vector, rows, column, [&](uint16_t row) { column.AddNumber(int64_t{values[row]}); });
}

void AddTexts(duckdb_vector vector, std::span<const uint16_t> rows, ColumnEncoder& column) {
  const auto* cells = static_cast<const duckdb_string_t*>(duckdb_vector_get_data(vector));
  std::vector<std::string_view> texts;
  texts.reserve(rows.size());
  const auto add_texts = [&] {
    if (texts.empty()) return;
    column.AddTexts(texts);
    texts.clear();
  };
  const uint64_t* validity = duckdb_vector_get_validity(vector);
  for (const uint16_t row : rows) {
    if (HasValue(validity, row)) {
      texts.push_back(TextOf(cells[row]));
    } else {
      add_texts();
      column.AddNull();
    }
  }
  add_texts();
}

void AddDecimals(const IcebergType& type, duckdb_vector vector, std::span<const uint16_t> rows,
                 ColumnEncoder& column) {
  if (PhysicalTypeOf(type) == PhysicalType::kInt64) {
    return AddNumbers<int64_t>(vector, rows, column);
  }
  if (type.precision <= kDecimal16Digits) return AddNumbers<int16_t>(vector, rows, column);
  if (type.precision <= kDecimal32Digits) return AddNumbers<int32_t>(vector, rows, column);
  const auto* values = static_cast<const duckdb_hugeint*>(duckdb_vector_get_data(vector));
  ForEach(vector, rows, column, [&](uint16_t row) {
    const std::string bytes = PlainDecimal(type, values[row].lower, values[row].upper);
    const std::string_view text = bytes;
    column.AddTexts({&text, 1});
  });
}

}  // namespace

void AddValues(const IcebergType& type, duckdb_vector vector, std::span<const uint16_t> rows,
               ColumnEncoder& column) {
  if (type.kind == IcebergType::Kind::kDecimal) return AddDecimals(type, vector, rows, column);
  switch (PhysicalTypeOf(type)) {
    case PhysicalType::kBoolean:
      return AddNumbers<int8_t>(vector, rows, column);
    case PhysicalType::kInt32:
    case PhysicalType::kFloat:
      return AddNumbers<int32_t>(vector, rows, column);
    case PhysicalType::kInt64:
    case PhysicalType::kDouble:
      return AddNumbers<int64_t>(vector, rows, column);
    default:
      return AddTexts(vector, rows, column);
  }
}

}  // namespace stedi
