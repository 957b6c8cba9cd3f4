// The column types of a pipeline: those types of Spark SQL that Iceberg v2 and DuckDB have as well.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stedi {

struct SqlType {
  enum class Kind : uint8_t {
    kString,
    kBigint,
    kInt,
    kDouble,
    kFloat,
    kBoolean,
    kDate,
    kTimestamp,     // with time zone, microseconds (Spark's TIMESTAMP, Iceberg's timestamptz)
    kTimestampNtz,  // without time zone
    kDecimal,
    kBinary,
  };
  Kind kind = Kind::kString;
  uint8_t precision = 0;  // decimal only: 1..38
  uint8_t scale = 0;      // decimal only: 0..precision
  bool operator==(const SqlType&) const = default;
};

// Parses a type such as "BIGINT" or "decimal(12, 2)". Case does not matter, and Spark's other
// spellings (LONG, INTEGER, ..) are known. Returns nothing for anything else.
std::optional<SqlType> ParseSqlType(std::string_view text);
std::string ToString(const SqlType& type);  // Spark's spelling: "BIGINT", "DECIMAL(12,2)"

}  // namespace stedi
