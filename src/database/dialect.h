// The Spark functions that DuckDB lacks, as temporary macros.
#pragma once

#include "database/database.h"

namespace stedi {

// Creates the macro of each SqlConstruct that has one (pipeline/portable_sql.h). May be called
// again.
void CreateDialect(Connection& connection);

}  // namespace stedi
