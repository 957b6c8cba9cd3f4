// What can be known of a project's SELECTs without data: which tables they read, whether both
// engines read them alike, and whether their columns are the contract's.
#pragma once

#include <vector>

#include "database/database.h"
#include "pipeline/project.h"

namespace stedi {

// Fills View::inputs and appends every mistake that the parsed SELECT shows, and the first one that
// DuckDB's binder finds in each view. Makes empty tables named as the project's in `connection`'s
// database: give it one of its own. CreateDialect() first.
void CheckViews(Connection& connection, Project& project, std::vector<Diagnostic>& diagnostics);

}  // namespace stedi
