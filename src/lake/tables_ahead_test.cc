#include "lake/tables_ahead.h"

#include "lake/run_session_fixture.h"
#include "lake/snapshot_update.h"

namespace stedi {
namespace {

class TablesAheadTest : public RunSessionFixture {
 protected:
  TablesAheadTest() {
    LakeTable table;
    table.id = {"stedi", "t"};
    DataFile file;
    file.path = "f1";
    SnapshotUpdate update(table, {0, {{1, "n", {IcebergType::Kind::kLong}}}}, {}, "run-1");
    update.Add({file});
    update.Stage(session_);
    published_ = Publish(table);
  }

  LakeTable published_;
};

TEST_F(TablesAheadTest, GivesATableWithItsFilesOnce) {
  tables_ahead_.BeginReading(session_, "t");
  const LakeTable ahead = tables_ahead_.Open(session_, "t");
  EXPECT_TRUE(ahead.files_loaded);
  ASSERT_EQ(ahead.files.size(), 1U);
  EXPECT_EQ(ahead.files[0].entry.file.path, "f1");
  const LakeTable again = tables_ahead_.Open(session_, "t");
  EXPECT_FALSE(again.files_loaded);
  EXPECT_EQ(again.committed_location, published_.committed_location);
}

TEST_F(TablesAheadTest, GivesATableThatIsNotThere) {
  tables_ahead_.BeginReading(session_, "unknown");
  EXPECT_FALSE(tables_ahead_.Open(session_, "unknown").exists());
}

TEST_F(TablesAheadTest, OpensAgainWhatCouldNotBeRead) {
  std::filesystem::remove(published_.metadata.CurrentSnapshot()->manifest_list);
  tables_ahead_.BeginReading(session_, "t");
  const LakeTable table = tables_ahead_.Open(session_, "t");
  EXPECT_TRUE(table.exists());
  EXPECT_FALSE(table.files_loaded);
  // The failure is that of the table, not of the run's other side work.
  side_work_.Finish();
}

TEST_F(TablesAheadTest, TellsWhatIsWrongWhenItIsTheTablesTurn) {
  std::filesystem::remove(published_.committed_location);
  tables_ahead_.BeginReading(session_, "t");
  EXPECT_NE(ErrorOf([&] { tables_ahead_.Open(session_, "t"); }), "");
}

}  // namespace
}  // namespace stedi
