// Configures access to S3: credentials from the environment, a profile or the instance; endpoint;
// limits.
#pragma once

#include <functional>
#include <string>

#include "database/database.h"

namespace stedi {

// How often httpfs retries one request. A block that still fails is requested again
// (base/remote_file.h).
inline constexpr int kHttpRetries = 4;
inline constexpr int kHttpRetryWaitMs = 100;
inline constexpr int kHttpRetryBackoff = 2;  // waits: 0.1, 0.2, 0.4, 0.8 s
inline constexpr int kHttpTimeoutSeconds = 30;

// Returns the statement that creates DuckDB's secret, from the environment variables AWS_REGION,
// AWS_DEFAULT_REGION, AWS_PROFILE, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL and STEDI_S3_URL_STYLE. It
// contains no credential. Throws kInvalid when the endpoint or the style has a value that is not
// possible.
using Variable = std::function<std::string(const char* name)>;  // "" when it is not set
std::string CreateSecretStatement(const Variable& variable);

// Loads the extensions and makes S3 readable and writable for all connections of `database`.
// Throws kInvalid when there are no credentials.
void EnableS3(Database& database, Connection& connection);

}  // namespace stedi
