#include "database/remote_error.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "base/mask.h"

namespace stedi {
namespace {

struct Explanation {
  std::string_view sign;  // a part of DuckDB's message
  ErrorCode code;
  std::string_view text;  // {} is the address
};
// The first row whose sign is in the message applies.
constexpr auto kExplanations = std::to_array<Explanation>({
    {"Secret Validation Failure", ErrorCode::kInvalid,
     "no AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
     "AWS_PROFILE, or run where an instance role gives them"},
    {"NoSuchBucket", ErrorCode::kNotFound, "{}: there is no such bucket"},
    {"InvalidAccessKeyId", ErrorCode::kInvalid,
     "{}: access denied (InvalidAccessKeyId): check AWS_ACCESS_KEY_ID or AWS_PROFILE"},
    {"SignatureDoesNotMatch", ErrorCode::kInvalid,
     "{}: access denied (SignatureDoesNotMatch): check AWS_SECRET_ACCESS_KEY or AWS_PROFILE"},
    {"ExpiredToken", ErrorCode::kInvalid,
     "{}: access denied (ExpiredToken): get fresh credentials"},
    {"RequestTimeTooSkewed", ErrorCode::kInvalid,
     "{}: access denied (RequestTimeTooSkewed): set this machine's clock"},
    {"HTTP 403", ErrorCode::kInvalid,
     "{}: access denied (HTTP 403): check the credentials and what they may do"},
    {"HTTP 401", ErrorCode::kInvalid, "{}: access denied (HTTP 401): check the credentials"},
    {"AuthorizationHeaderMalformed", ErrorCode::kInvalid,
     "{}: the bucket is in another region: set AWS_REGION"},
    {"PermanentRedirect", ErrorCode::kInvalid,
     "{}: the bucket is in another region: set AWS_REGION"},
    {"HTTP 301", ErrorCode::kInvalid, "{}: the bucket is in another region: set AWS_REGION"},
    {"HTTP 404", ErrorCode::kNotFound, "{}: there is no such object"},
});

constexpr std::array<std::string_view, 4> kSigns = {"HTTP Error: ", " for HTTP ", "(HTTP ",
                                                    "Secret Validation Failure"};
constexpr std::array<std::string_view, 2> kPrefixes = {"HTTP Error: ", "IO Error: "};
constexpr std::array<const char*, 2> kSecretVariables = {"AWS_SECRET_ACCESS_KEY",
                                                         "AWS_SESSION_TOKEN"};

// Removes the query of each address: a signed address has its signature there.
std::string WithoutQueries(std::string_view text) {
  std::string out;
  bool in_query = false;
  for (const char c : text) {
    const bool ends = c == '\'' || c == '"' || c == ' ' || c == ')';
    in_query = !ends && (in_query || c == '?');
    if (!in_query) out += c;
  }
  return out;
}

std::string WithoutSecrets(std::string text) {
  for (const char* variable : kSecretVariables) {
    const char* value = std::getenv(variable);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view secret = value;
    for (size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + kMask.size())) {
      text.replace(at, secret.size(), kMask);
    }
  }
  return text;
}

// Returns the first quoted part, which is the address; "S3" if nothing is quoted.
std::string_view AddressIn(std::string_view line) {
  const size_t begin = line.find('\'');
  if (begin == std::string_view::npos) return "S3";
  const size_t end = line.find('\'', begin + 1);
  return line.substr(begin + 1, end == std::string_view::npos ? end : end - begin - 1);
}

}  // namespace

std::optional<RemoteError> ExplainRemoteError(std::string_view message) {
  bool is_remote = false;
  for (const std::string_view sign : kSigns) {
    is_remote = is_remote || message.find(sign) != std::string_view::npos;
  }
  if (!is_remote) return std::nullopt;
  std::string_view first = message.substr(0, message.find('\n'));
  for (const std::string_view prefix : kPrefixes) {
    if (first.starts_with(prefix)) first.remove_prefix(prefix.size());
  }
  const std::string line = WithoutSecrets(WithoutQueries(first));
  for (const Explanation& row : kExplanations) {
    if (message.find(row.sign) == std::string_view::npos) continue;
    return RemoteError{row.code, fmt::format(fmt::runtime(row.text), AddressIn(line))};
  }
  return RemoteError{ErrorCode::kUnavailable, "a request to S3 failed: " + line};
}

}  // namespace stedi
