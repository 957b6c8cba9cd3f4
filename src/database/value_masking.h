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

// The first line of `message`, with *** in place of every quoted text and every number that stands
// alone.
std::string MaskValues(std::string_view message);

// The message of an error, with values masked where DuckDB may have quoted them.
std::string ShownMessage(const std::exception& error);

}  // namespace stedi
