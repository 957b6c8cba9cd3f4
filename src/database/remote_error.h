// What DuckDB says of a failed request, in one line and without secrets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace stedi {

struct RemoteError {
  ErrorCode code = ErrorCode::kUnavailable;  // kUnavailable: it may pass by itself
  std::string line;                          // what is wrong, and what to do about it
};

// Nothing when `message` is not about a request over HTTP. Texts: DuckDB 1.5.5 (httpfs, aws).
std::optional<RemoteError> ExplainRemoteError(std::string_view message);

}  // namespace stedi
