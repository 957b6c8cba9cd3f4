// Column types in three type systems: the project's SQL, Iceberg and DuckDB.
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

// Returns `CAST("name" AS TYPE) AS "name"`, or with `is_null` `CAST(NULL AS TYPE) AS "name"`.
std::string CastColumn(std::string_view name, const std::string& type, bool is_null = false);

// Returns a SELECT list that casts each column to its type: `CAST("a" AS BIGINT) AS "a", ..`.
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
// Returns the same list with NULL in place of each column's value.
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
