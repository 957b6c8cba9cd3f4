// A temporary table that is filled with text row by row.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "database/database.h"

struct _duckdb_appender;  // NOLINT(bugprone-reserved-identifier): DuckDB's name

namespace stedi {

class TempTableWriter {
 public:
  // Makes the table `name`, without rows, with columns of the type VARCHAR. A table of this name
  // is replaced. The connection must outlive the writer.
  TempTableWriter(Connection& connection, std::string name, std::span<const std::string> columns);
  ~TempTableWriter();
  TempTableWriter(const TempTableWriter&) = delete;
  TempTableWriter& operator=(const TempTableWriter&) = delete;

  // Adds the value of the next column.
  void AddText(std::string_view text);
  void AddNull();
  // Ends a row. REQUIRES: every column has its value.
  void EndRow();
  // Makes the rows visible and returns the name by which statements refer to the table. No row can
  // be added afterwards. Throws kUnavailable when the rows cannot be stored.
  std::string Finish();

 private:
  const std::string name_;
  _duckdb_appender* appender_ = nullptr;
};

}  // namespace stedi
