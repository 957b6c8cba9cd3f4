#include "rows/row_visit.h"

#include <algorithm>
#include <exception>
#include <mutex>

#include "database/string_cell.h"
#include "iceberg/identifiers.h"

namespace stedi {
namespace {

struct Visitor {
  const std::function<void(const VisitedRow&)>& visit;
  std::mutex mutex;
  std::exception_ptr failure;
};

void OnChunk(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector output) noexcept {
  auto* visitor = static_cast<Visitor*>(duckdb_scalar_function_get_extra_info(info));
  const std::lock_guard lock(visitor->mutex);
  try {
    const idx_t size = duckdb_data_chunk_get_size(chunk);
    for (idx_t row = 0; row < size; ++row) visitor->visit({chunk, row});
    std::fill_n(static_cast<bool*>(duckdb_vector_get_data(output)), size, true);
  } catch (const std::exception& error) {
    if (visitor->failure == nullptr) visitor->failure = std::current_exception();
    duckdb_scalar_function_set_error(info, error.what());
  }
}

}  // namespace

std::optional<std::string_view> VisitedRow::Text(idx_t column) const {
  const duckdb_vector vector = duckdb_data_chunk_get_vector(chunk_, column);
  uint64_t* validity = duckdb_vector_get_validity(vector);
  if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row_)) return std::nullopt;
  return TextOf(static_cast<const duckdb_string_t*>(duckdb_vector_get_data(vector))[row_]);
}

int64_t VisitedRow::Integer(idx_t column) const {
  const duckdb_vector vector = duckdb_data_chunk_get_vector(chunk_, column);
  return static_cast<const int64_t*>(duckdb_vector_get_data(vector))[row_];
}

void VisitRows(Connection& connection, const std::string& select,
               const std::vector<std::string>& columns,
               const std::function<void(const VisitedRow&)>& visit) {
  Visitor visitor{visit, {}, nullptr};
  const std::string name = "visit_" + NewUuid();
  RegisterFunction(connection, name, {DUCKDB_TYPE_ANY, DUCKDB_TYPE_BOOLEAN, &visitor, OnChunk});
  try {
    connection.Execute(SelectDropped(name, select, columns));
  } catch (const SqlError&) {
    if (visitor.failure != nullptr) std::rethrow_exception(visitor.failure);
    throw;
  }
}

}  // namespace stedi
