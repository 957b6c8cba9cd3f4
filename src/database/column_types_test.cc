#include "database/column_types.h"

#include <gtest/gtest.h>

#include "pipeline/table_definition.h"

namespace stedi {
namespace {

TEST(ColumnTypes, AreTheSameInDuckdbByEitherName) {
  for (const char* text : {"STRING", "BIGINT", "INT", "DOUBLE", "FLOAT", "BOOLEAN", "DATE",
                           "TIMESTAMP", "TIMESTAMP_NTZ", "DECIMAL(12,2)", "BINARY"}) {
    const SqlType type = ParseSqlType(text).value();
    EXPECT_EQ(DuckdbType(type), DuckdbType(ToIceberg(type))) << text;
  }
}

TEST(CastList, GivesEachColumnInItsType) {
  const std::vector<Field> fields = {{1, "id", {IcebergType::Kind::kLong}},
                                     {2, "a\"b", {IcebergType::Kind::kDecimal, 12, 2}}};
  EXPECT_EQ(CastList(fields),
            R"(CAST("id" AS BIGINT) AS "id", CAST("a""b" AS DECIMAL(12,2)) AS "a""b")");
  EXPECT_EQ(NullList(fields),
            R"(CAST(NULL AS BIGINT) AS "id", CAST(NULL AS DECIMAL(12,2)) AS "a""b")");
  ColumnDefinition column;
  column.name = "since";
  column.type = ParseSqlType("TIMESTAMP").value();
  EXPECT_EQ(CastList(std::vector<ColumnDefinition>{column}),
            R"(CAST("since" AS TIMESTAMP WITH TIME ZONE) AS "since")");
  EXPECT_EQ(CastList(std::vector<Field>{}), "");
}

}  // namespace
}  // namespace stedi
