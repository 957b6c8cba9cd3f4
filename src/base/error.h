// The only exception type that stedi throws. Its code decides the exit status of the command.
#pragma once

#include <stdexcept>
#include <string>

namespace stedi {

enum class ErrorCode {
  kInvalid,             // bad argument, configuration or SQL: the caller must change something
  kNotFound,            // a named thing does not exist
  kConflict,            // someone else committed first: reload and retry
  kUnavailable,         // a service or disk failed: retrying may help
  kCommitStateUnknown,  // the commit may have happened: clean nothing up
  kExpectationFailed,   // the data violated an expectation: the run was not published
  kLocked,              // another process writes to the lake
  kCancelled,           // a signal asked us to stop
  kInternal,            // a bug
};

// Thrown only when the whole command cannot go on. A bad record is not an Error: it is a
// Rejection (landing/rejection.h).
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace stedi
