#include "store/s3_access.h"

#include <gtest/gtest.h>

#include <map>

namespace stedi {
namespace {

TEST(S3AccessTest, FollowsTheEnvironment) {
  struct Case {
    const char* name;
    std::map<std::string, std::string> variables;
    std::string expected;  // between the first options and the end, or the error
  };
  const Case cases[] = {
      {"AWS", {}, ", URL_STYLE 'vhost'"},
      {"a region",
       {{"AWS_DEFAULT_REGION", "eu-west-1"}, {"AWS_REGION", "eu-north-1"}},
       ", URL_STYLE 'vhost', REGION 'eu-north-1'"},
      {"a profile", {{"AWS_PROFILE", "it's"}}, ", URL_STYLE 'vhost', PROFILE 'it''s'"},
      {"a store without TLS",
       {{"AWS_ENDPOINT_URL", "http://localhost:9000/"}},
       ", URL_STYLE 'path', REGION 'us-east-1', ENDPOINT 'localhost:9000', USE_SSL false"},
      {"S3's own address counts more",
       {{"AWS_ENDPOINT_URL", "http://a"},
        {"AWS_ENDPOINT_URL_S3", "https://b.example"},
        {"AWS_REGION", "r"},
        {"STEDI_S3_URL_STYLE", "vhost"}},
       ", URL_STYLE 'vhost', REGION 'r', ENDPOINT 'b.example', USE_SSL true"},
      {"no scheme",
       {{"AWS_ENDPOINT_URL_S3", "b.example"}},
       "AWS_ENDPOINT_URL_S3 is an address with http:// or https://, not 'b.example'"},
      {"an unknown style",
       {{"STEDI_S3_URL_STYLE", "dns"}},
       "STEDI_S3_URL_STYLE is path or vhost, not 'dns'"},
  };
  const std::string begin =
      "CREATE OR REPLACE SECRET stedi (TYPE s3, PROVIDER credential_chain, REFRESH auto";
  for (const Case& one : cases) {
    std::string found;
    try {
      found = CreateSecretStatement([&](const char* name) {
        const auto variable = one.variables.find(name);
        return variable == one.variables.end() ? "" : variable->second;
      });
      ASSERT_TRUE(found.starts_with(begin) && found.ends_with(')')) << found;
      found = found.substr(begin.size(), found.size() - begin.size() - 1);
    } catch (const Error& error) {
      found = error.what();
    }
    EXPECT_EQ(found, one.expected) << one.name;
  }
}

}  // namespace
}  // namespace stedi
