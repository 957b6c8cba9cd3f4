#include "pipeline/names.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(NameMistake, AcceptsOnlyPlainNames) {
  const std::pair<std::string, std::string> cases[] = {
      {"email", ""},
      {"_x9", ""},
      {"user", ""},
      {"timestamp", ""},
      {"date", ""},
      {"", "is empty"},
      {"Email", "has upper-case letters"},
      {"9x", "would need quotes"},
      {"a-b", "would need quotes"},
      {"a b", "would need quotes"},
      {"straße", "would need quotes"},
      {"select", "is a reserved word of SQL"},
      {"with", "is a reserved word of SQL"},
      {"all", "is a reserved word of SQL"},
      {"anti", "is a reserved word of SQL"},
      {"current_date", "is a reserved word of SQL"},
      {std::string(128, 'a'), ""},
      {std::string(129, 'a'), "is longer than 128 characters"},
  };
  for (const auto& [name, mistake] : cases) EXPECT_EQ(NameMistake(name), mistake) << name;
}

TEST(NameMistake, DatabasesOfEnginesAreNotTheProjects) {
  for (const char* name :
       {"temp", "system", "information_schema", "pg_catalog", "ops", "global_temp"}) {
    EXPECT_EQ(DatabaseNameMistake(name), "is a database that engines have for themselves") << name;
    EXPECT_EQ(NameMistake(name), "") << name;
  }
  for (const char* name : {"stedi", "main", "temporary"}) {
    EXPECT_EQ(DatabaseNameMistake(name), "") << name;
  }
  EXPECT_EQ(DatabaseNameMistake("Temp"), "has upper-case letters");
}

}  // namespace
}  // namespace stedi
