// One column type in the three languages it is said in: the project's SQL, Iceberg, DuckDB.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iceberg/schema.h"
#include "landing/contract.h"
#include "pipeline/sql_type.h"

namespace stedi {

IcebergType ToIceberg(const SqlType& type);
std::string DuckdbType(
    const SqlType& type);  // "BIGINT", "DECIMAL(12,2)", "TIMESTAMP WITH TIME ZONE"
std::string DuckdbType(const IcebergType& type);  // the same
std::string DuckdbType(ColumnType type);

// `CAST("name" AS TYPE) AS "name"`, or of NULL instead of the column.
std::string CastColumn(std::string_view name, const std::string& type, bool is_null = false);

// The list of a SELECT that gives each column in its type: `CAST("a" AS BIGINT) AS "a", ..`.
// `columns` are Fields or ColumnDefinitions.
template <class Column>
std::string CastList(const std::vector<Column>& columns) {
  std::string list;
  for (const Column& column : columns) {
    if (!list.empty()) list += ", ";
    list += CastColumn(column.name, DuckdbType(column.type));
  }
  return list;
}
// The same with NULL in each of them.
template <class Column>
std::string NullList(const std::vector<Column>& columns) {
  std::string list;
  for (const Column& column : columns) {
    if (!list.empty()) list += ", ";
    list += CastColumn(column.name, DuckdbType(column.type), /*is_null=*/true);
  }
  return list;
}

}  // namespace stedi
