// Names of tables and columns: lower case, and plain in every engine that reads them.
#pragma once

#include <string>
#include <string_view>

namespace stedi {

// What is wrong with `name` as the name of a table or column, as the end of a sentence that begins
// with the name ("is reserved in SQL"); empty when nothing is. Plain = [a-z_][a-z0-9_]*, at most
// 128 characters, and neither DuckDB nor Spark needs it quoted: `user` and `timestamp` are plain.
std::string NameMistake(std::string_view name);

// The same of the name of a database, which engines keep some for themselves.
std::string DatabaseNameMistake(std::string_view name);

}  // namespace stedi
