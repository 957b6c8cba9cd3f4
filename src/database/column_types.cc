#include "database/column_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "database/database.h"

namespace stedi {
namespace {

struct TypeRow {
  SqlType::Kind sql;
  IcebergType::Kind iceberg;
  const char* duckdb;
};
constexpr TypeRow kTypes[] = {
    {SqlType::Kind::kString, IcebergType::Kind::kString, "VARCHAR"},
    {SqlType::Kind::kBigint, IcebergType::Kind::kLong, "BIGINT"},
    {SqlType::Kind::kInt, IcebergType::Kind::kInt, "INTEGER"},
    {SqlType::Kind::kDouble, IcebergType::Kind::kDouble, "DOUBLE"},
    {SqlType::Kind::kFloat, IcebergType::Kind::kFloat, "FLOAT"},
    {SqlType::Kind::kBoolean, IcebergType::Kind::kBoolean, "BOOLEAN"},
    {SqlType::Kind::kDate, IcebergType::Kind::kDate, "DATE"},
    {SqlType::Kind::kTimestamp, IcebergType::Kind::kTimestamptz, "TIMESTAMP WITH TIME ZONE"},
    {SqlType::Kind::kTimestampNtz, IcebergType::Kind::kTimestamp, "TIMESTAMP"},
    {SqlType::Kind::kDecimal, IcebergType::Kind::kDecimal, "DECIMAL"},
    {SqlType::Kind::kBinary, IcebergType::Kind::kBinary, "BLOB"},
};

template <class Kind>
const TypeRow& RowOf(Kind TypeRow::*column, Kind kind) {
  const auto* found = std::ranges::find(kTypes, kind, column);
  assert(found != std::end(kTypes));
  return *found;
}

std::string WithScale(const char* name, int precision, int scale) {
  return precision == 0 ? name : fmt::format("{}({},{})", name, precision, scale);
}

}  // namespace

IcebergType ToIceberg(const SqlType& type) {
  return {RowOf(&TypeRow::sql, type.kind).iceberg, type.precision, type.scale};
}

std::string DuckdbType(const SqlType& type) {
  return WithScale(RowOf(&TypeRow::sql, type.kind).duckdb, type.precision, type.scale);
}

std::string DuckdbType(const IcebergType& type) {
  return WithScale(RowOf(&TypeRow::iceberg, type.kind).duckdb, type.precision, type.scale);
}

std::string CastColumn(std::string_view name, const std::string& type, bool is_null) {
  const std::string quoted = QuoteIdentifier(name);
  return fmt::format("CAST({} AS {}) AS {}", is_null ? "NULL" : quoted, type, quoted);
}

std::string DuckdbType(ColumnType type) {
  switch (type) {
    case ColumnType::kString:
      return "VARCHAR";
    case ColumnType::kBigint:
      return "BIGINT";
    case ColumnType::kInt:
      return "INTEGER";
    case ColumnType::kDouble:
      return "DOUBLE";
    case ColumnType::kBoolean:
      return "BOOLEAN";
  }
  assert(false);
  return "";
}

}  // namespace stedi
