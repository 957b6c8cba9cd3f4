// Copies values from DuckDB's vectors into the columns of a Parquet file.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <span>

#include "parquet/column_encoder.h"

namespace stedi {

// Adds the values of the given rows of a flat vector to `column`. The vector must have the DuckDB
// type of `type` (database/column_types.h).
void AddValues(const IcebergType& type, duckdb_vector vector, std::span<const uint16_t> rows,
               ColumnEncoder& column);

}  // namespace stedi
