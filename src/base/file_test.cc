#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>

#include "base/error.h"

namespace stedi {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() {
    std::string pattern = testing::TempDir() + "stedi-file-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~FileTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

mode_t ModeOf(const std::filesystem::path& path) {
  struct stat raw = {};
  EXPECT_EQ(::stat(path.c_str(), &raw), 0);
  return raw.st_mode & 0777;
}

TEST_F(FileTest, WritesPrivateFilesAndReadsThemBack) {
  const std::string bytes("a\0b\nc", 5);
  WriteNewFile(folder_ / "new", bytes);
  EXPECT_EQ(ReadWholeFile(folder_ / "new"), bytes);
  EXPECT_EQ(ModeOf(folder_ / "new"), 0600U);
  const std::optional<FileStatus> status = StatFile(folder_ / "new");
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->size_bytes, 5U);
  EXPECT_TRUE(status->is_regular);
  EXPECT_FALSE(status->is_folder);
  EXPECT_GT(status->mtime_ns, int64_t{1'600'000'000} * 1'000'000'000);
  SyncFile(folder_ / "new");
  SyncFolder(folder_);
}

TEST_F(FileTest, ReadsPositionsAndStopsAtTheEnd) {
  WriteNewFile(folder_ / "digits", "0123456789");
  const InputFile file(folder_ / "digits");
  std::string out(4, '?');
  EXPECT_EQ(file.ReadAt(3, out), 4U);
  EXPECT_EQ(out, "3456");
  EXPECT_EQ(file.ReadAt(8, out), 2U);
  EXPECT_EQ(out.substr(0, 2), "89");
  EXPECT_EQ(file.ReadAt(10, out), 0U);
}

TEST_F(FileTest, MakesPrivateFoldersAndKeepsThoseThere) {
  std::filesystem::create_directory(folder_ / "old");
  std::filesystem::permissions(folder_ / "old", std::filesystem::perms(0755));
  MakeFolders(folder_ / "old" / "a" / "b");
  MakeFolders(folder_ / "old" / "a" / "b");
  EXPECT_EQ(ModeOf(folder_ / "old"), 0755U);
  EXPECT_EQ(ModeOf(folder_ / "old" / "a"), 0700U);
  EXPECT_EQ(ModeOf(folder_ / "old" / "a" / "b"), 0700U);
}

TEST_F(FileTest, SaysWhatFailed) {
  struct Case {
    const char* name;
    std::function<void()> action;
    ErrorCode code;
    std::string message;
  };
  const std::string base = folder_.string();
  WriteNewFile(folder_ / "there", "x");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  const Case cases[] = {
      {"open a missing file", [&] { const InputFile file(folder_ / "gone"); }, ErrorCode::kNotFound,
       "cannot open " + base + "/gone: No such file or directory"},
      {"open a folder", [&] { const InputFile file(folder_); }, ErrorCode::kInvalid,
       base + " is not a regular file"},
      {"open a pipe", [&] { const InputFile file(folder_ / "pipe"); }, ErrorCode::kInvalid,
       base + "/pipe is not a regular file"},
      {"write over a file", [&] { WriteNewFile(folder_ / "there", "y"); }, ErrorCode::kUnavailable,
       "cannot create " + base + "/there: File exists"},
      {"a file where a folder must be", [&] { MakeFolders(folder_ / "there"); },
       ErrorCode::kUnavailable, "cannot create the folder " + base + "/there: File exists"},
      {"sync a missing folder", [&] { SyncFolder(folder_ / "gone"); }, ErrorCode::kNotFound,
       "cannot open " + base + "/gone: No such file or directory"},
  };
  for (const Case& c : cases) {
    try {
      c.action();
      FAIL() << c.name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), c.code) << c.name;
      EXPECT_EQ(error.what(), c.message) << c.name;
    }
  }
  EXPECT_EQ(ReadWholeFile(folder_ / "there"), "x");
  EXPECT_FALSE(StatFile(folder_ / "gone").has_value());
  EXPECT_FALSE(StatFile(folder_ / "there" / "below").has_value());
}

}  // namespace
}  // namespace stedi
