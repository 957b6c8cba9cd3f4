#include "lake/lake_origin.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace stedi {
namespace {

class LakeOriginTest : public testing::Test {
 protected:
  LakeOriginTest() {
    std::string pattern = testing::TempDir() + "stedi-origin-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~LakeOriginTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path MakeLake(const std::string& name) const {
    const std::filesystem::path metadata = folder_ / name / "stedi/t/metadata";
    MakeFolders(metadata);
    WriteNewFile(metadata / "0.json", "{}");
    return folder_ / name;
  }

  // The error for the lake `name` whose table is at `location`; "" when the lake was not moved.
  std::string Says(const std::string& name, const std::string& location) const {
    const LakePlace place = PlaceOf(folder_ / name, "");
    SqlCatalog catalog(folder_ / "c.db", "lake", SqlCatalog::Mode::kCreate);
    RunRecord run;
    run.run_id = name + location;
    run.status = RunStatus::kOk;
    const std::string before = catalog.FindTable({"stedi", "t"}).value_or("");
    catalog.Commit(std::vector<TableCommit>{{{"stedi", "t"}, before, location}}, run);
    try {
      CheckIsAtHome(place, catalog);
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalid);
      return error.what();
    }
  }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
};

TEST_F(LakeOriginTest, AnotherNameOfTheFolderIsTheFolder) {
  MakeLake("lake");
  std::filesystem::create_symlink(folder_ / "lake", folder_ / "link");
  for (const char* spelled : {"", "file:", "file://"}) {
    EXPECT_EQ(Says("lake", spelled + Path("lake/stedi/t/metadata/0.json")), "");
    EXPECT_EQ(Says("lake", spelled + Path("link/stedi/t/metadata/0.json")), "");
    EXPECT_EQ(Says("link", spelled + Path("lake/stedi/t/metadata/0.json")), "");
  }
  EXPECT_EQ(Says("lake", Path("lake/elsewhere/in/it/metadata/0.json")), "");
}

TEST_F(LakeOriginTest, ALakeThatWasMovedIsSaidToBe) {
  MakeLake("lake");
  const std::string want = "this lake was made at " + Path("old") + " and is now at " +
                           Path("lake") + ": stedi relocate " + Path("lake") + "; if it is a copy";
  for (const char* spelled : {"", "file:", "file://"}) {
    EXPECT_EQ(Says("lake", spelled + Path("old/stedi/t/metadata/0.json")).substr(0, want.size()),
              want);
  }
  // The old folder is below the new one, has a similar name, or is spelled with "..".
  for (const char* old : {"lake/old", "lak", "lake-1", "lake/../x"}) {
    EXPECT_EQ(Says("lake", Path(old) + "/stedi/t/metadata/0.json").find("this lake was made at"),
              0U)
        << old;
  }
  // A copy whose original is still there.
  MakeLake("copy");
  EXPECT_NE(
      Says("copy", Path("lake/stedi/t/metadata/0.json")).find(Path("lake") + " and is now at"),
      std::string::npos);
}

TEST_F(LakeOriginTest, ATableOfNoKnownLakeIsNamed) {
  MakeLake("lake");
  const std::string said = Says("lake", Path("other/stedi/t/metadata/9.json"));
  EXPECT_NE(said.find("the table t of the lake at " + Path("lake") + " is outside of it, at "),
            std::string::npos)
      << said;
}

}  // namespace
}  // namespace stedi
