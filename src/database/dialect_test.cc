#include "database/dialect.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "pipeline/portable_sql.h"

namespace stedi {
namespace {

TEST(DialectTest, MakesEveryMacroOfTheTable) {
  Database database{DatabaseOptions{1, 0, {}, true}};
  Connection connection(database);
  CreateDialect(connection);
  CreateDialect(connection);
  std::set<std::string> macros;
  for (const SqlConstruct& row : SqlConstructs()) {
    if (!row.macro.empty()) macros.emplace(row.macro.substr(0, row.macro.find('(')));
  }
  EXPECT_FALSE(macros.empty());
  for (const std::string& macro : macros) {
    EXPECT_EQ(connection.Integer("SELECT count(DISTINCT function_name) FROM duckdb_functions() "
                                 "WHERE function_type = 'macro' AND function_name = $1",
                                 {macro}),
              1)
        << macro;
  }
}

}  // namespace
}  // namespace stedi
