#include "run/folder_overlap.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "base/error.h"
#include "base/file.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

class FolderOverlapTest : public testing::Test {
 protected:
  FolderOverlapTest() {
    std::string pattern = testing::TempDir() + "stedi-overlap-XXXXXX";
    folder_ = fs::canonical(::mkdtemp(pattern.data()));
    MakeFolders(folder_ / "in/landing");
    fs::create_directory_symlink(folder_ / "in", folder_ / "link");
  }
  ~FolderOverlapTest() override { fs::remove_all(folder_); }

  bool AreApart(const fs::path& lake, const fs::path& catalog, const fs::path& landing) const {
    Feed feed;
    feed.name = "f";
    feed.folder = landing;
    try {
      CheckApart(PlaceOf(lake, catalog), feed, {});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalid);
      return false;
    }
    return true;
  }

  fs::path folder_;
};

TEST_F(FolderOverlapTest, LooksThroughLinksAndRelativeParts) {
  const struct {
    const char* path;
    const char* folder;
    bool expected;
  } cases[] = {
      {"in/landing", "in", true},
      {"in", "in", true},
      {"in/", "in", true},
      {"in", "in/", true},
      {"in", "in/landing", false},
      {"in2", "in", false},
      {"in/landing/to/come", "in/landing", true},
      {"link/landing/to/come", "in/landing", true},
      {"in/landing", "link", true},
      {"in/x/../landing", "in/landing", true},
      {"link/../in/landing", "in", true},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(IsAtOrBelow(folder_ / test.path, folder_ / test.folder), test.expected)
        << test.path << " " << test.folder;
  }
}

TEST(IsAtOrBelowTest, ComparesPrefixesByTheirParts) {
  EXPECT_TRUE(IsAtOrBelow("s3://b/in/lake", "s3://b/in"));
  EXPECT_TRUE(IsAtOrBelow("s3://b/in/", "s3://b/in"));
  EXPECT_TRUE(IsAtOrBelow("s3://b/in", "s3://b"));
  EXPECT_FALSE(IsAtOrBelow("s3://b/in2", "s3://b/in"));
  EXPECT_FALSE(IsAtOrBelow("s3://c/in", "s3://b/in"));
  EXPECT_FALSE(IsAtOrBelow("/in", "s3://b"));
}

TEST_F(FolderOverlapTest, EveryPlaceOfTheLakeIsApart) {
  const fs::path landing = folder_ / "in/landing";
  EXPECT_TRUE(AreApart(folder_ / "lake", "", landing));
  EXPECT_TRUE(AreApart(folder_ / "in/lake", "", landing));
  EXPECT_FALSE(AreApart(landing / "lake", "", landing));
  EXPECT_FALSE(AreApart(folder_ / "link/landing/lake", "", landing));
  EXPECT_FALSE(AreApart(folder_ / "in", "", landing));
  EXPECT_FALSE(AreApart(landing, "", landing));
  EXPECT_FALSE(AreApart(folder_ / "lake", landing / "catalog.db", landing));
  EXPECT_TRUE(AreApart(folder_ / "lake", folder_ / "in/catalog.db", landing));
  // The temporary folder is emptied by each run.
  EXPECT_FALSE(AreApart(folder_ / "lake", folder_ / "c.db", folder_ / "c.db.tmp/landing"));
  EXPECT_FALSE(AreApart("s3://b/lake", folder_ / "c.db", "s3://b/lake/in"));
  EXPECT_FALSE(AreApart("s3://b/in/lake", folder_ / "c.db", "s3://b/in"));
  EXPECT_TRUE(AreApart("s3://b/lake", folder_ / "c.db", "s3://b/in"));
  EXPECT_FALSE(AreApart("s3://b/lake", landing / "c.db", landing));
}

}  // namespace
}  // namespace stedi
