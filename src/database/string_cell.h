// Reads a string of a DuckDB vector without a call into DuckDB for each row.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <string_view>

namespace stedi {

// Returns the text that duckdb_string_t_data and duckdb_string_t_length describe. Short texts are
// stored in the cell itself, so the cell must outlive the result.
inline std::string_view TextOf(const duckdb_string_t& cell) {
  const uint32_t length = cell.value.inlined.length;
  constexpr uint32_t kInlinedMax = 12;
  return {length <= kInlinedMax ? cell.value.inlined.inlined : cell.value.pointer.ptr, length};
}

}  // namespace stedi
