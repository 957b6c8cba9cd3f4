#include "files/landing_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

class LandingFilesTest : public testing::Test {
 protected:
  LandingFilesTest() {
    std::string pattern = testing::TempDir() + "stedi-landing-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~LandingFilesTest() override { fs::remove_all(folder_); }

  void Add(const std::string& file, std::string_view bytes = "{}") {
    MakeFolders((folder_ / file).parent_path());
    WriteNewFile(folder_ / file, bytes);
  }

  fs::path folder_;
};

TEST_F(LandingFilesTest, ListsFilesByTheirRelativePath) {
  Add("b.json", "{\"a\":1}");
  Add("2023/08/a.json.gz");
  Add("2023/z.zst");
  Add("part-00000");
  Add("out.json/part-00001.json");
  Add("README.md");
  Add("2023/half.json.tmp");
  Add("_SUCCESS");
  Add(".b.json.crc");
  Add("_temporary/part.json");
  Add(".hidden/part.json");
  fs::create_symlink(folder_ / "b.json", folder_ / "link.json");
  const FeedListing listing = ListFeed(folder_);
  std::vector<std::string> names;
  for (const LandingFile& file : listing.files) names.push_back(file.file);
  EXPECT_EQ(names,
            (std::vector<std::string>{"2023/08/a.json.gz", "2023/z.zst", "b.json", "link.json",
                                      "out.json/part-00001.json", "part-00000"}));
  EXPECT_EQ(listing.passed_over, (std::vector<std::string>{"2023/half.json.tmp", "README.md"}));
  EXPECT_TRUE(listing.bad_files.empty());
  EXPECT_EQ(listing.files[0].compression, Compression::kGzip);
  EXPECT_EQ(listing.files[1].compression, Compression::kZstd);
  EXPECT_EQ(listing.files[2].compression, Compression::kNone);
  EXPECT_EQ(listing.files[2].path, folder_ / "b.json");
  EXPECT_EQ(listing.files[2].size_bytes, 7U);
  EXPECT_EQ(listing.files[2].mtime_ns, StatFile(folder_ / "b.json")->mtime_ns);
}

TEST_F(LandingFilesTest, NamesWhatCannotBeRead) {
  Add("sub/good.json");
  fs::create_symlink(folder_ / "gone", folder_ / "dangling.json");
  fs::create_directory_symlink(folder_, folder_ / "sub" / "circle");
  ASSERT_EQ(::mkfifo((folder_ / "pipe.json").c_str(), 0600), 0);
  WriteNewFile(folder_ / "odd\xFF.json", "{}");
  const FeedListing listing = ListFeed(folder_);
  ASSERT_EQ(listing.files.size(), 1U);
  EXPECT_EQ(listing.files[0].file, "sub/good.json");
  std::vector<std::string> problems;
  for (const BadFile& bad : listing.bad_files) problems.push_back(bad.file + " " + bad.problem);
  EXPECT_EQ(problems,
            (std::vector<std::string>{
                "dangling.json is a link to nothing: remove it or restore what it names",
                "odd\xEF\xBF\xBD.json has a name that is not UTF-8: rename it",
                "pipe.json is not a regular file: move it elsewhere, or begin its name with '_'",
                "sub/circle is a link to a folder that holds it: remove it"}));
}

TEST_F(LandingFilesTest, FollowsLinksThatStayInside) {
  Add("feed/2026/a.json");
  Add("elsewhere/b.json");
  fs::create_symlink("2026/a.json", folder_ / "feed/inside.json");
  fs::create_directory_symlink("2026", folder_ / "feed/newest");
  fs::create_symlink("../elsewhere/b.json", folder_ / "feed/outside.json");
  fs::create_directory_symlink(folder_ / "elsewhere", folder_ / "feed/other");
  const auto names = [](const FeedListing& listing) {
    std::string text;
    for (const LandingFile& file : listing.files) text += file.file + " ";
    return text;
  };
  const FeedListing strict = ListFeed(folder_ / "feed");
  EXPECT_EQ(names(strict), "2026/a.json inside.json newest/a.json ");
  ASSERT_EQ(strict.bad_files.size(), 2U);
  EXPECT_EQ(strict.bad_files[0].file, "other");
  EXPECT_EQ(strict.bad_files[1].file, "outside.json");
  EXPECT_TRUE(strict.places_outside.empty());
  const FeedListing open = ListFeed(folder_ / "feed", {{}, /*follow_links=*/true});
  EXPECT_EQ(names(open), "2026/a.json inside.json newest/a.json other/b.json outside.json ");
  EXPECT_TRUE(open.bad_files.empty());
  EXPECT_EQ(open.places_outside.size(), 2U);
}

TEST_F(LandingFilesTest, RefusesWhatIsNoFolder) {
  Add("file");
  for (const char* const name : {"file", "gone"}) {
    try {
      ListFeed(folder_ / name);
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalid);
      EXPECT_NE(std::string(error.what()).find((folder_ / name).string()), std::string::npos);
    }
  }
}

TEST(ListObjectsTest, HasTheRulesOfFolders) {
  const std::vector<ListedObject> objects = {
      {"s3://b/in/z.json", 5, 7},
      {"s3://b/in/", 0, 1},
      {"s3://b/in/day=1/", 0, 1},
      {"s3://b/in/day=1/a b+c%20\xC3\xA4.json.gz", 9, 8},
      {"s3://b/in/empty.json", 0, 9},
      {"s3://b/in/_SUCCESS", 0, 1},
      {"s3://b/in/.hidden/a.json", 4, 1},
      {"s3://b/in/day=1/_tmp/a.json", 4, 1},
      {"s3://b/in/not_hidden.json", 4, 2},
      {"s3://b/in/odd\xFF.json", 4, 1},
      {"s3://b/in/out.json/part-0.json", 4, 3},
      {"s3://b/in/day=1/README.md", 4, 1},
  };
  const FeedListing listing = ListObjects("s3://b/in", objects, LocalFiles());
  std::vector<std::string> files;
  for (const LandingFile& file : listing.files) {
    files.push_back(file.file + " " + std::to_string(file.size_bytes) + " " +
                    std::to_string(file.mtime_ns) + " " +
                    (file.compression == Compression::kGzip ? "gz" : "plain"));
  }
  EXPECT_EQ(files,
            (std::vector<std::string>{"day=1/a b+c%20\xC3\xA4.json.gz 9 8 gz",
                                      "empty.json 0 9 plain", "not_hidden.json 4 2 plain",
                                      "out.json/part-0.json 4 3 plain", "z.json 5 7 plain"}));
  EXPECT_EQ(listing.passed_over, std::vector<std::string>{"day=1/README.md"});
  EXPECT_EQ(listing.files[0].path, "s3://b/in/day=1/a b+c%20\xC3\xA4.json.gz");
  ASSERT_EQ(listing.bad_files.size(), 1U);
  EXPECT_EQ(listing.bad_files[0].file, "odd\xEF\xBF\xBD.json");
}

}  // namespace
}  // namespace stedi
