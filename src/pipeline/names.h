// Names of tables and columns: in lower case, and valid without quotes in every engine that reads
// them.
#pragma once

#include <string>
#include <string_view>

namespace stedi {

// Returns what is wrong with `name` as the name of a table or column, as the end of a sentence that
// begins with the name ("is a reserved word of SQL"), or "" when it is a plain name. A plain name
// matches [a-z_][a-z0-9_]*, has at most 128 characters, and needs no quotes on DuckDB or Spark:
// `user` and `timestamp` are plain.
std::string NameMistake(std::string_view name);

// The same for the name of a database. Names that engines use for databases of their own are
// mistakes, too.
std::string DatabaseNameMistake(std::string_view name);

}  // namespace stedi
