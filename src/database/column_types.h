// One column type in the three languages it is said in: the project's SQL, Iceberg, DuckDB.
#pragma once

#include <string>

#include "iceberg/schema.h"
#include "landing/contract.h"
#include "pipeline/sql_type.h"

namespace stedi {

IcebergType ToIceberg(const SqlType& type);
std::string DuckdbType(
    const SqlType& type);  // "BIGINT", "DECIMAL(12,2)", "TIMESTAMP WITH TIME ZONE"
std::string DuckdbType(const IcebergType& type);  // the same
std::string DuckdbType(ColumnType type);

}  // namespace stedi
