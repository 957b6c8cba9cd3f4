#include "cli/program_parts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

namespace stedi {
namespace {

TEST(ProgramPartsTest, NamesEachPartOnceWithItsVersion) {
  const std::vector<ProgramPart> parts = ProgramParts();
  std::vector<std::string> names;
  for (const ProgramPart& part : parts) {
    names.push_back(part.name);
    const bool is_extension = part.name.starts_with("duckdb-");
    EXPECT_TRUE(std::regex_match(
        part.version, std::regex(is_extension ? "[0-9a-f]+" : "[0-9]+\\.[0-9]+\\.[0-9]+")))
        << part.name << " " << part.version;
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"cli11", "duckdb", "duckdb-avro", "duckdb-aws",
                                      "duckdb-httpfs", "duckdb-iceberg", "fmt", "nlohmann-json",
                                      "sqlite", "xxhash", "yaml-cpp", "zlib", "zstd"}));
}

}  // namespace
}  // namespace stedi
