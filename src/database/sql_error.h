// What DuckDB says when a statement fails.
#pragma once

#include <duckdb.h>

#include <string>
#include <utility>

#include "base/error.h"

namespace stedi {

// An error that DuckDB reported.
class SqlError : public Error {
 public:
  SqlError(ErrorCode code, const std::string& message, duckdb_error_type type,
           std::string detail_json)
      : Error(code, message), type_(type), detail_json_(std::move(detail_json)) {}
  duckdb_error_type type() const { return type_; }
  // Memory, disk, network or a signal was in the way: it says nothing of the statement. What tries
  // out whether a statement is right takes no such error for an answer.
  bool is_of_machine() const {
    return code() == ErrorCode::kUnavailable || code() == ErrorCode::kCancelled;
  }
  // With SET errors_as_json:
  // {"exception_type","exception_message","position","error_subtype","name",..} as DuckDB gave it.
  // Empty otherwise.
  const std::string& detail_json() const { return detail_json_; }

 private:
  duckdb_error_type type_;
  std::string detail_json_;
};

// It says nothing of what was read when memory was at its end.
inline bool IsOutOfMemory(const Error& error) {
  const auto* sql = dynamic_cast<const SqlError*>(&error);
  return sql != nullptr && sql->type() == DUCKDB_ERROR_OUT_OF_MEMORY;
}

}  // namespace stedi
