#include "cli/license_index.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"

namespace stedi {
namespace {

class LicenseIndexTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "fmt.txt") << "a text\n";
  }
  void Write(const std::string& index) const { std::ofstream(folder_ / "index.tsv") << index; }
  // Returns the message of the error, without the folder.
  std::string Fault(ErrorCode code) const {
    try {
      ReadLicenseIndex(folder_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      std::string message = error.what();
      const size_t at = message.find(folder_.string());
      return message.erase(at, at == std::string::npos ? 0 : folder_.string().size());
    }
    return "";
  }

  const std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / "licenses";
};

TEST_F(LicenseIndexTest, ReadsRows) {
  Write("fmt\t9.1.0\tMIT\n");
  const std::vector<LicenseRow> rows = ReadLicenseIndex(folder_);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].component, "fmt");
  EXPECT_EQ(rows[0].version, "9.1.0");
  EXPECT_EQ(rows[0].license, "MIT");
  EXPECT_EQ(rows[0].text, folder_ / "fmt.txt");
}

TEST_F(LicenseIndexTest, SaysWhatIsWrong) {
  EXPECT_EQ(Fault(ErrorCode::kNotFound),
            "the licence texts are not beside the program (/index.tsv): build again with make "
            "release");
  Write("fmt\t9.1.0\tMIT\nfmt 9.1.0\tMIT\n");
  EXPECT_EQ(Fault(ErrorCode::kInvalid), "/index.tsv:2: not component, version and licence");
  Write("fmt\t9.1.0\tMIT\tmore\n");
  EXPECT_EQ(Fault(ErrorCode::kInvalid), "/index.tsv:1: not component, version and licence");
  Write("");
  EXPECT_EQ(Fault(ErrorCode::kInvalid), "/index.tsv: lists no component");
  Write("zlib\t1\tZlib\n");
  EXPECT_EQ(Fault(ErrorCode::kInvalid), "/index.tsv:1: the text of 'zlib' is not in its folder");
}

}  // namespace
}  // namespace stedi
