#include "database/remote_error.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace stedi {
namespace {

TEST(RemoteErrorTest, IsOneLineWithoutSecrets) {
  ::setenv("AWS_SECRET_ACCESS_KEY", "a-secret", 1);
  struct Case {
    std::string message;
    std::string line;  // empty: not about a request
    ErrorCode code = ErrorCode::kUnavailable;
  };
  const Case cases[] = {
      {"Conversion Error: Could not convert string 'x' to INT32", ""},
      {"IO Error: No files found that match the pattern \"x\"", ""},
      {"IO Error: Could not connect to server error for HTTP GET to "
       "'http://127.0.0.1:1/lab/?list-type=2&prefix=l%2F'\n\nLINE 1: SELECT",
       "a request to S3 failed: Could not connect to server error for HTTP GET to "
       "'http://127.0.0.1:1/lab/'"},
      {"HTTP Error: Request returned HTTP 503 for HTTP PUT to "
       "'http://h/b/k?X-Amz-Signature=abc&X-Amz-Credential=def'",
       "a request to S3 failed: Request returned HTTP 503 for HTTP PUT to 'http://h/b/k'"},
      {"HTTP Error: odd a-secret (HTTP 500)", "a request to S3 failed: odd *** (HTTP 500)"},
      {"HTTP Error: HTTP GET error reading 's3://lab/l' in region 'us-east-1' (HTTP 403 "
       "Forbidden)\n\nSignatureDoesNotMatch: The request signature ..\n",
       "s3://lab/l: access denied (SignatureDoesNotMatch): check AWS_SECRET_ACCESS_KEY or "
       "AWS_PROFILE",
       ErrorCode::kInvalid},
      {"HTTP GET error reading 's3://lab/l' in region '' (HTTP 403 Forbidden)",
       "s3://lab/l: access denied (HTTP 403): check the credentials and what they may do",
       ErrorCode::kInvalid},
      {"HTTP Error: HTTP GET error reading 's3://none/x' in region 'r' (HTTP 404 Not Found)\n\n"
       "NoSuchBucket: The specified bucket does not exist",
       "s3://none/x: there is no such bucket", ErrorCode::kNotFound},
      {"HTTP GET error reading 's3://b/x' in region 'r' (HTTP 404 Not Found)",
       "s3://b/x: there is no such object", ErrorCode::kNotFound},
      {"Invalid Configuration Error: Secret Validation Failure: during `create`\nCredential Chain",
       "no AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
       "AWS_PROFILE, or run where an instance role gives them",
       ErrorCode::kInvalid},
  };
  for (const Case& one : cases) {
    const std::optional<RemoteError> found = ExplainRemoteError(one.message);
    EXPECT_EQ(found ? found->line : "", one.line) << one.message;
    EXPECT_TRUE(!found || found->code == one.code) << one.message;
  }
  ::unsetenv("AWS_SECRET_ACCESS_KEY");
}

}  // namespace
}  // namespace stedi
