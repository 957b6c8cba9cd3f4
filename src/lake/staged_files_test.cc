#include "lake/staged_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace stedi {
namespace {

class StagedFilesTest : public testing::Test {
 protected:
  StagedFilesTest() { std::filesystem::create_directories(folder_); }
  ~StagedFilesTest() override { std::filesystem::remove_all(folder_); }

  // Writes a file of five bytes, adds it as one of `bytes` bytes, and returns its path.
  std::string Stage(const std::string& name, int64_t bytes = 5) {
    std::string path = folder_ / name;
    std::ofstream(path) << "12345";
    files_.Add(path, bytes, "crc of " + name);
    return path;
  }
  // The error of Check; "" when there is none.
  std::string Fault() {
    try {
      files_.Check(storage_);
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnavailable);
      return error.what();
    }
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("stedi-staged-{}", ::getpid());
  Database database_{DatabaseOptions{1, 0, {}, true}};
  Storage storage_{database_};
  StagedFiles files_;
};

TEST_F(StagedFilesTest, AreWellAsTheyWereWritten) {
  EXPECT_EQ(Fault(), "");
  Stage("a");
  files_.Add("s3://bucket/gone", 5);  // is not checked
  EXPECT_EQ(Fault(), "");
}

TEST_F(StagedFilesTest, NamesAFileThatIsGone) {
  Stage("a");
  std::filesystem::remove(Stage("b"));
  EXPECT_TRUE(Fault().starts_with((folder_ / "b").string() + ": is gone: ")) << Fault();
  files_.Abandon();
  EXPECT_EQ(Fault(), "");
}

TEST_F(StagedFilesTest, NamesAFileOfAnotherSize) {
  const std::string path = Stage("a", 6);
  EXPECT_TRUE(Fault().starts_with(path + ": has 5 bytes, not 6: ")) << Fault();
}

TEST_F(StagedFilesTest, KnowsChecksumsByPath) {
  const std::string path = Stage("a");
  EXPECT_EQ(files_.CrcOf(path), "crc of a");
  EXPECT_EQ(files_.CrcOf(path + "b"), "");
  files_.Abandon();
  EXPECT_EQ(files_.CrcOf(path), "");
}

}  // namespace
}  // namespace stedi
