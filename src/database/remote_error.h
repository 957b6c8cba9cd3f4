// Explains DuckDB's messages about failed requests, in one line and without secrets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace stedi {

struct RemoteError {
  ErrorCode code = ErrorCode::kUnavailable;  // kUnavailable: a retry may help
  std::string line;                          // what is wrong, and what to do about it
};

// Returns nothing when `message` is not about a request over HTTP. It recognizes the messages of
// DuckDB 1.5.5 and of its extensions httpfs and aws.
std::optional<RemoteError> ExplainRemoteError(std::string_view message);

}  // namespace stedi
