// The errors that DuckDB reports when a statement fails.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/error.h"

namespace stedi {

// The kinds of faults that callers distinguish.
enum class SqlFault : uint8_t {
  kStatement,     // the statement's syntax, a name or a type in it
  kInvalidInput,  // a value or a file that cannot be read as it should be
  kValue,         // all other faults, such as conversions and ranges
  kIo,
  kOutOfMemory,
  kInterrupt,
};

// Whether the message of such a fault may quote a value of a row. The messages of all other faults
// are about the statement or the machine.
inline bool QuotesValues(SqlFault fault) {
  return fault == SqlFault::kInvalidInput || fault == SqlFault::kValue;
}

// An error that DuckDB reported.
class SqlError : public Error {
 public:
  SqlError(ErrorCode code, const std::string& message, SqlFault fault, std::string detail_json)
      : Error(code, message), fault_(fault), detail_json_(std::move(detail_json)) {}
  SqlFault fault() const { return fault_; }
  // Whether memory, disk, network or a signal caused the failure. Such an error says nothing about
  // the statement: code that runs a statement to learn whether it is correct must not conclude from
  // it that the statement is wrong.
  bool is_of_machine() const {
    return code() == ErrorCode::kUnavailable || code() == ErrorCode::kCancelled;
  }
  // With SET errors_as_json, the error as DuckDB gave it:
  // {"exception_type","exception_message","position","error_subtype","name",..}. Empty otherwise.
  const std::string& detail_json() const { return detail_json_; }

 private:
  SqlFault fault_;
  std::string detail_json_;
};

// Whether DuckDB ran out of memory. Such an error says nothing about the data that was being read.
inline bool IsOutOfMemory(const Error& error) {
  const auto* sql = dynamic_cast<const SqlError*>(&error);
  return sql != nullptr && sql->fault() == SqlFault::kOutOfMemory;
}

}  // namespace stedi
