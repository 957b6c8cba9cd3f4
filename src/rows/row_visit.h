// Visits the rows of a SELECT one by one. No row is kept, so any number of rows takes little
// memory.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "database/scalar_function.h"

namespace stedi {

// A row of a chunk, valid until the visit ends.
class VisitedRow {
 public:
  VisitedRow(duckdb_data_chunk chunk, idx_t row) : chunk_(chunk), row_(row) {}
  // The value of a VARCHAR or BLOB column; nothing for NULL.
  std::optional<std::string_view> Text(idx_t column) const;
  // The value of a BIGINT column. REQUIRES: it is not NULL.
  int64_t Integer(idx_t column) const;

 private:
  duckdb_data_chunk chunk_;
  idx_t row_;
};

// Calls `visit` for each row of `select`, which has the columns `columns`: one call at a time, in
// no particular order. Throws what `visit` throws.
void VisitRows(Connection& connection, const std::string& select,
               const std::vector<std::string>& columns,
               const std::function<void(const VisitedRow&)>& visit);

}  // namespace stedi
