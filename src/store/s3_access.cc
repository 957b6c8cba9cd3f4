#include "store/s3_access.h"

#include <fmt/format.h>

#include <cstdlib>

namespace stedi {
namespace {

struct Endpoint {
  std::string host;  // with its port; empty: AWS
  bool uses_tls = true;
};

std::string First(const Variable& variable, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = variable(name); !value.empty()) return value;
  }
  return "";
}

Endpoint EndpointOf(const Variable& variable) {
  constexpr std::string_view kPlain = "http://";
  constexpr std::string_view kTls = "https://";
  std::string url = First(variable, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
  if (url.empty()) return {};
  while (url.ends_with('/')) url.pop_back();
  const bool is_plain = url.starts_with(kPlain);
  if (!is_plain && !url.starts_with(kTls)) {
    throw Error(
        ErrorCode::kInvalid,
        fmt::format("AWS_ENDPOINT_URL_S3 is an address with http:// or https://, not '{}'", url));
  }
  return {url.substr(is_plain ? kPlain.size() : kTls.size()), !is_plain};
}

std::string UrlStyle(const Variable& variable, const Endpoint& endpoint) {
  std::string style = variable("STEDI_S3_URL_STYLE");
  if (style.empty()) return endpoint.host.empty() ? "vhost" : "path";
  if (style == "path" || style == "vhost") return style;
  throw Error(ErrorCode::kInvalid,
              fmt::format("STEDI_S3_URL_STYLE is path or vhost, not '{}'", style));
}

std::string FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string CreateSecretStatement(const Variable& variable) {
  const Endpoint endpoint = EndpointOf(variable);
  // REFRESH: credentials of an instance or a role may expire during a long run.
  std::string options =
      fmt::format("TYPE s3, PROVIDER credential_chain, REFRESH auto, URL_STYLE {}",
                  QuoteLiteral(UrlStyle(variable, endpoint)));
  std::string region = First(variable, {"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (region.empty() && !endpoint.host.empty()) region = "us-east-1";  // any value works there
  if (!region.empty()) options += ", REGION " + QuoteLiteral(region);
  if (const std::string profile = variable("AWS_PROFILE"); !profile.empty()) {
    options += ", PROFILE " + QuoteLiteral(profile);
  }
  if (!endpoint.host.empty()) {
    options += fmt::format(", ENDPOINT {}, USE_SSL {}", QuoteLiteral(endpoint.host),
                           endpoint.uses_tls ? "true" : "false");
  }
  return fmt::format("CREATE OR REPLACE SECRET stedi ({})", options);
}

void EnableS3(Database& database, Connection& connection) {
  ExpectNetworkWaits();
  database.LoadExtension(connection, "httpfs");
  database.LoadExtension(connection, "aws");
  connection.Execute(fmt::format("SET GLOBAL http_retries = {}", kHttpRetries));
  connection.Execute(fmt::format("SET GLOBAL http_retry_wait_ms = {}", kHttpRetryWaitMs));
  connection.Execute(fmt::format("SET GLOBAL http_retry_backoff = {}", kHttpRetryBackoff));
  connection.Execute(fmt::format("SET GLOBAL http_timeout = {}", kHttpTimeoutSeconds));
  connection.Execute(CreateSecretStatement(FromEnvironment));
}

}  // namespace stedi
