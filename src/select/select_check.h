// Checks the SELECTs of a project without data: which tables they read, whether both engines
// interpret them alike, and whether their columns are those of the contract.
#pragma once

#include <vector>

#include "database/database.h"
#include "pipeline/project.h"

namespace stedi {

// Fills View::inputs. Appends to `diagnostics` every mistake that can be seen in the parsed
// SELECTs, and the first one that DuckDB's binder finds in each view; also checks the conditions of
// expectations and the notes. Creates and drops empty tables with the names of the project's
// tables, so `connection` must have a database of its own. REQUIRES: CreateDialect(connection).
void CheckViews(Connection& connection, Project& project, std::vector<Diagnostic>& diagnostics);

}  // namespace stedi
