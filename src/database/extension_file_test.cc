#include "database/extension_file.h"

#include <gtest/gtest.h>

#include <fstream>

namespace stedi {
namespace {

// Returns a footer of these fields, the first of which is written last.
std::string Footer(const std::vector<std::string>& fields) {
  std::string footer(kExtensionFooterBytes, '\0');
  for (size_t i = 0; i < fields.size(); ++i)
    footer.replace((7 - i) * 32, fields[i].size(), fields[i]);
  return footer;
}

TEST(ExtensionFileTest, ReadsItsFields) {
  const auto file = ReadExtensionFooter("avro", Footer({"4", "linux_amd64", "v1.5.5", "f9d5902"}));
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->name, "avro");
  EXPECT_EQ(file->platform, "linux_amd64");
  EXPECT_EQ(file->duckdb_version, "v1.5.5");
  EXPECT_EQ(file->version, "f9d5902");
}

TEST(ExtensionFileTest, RefusesOtherBytes) {
  EXPECT_FALSE(ReadExtensionFooter("avro", "").has_value());
  EXPECT_FALSE(ReadExtensionFooter("avro", Footer({"5", "linux_amd64"})).has_value());
  EXPECT_FALSE(ReadExtensionFooter("avro", Footer({"4"}) + "x").has_value());
}

TEST(ExtensionFileTest, ListsAFolder) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / "extension_files";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "b.duckdb_extension") << "body" << Footer({"4", "p", "v1", "x"});
  std::ofstream(folder / "a.duckdb_extension") << "short";
  std::ofstream(folder / "c.txt") << "";
  const std::vector<ExtensionFile> files = ExtensionFilesIn(folder);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].name, "a");
  EXPECT_EQ(files[0].version, "");
  EXPECT_EQ(files[1].name, "b");
  EXPECT_EQ(files[1].version, "x");
  EXPECT_TRUE(ExtensionFilesIn(folder / "none").empty());
}

}  // namespace
}  // namespace stedi
