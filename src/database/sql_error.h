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
  // With SET errors_as_json:
  // {"exception_type","exception_message","position","error_subtype","name",..} as DuckDB gave it.
  // Empty otherwise.
  const std::string& detail_json() const { return detail_json_; }

 private:
  duckdb_error_type type_;
  std::string detail_json_;
};

}  // namespace stedi
