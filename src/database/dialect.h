// Spark's functions that DuckDB lacks, as macros of a connection's database.
#pragma once

#include "database/database.h"

namespace stedi {

// Makes every macro of the table of constructs (pipeline/portable_sql.h). Safe to call again.
void CreateDialect(Connection& connection);

}  // namespace stedi
