#include "base/file_store.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace stedi {
namespace {

TEST(FileStoreTest, TellsPlacesApart) {
  struct Case {
    const char* path;
    bool is_remote;
    std::string absolute;
  };
  const Case cases[] = {
      {"s3://bucket", true, "s3://bucket"},
      {"s3://bucket/a/b/", true, "s3://bucket/a/b"},
      {"s3://", true, "s3://"},
      {"/a/./b/../c", false, "/a/c"},
      {"a s3:/b", false, (std::filesystem::current_path() / "a s3:/b").string()},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(IsRemote(one.path), one.is_remote) << one.path;
    EXPECT_EQ(AbsoluteLocation(one.path).string(), one.absolute) << one.path;
  }
}

TEST(FileStoreTest, ConfirmsOnlyWholeFiles) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / "stedi-file-store-test";
  std::filesystem::remove_all(folder);
  const FileStore& files = LocalFiles();
  files.MakeFolder(folder);
  files.WriteNew(folder / "five", "01234");
  files.ConfirmDurable(folder / "five", 5);
  EXPECT_THROW(files.ConfirmDurable(folder / "five", 6), Error);
  EXPECT_EQ(ReadToEnd(*files.Open(folder / "five")), "01234");
  files.Remove(folder / "five");
  EXPECT_FALSE(files.Stat(folder / "five").has_value());
  EXPECT_THROW(files.ConfirmDurable(folder / "five", 5), Error);
  std::filesystem::remove_all(folder);
}

TEST(FileStoreTest, CreatesFilesPartByPart) {
  struct Case {
    const char* name;
    std::vector<std::string> parts;
    std::string expected;
  };
  const Case cases[] = {
      {"empty", {}, ""},
      {"one", {"abc"}, "abc"},
      {"more",
       {"abc", "", std::string(2 << 20, 'x'), std::string("\0z", 2)},
       "abc" + std::string(2 << 20, 'x') + std::string("\0z", 2)},
  };
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / "stedi-file-store-create-test";
  std::filesystem::remove_all(folder);
  const FileStore& files = LocalFiles();
  files.MakeFolder(folder);
  for (const Case& row : cases) {
    const std::unique_ptr<NewFile> file = files.Create(folder / row.name);
    for (const std::string& part : row.parts) file->Append(part);
    file->Finish();
    EXPECT_EQ(ReadToEnd(*files.Open(folder / row.name)), row.expected) << row.name;
    EXPECT_EQ(std::filesystem::status(folder / row.name).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << row.name;
  }
  EXPECT_THROW(files.Create(folder / "absent" / "file"), Error);

  // Finish() notices that another process has changed the file.
  const std::unique_ptr<NewFile> cut = files.Create(folder / "cut");
  cut->Append("abc");
  std::filesystem::resize_file(folder / "cut", 2);
  EXPECT_THROW(cut->Finish(), Error);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace stedi
