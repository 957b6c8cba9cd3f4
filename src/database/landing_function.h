// The landing scan as a DuckDB table function. Its columns are those of the contract, then
// _source_file, _offset, _rescued and, if the contract keeps unfit values, _unfit.
#pragma once

#include <string>

#include "database/database.h"
#include "landing/landing_scan.h"

namespace stedi {

// Makes `SELECT .. FROM <name>()` read `scan`, on all threads. The scan can be read only once, and
// must outlive every statement that uses the function. After CancelStatements() the scan ends
// early; no rows are lost silently, because the statement then fails with kCancelled.
void RegisterLandingFunction(Connection& connection, const std::string& name, LandingScan& scan);

}  // namespace stedi
