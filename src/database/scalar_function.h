// Scalar functions of stedi that SQL statements can call.
#pragma once

#include <duckdb.h>

#include <string>
#include <vector>

#include "database/database.h"

namespace stedi {

// A scalar function. DuckDB calls it for each chunk of rows, including rows with NULLs.
struct ScalarFunction {
  duckdb_type parameter = DUCKDB_TYPE_ANY;  // ANY: any number of arguments of any types
  duckdb_type result = DUCKDB_TYPE_BOOLEAN;
  void* state = nullptr;  // what duckdb_scalar_function_get_extra_info returns
  duckdb_scalar_function_t function = nullptr;
  duckdb_scalar_function_init_t init = nullptr;  // called once for each thread
  // DuckDB calls a volatile function for every row, at the place where the statement has it. It may
  // call any other function once for each value of a dictionary instead of once for each row.
  bool is_volatile = true;
};

// Registers the function in the connection's database.
void RegisterFunction(Connection& connection, const std::string& name, const ScalarFunction& one);

// Returns a statement that passes all rows of `select`, which has the columns `columns`, to the
// function `name`, in the order of the ORDER BY if there is one. Its result has a row for each row
// for which the function returned false. The filter is on a column of a subquery, because DuckDB
// does not push a filter on a volatile column below a join, where it would see other rows.
std::string SelectDropped(const std::string& name, const std::string& select,
                          const std::vector<std::string>& columns);

}  // namespace stedi
