// The landing scan as a DuckDB table function: columns of the contract, then _source_file, _offset,
// _rescued, and _unfit where the contract keeps unfit values.
#pragma once

#include <string>

#include "database/database.h"
#include "landing/landing_scan.h"

namespace stedi {

// Makes `SELECT .. FROM <name>()` read `scan`, on all threads; the scan can be read once. `scan`
// must outlive every statement that uses the function. After CancelStatements() it ends early; no
// rows are lost silently, because the statement then fails with kCancelled.
void RegisterLandingFunction(Connection& connection, const std::string& name, LandingScan& scan);

}  // namespace stedi
