#include "pipeline/sql_type.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

struct Case {
  const char* text;
  const char* written;  // nullptr: not a type
};

TEST(SqlType, ReadsSparksSpellings) {
  const Case cases[] = {
      {"STRING", "STRING"},
      {"bigint", "BIGINT"},
      {"Long", "BIGINT"},
      {"INT", "INT"},
      {"integer", "INT"},
      {"DOUBLE", "DOUBLE"},
      {"real", "FLOAT"},
      {"BOOLEAN", "BOOLEAN"},
      {"DATE", "DATE"},
      {"TIMESTAMP", "TIMESTAMP"},
      {"TIMESTAMP_LTZ", "TIMESTAMP"},
      {"timestamp_ntz", "TIMESTAMP_NTZ"},
      {"BINARY", "BINARY"},
      {"DECIMAL(12, 2)", "DECIMAL(12,2)"},
      {"dec ( 38 , 38 )", "DECIMAL(38,38)"},
      {"NUMERIC(5)", "DECIMAL(5,0)"},
      {"decimal", "DECIMAL(10,0)"},
      {"", nullptr},
      {"VARCHAR", nullptr},
      {"VARCHAR(10)", nullptr},
      {"TINYINT", nullptr},
      {"BIGINT(20)", nullptr},
      {"DECIMAL()", nullptr},
      {"DECIMAL(0)", nullptr},
      {"DECIMAL(39)", nullptr},
      {"DECIMAL(3,4)", nullptr},
      {"DECIMAL(3,-1)", nullptr},
      {"DECIMAL(3,1", nullptr},
      {"DECIMAL(3,1,1)", nullptr},
      {"DECIMAL(99999999999)", nullptr},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.text);
    const std::optional<SqlType> type = ParseSqlType(row.text);
    ASSERT_EQ(type.has_value(), row.written != nullptr);
    if (!type) continue;
    EXPECT_EQ(ToString(*type), row.written);
    EXPECT_EQ(ParseSqlType(ToString(*type)), type);
  }
}

}  // namespace
}  // namespace stedi
