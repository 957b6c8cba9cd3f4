// DuckDB's messages quote the values of rows; what is shown or recorded must not.
#pragma once

#include <duckdb.h>

#include <exception>
#include <string>
#include <string_view>

namespace stedi {

// Whether an error of this type quotes a value of a row; the others are about the statement or the
// machine.
bool QuotesValues(duckdb_error_type type);

// The first line of `message` with every quoted text and every number that stands alone as ***.
std::string MaskValues(std::string_view message);

// What an error says, with values masked where DuckDB may quote them.
std::string ShownMessage(const std::exception& error);

}  // namespace stedi
