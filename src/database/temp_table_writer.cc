#include "database/temp_table_writer.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <utility>

#include "base/error.h"

namespace stedi {

TempTableWriter::TempTableWriter(Connection& connection, std::string name,
                                 std::span<const std::string> columns)
    : name_(std::move(name)) {
  std::string list;
  for (const std::string& column : columns) {
    list += fmt::format("{}{} VARCHAR", list.empty() ? "" : ", ", QuoteIdentifier(column));
  }
  connection.Execute(
      fmt::format("CREATE OR REPLACE TEMP TABLE {} ({})", QuoteIdentifier(name_), list));
  if (duckdb_appender_create_ext(connection.handle(), "temp", "main", name_.c_str(), &appender_) ==
      DuckDBError) {
    duckdb_appender_destroy(&appender_);
    throw Error(ErrorCode::kInternal, "DuckDB refused an appender");
  }
}

TempTableWriter::~TempTableWriter() { duckdb_appender_destroy(&appender_); }

void TempTableWriter::AddText(std::string_view text) {
  duckdb_append_varchar_length(appender_, text.data(), text.size());
}

void TempTableWriter::AddNull() { duckdb_append_null(appender_); }

void TempTableWriter::EndRow() { duckdb_appender_end_row(appender_); }

std::string TempTableWriter::Finish() {
  if (duckdb_appender_close(appender_) == DuckDBError) {
    throw Error(ErrorCode::kUnavailable, fmt::format("cannot store the rows of {}: {}", name_,
                                                     duckdb_appender_error(appender_)));
  }
  return "temp.main." + QuoteIdentifier(name_);
}

}  // namespace stedi
