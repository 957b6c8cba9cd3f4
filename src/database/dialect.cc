#include "database/dialect.h"

#include "pipeline/portable_sql.h"

namespace stedi {

void CreateDialect(Connection& connection) {
  std::string statements;
  for (const SqlConstruct& row : SqlConstructs()) {
    if (!row.macro.empty())
      statements += "CREATE OR REPLACE TEMP MACRO " + std::string(row.macro) + ";";
  }
  connection.Execute(statements);
}

}  // namespace stedi
