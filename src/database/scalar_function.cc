#include "database/scalar_function.h"

#include <fmt/format.h>

namespace stedi {

void RegisterFunction(Connection& connection, const std::string& name, const ScalarFunction& one) {
  duckdb_scalar_function made = duckdb_create_scalar_function();
  duckdb_logical_type parameter = duckdb_create_logical_type(one.parameter);
  duckdb_logical_type result = duckdb_create_logical_type(one.result);
  duckdb_scalar_function_set_name(made, name.c_str());
  if (one.parameter == DUCKDB_TYPE_ANY) {
    duckdb_scalar_function_set_varargs(made, parameter);
  } else {
    duckdb_scalar_function_add_parameter(made, parameter);
  }
  duckdb_scalar_function_set_return_type(made, result);
  duckdb_scalar_function_set_special_handling(made);
  if (one.is_volatile) duckdb_scalar_function_set_volatile(made);
  duckdb_scalar_function_set_extra_info(made, one.state, nullptr);
  duckdb_scalar_function_set_function(made, one.function);
  if (one.init != nullptr) duckdb_scalar_function_set_init(made, one.init);
  const duckdb_state done = duckdb_register_scalar_function(connection.handle(), made);
  duckdb_destroy_scalar_function(&made);
  duckdb_destroy_logical_type(&parameter);
  duckdb_destroy_logical_type(&result);
  if (done == DuckDBError) {
    throw Error(ErrorCode::kInternal, fmt::format("DuckDB refused the function {}", name));
  }
}

std::string SelectDropped(const std::string& name, const std::string& select,
                          const std::vector<std::string>& columns) {
  std::string names;
  for (const std::string& column : columns) {
    names += (names.empty() ? "" : ", ") + QuoteIdentifier(column);
  }
  return fmt::format(
      "SELECT 1 FROM (SELECT {}({}) AS stedi_passes FROM (\n{}\n)) WHERE NOT stedi_passes",
      QuoteIdentifier(name), names, select);
}

}  // namespace stedi
