#include "catalog/lake_move.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "catalog/sql_catalog.h"

namespace stedi {
namespace {

class LakeMoveTest : public testing::Test {
 protected:
  LakeMoveTest() {
    std::string pattern = testing::TempDir() + "stedi-move-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    catalog_ = std::make_unique<SqlCatalog>(folder_ / "c.db", "lake", SqlCatalog::Mode::kCreate);
    RunRecord run;
    run.run_id = "r1";
    run.database = "stedi";
    run.status = RunStatus::kOk;
    run.steps = {{"b", TableAction::kReplaced, {}, 5, 11, 0.5, "hash;a uuid-a 7;c uuid-c 8"}};
    catalog_->Commit(
        std::vector<TableCommit>{{{"stedi", "a"}, "", "/a"}, {{"stedi", "b"}, "", "/b"}}, run);
  }
  ~LakeMoveTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  std::unique_ptr<SqlCatalog> catalog_;
};

TEST_F(LakeMoveTest, MovesEverythingAtOnce) {
  catalog_->MoveLake(
      {{{"lake", "stedi", "a", "/a", "/new/a"}, {"lake", "stedi", "b", "/b", "/new/b"}},
       {{"uuid-a", "uuid-new"}},
       {{"lake_id", "7"}},
       {"/a", "/b"}});
  EXPECT_EQ(catalog_->FindTable({"stedi", "a"}), "/new/a");
  EXPECT_EQ(catalog_->FindTable({"stedi", "b"}), "/new/b");
  EXPECT_EQ(catalog_->LastStep("stedi", "b")->fingerprint, "hash;a uuid-new 7;c uuid-c 8");
  EXPECT_EQ(catalog_->GetSetting("lake_id"), "7");
  EXPECT_EQ(catalog_->ListOutdatedFiles(), (std::vector<std::string>{"/a", "/b"}));
  catalog_->ForgetOutdatedFiles();
  EXPECT_EQ(catalog_->ListOutdatedFiles(), std::vector<std::string>());
}

TEST_F(LakeMoveTest, ATableThatSomebodyElseMovedTurnsAllOfItDown) {
  const LakeMove move{
      {{"lake", "stedi", "a", "/a", "/new/a"}, {"lake", "stedi", "b", "/B", "/new/b"}},
      {},
      {{"lake_id", "7"}},
      {"/a"}};
  try {
    catalog_->MoveLake(move);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConflict);
  }
  EXPECT_EQ(catalog_->FindTable({"stedi", "a"}), "/a");
  EXPECT_EQ(catalog_->GetSetting("lake_id"), std::nullopt);
  EXPECT_EQ(catalog_->ListOutdatedFiles(), std::vector<std::string>());
  EXPECT_EQ(catalog_->FindDamage(), std::vector<std::string>());
}

}  // namespace
}  // namespace stedi
