// Spark's functions that DuckDB lacks, as macros of a connection's database.
#pragma once

#include "database/database.h"

namespace stedi {

// Creates every macro of the table of constructs (pipeline/portable_sql.h). It may be called again.
void CreateDialect(Connection& connection);

}  // namespace stedi
