#include "run/copy_on_write.h"

#include <fmt/format.h>

#include "lake/run_session_fixture.h"
#include "rows/data_writer.h"

namespace stedi {
namespace {

using Paths = std::set<std::string>;

class CopyOnWriteTest : public RunSessionFixture {
 protected:
  // A table whose files hold the numbers 1 2 3, 4 5 and 6.
  CopyOnWriteTest() {
    table_.id = {"stedi", "t"};
    SnapshotUpdate update(table_, schema_, {}, "run-1");
    for (const char* numbers : {"1), (2), (3", "4), (5", "6"}) update.Add(Write(numbers));
    update.Stage(session_);
    table_ = Publish(table_);
  }

  std::vector<DataFile> Write(const std::string& numbers) {
    return WriteDataFiles(connection_, storage_,
                          fmt::format("SELECT n FROM (VALUES ({})) AS v(n)", numbers),
                          {schema_, folder_ / "lake/stedi/t/data", {}, session_.run_id});
  }

  std::string PathOf(size_t file) const { return table_.files[file].entry.file.path; }

  // Returns the numbers that the table has after `update`, such as "1 2 3".
  std::string NumbersAfter(const SnapshotUpdate& update) {
    std::vector<DataFile> files;
    for (const LiveFile& live : update.Plan(1).files) files.push_back(live.entry.file);
    return connection_
        .Scalar(fmt::format("SELECT string_agg(n::VARCHAR, ' ' ORDER BY n) FROM ({})",
                            SelectFiles(schema_, files)))
        .value_or("");
  }

  const Schema schema_ = {0, {{1, "n", {IcebergType::Kind::kLong}}}};
  LakeTable table_;
};

TEST_F(CopyOnWriteTest, FindsTheFilesWithRows) {
  EXPECT_EQ(FilesWith(session_, table_, "WHERE l.n IN (2, 6)"), (Paths{PathOf(0), PathOf(2)}));
  EXPECT_EQ(FilesWith(session_, table_, "SEMI JOIN (SELECT 5 AS k) AS r ON l.n = r.k"),
            Paths{PathOf(1)});
  EXPECT_EQ(FilesWith(session_, table_, "WHERE l.n > 6"), Paths());
}

TEST_F(CopyOnWriteTest, RemovesRowsFromTheFilesThatHoldThem) {
  SnapshotUpdate update(table_, schema_, {}, "run-2");
  RemoveRows(session_, "n IN (2, 6)", {}, update);
  EXPECT_EQ(update.removed(), (Paths{PathOf(0), PathOf(2)}));
  EXPECT_EQ(NumbersAfter(update), "1 3 4 5");
}

TEST_F(CopyOnWriteTest, KeepsRowsOfWhichTheConditionIsNull) {
  SnapshotUpdate update(table_, schema_, {}, "run-2");
  RemoveRows(session_, "CASE WHEN n = 1 THEN NULL ELSE n < 4 END", {}, update);
  EXPECT_EQ(NumbersAfter(update), "1 4 5 6");
}

TEST_F(CopyOnWriteTest, WritesNothingWhereNoRowLeaves) {
  SnapshotUpdate update(table_, schema_, {}, "run-2");
  RemoveRows(session_, kNoRow, {}, update);
  RemoveRows(session_, "n > 6", {}, update);
  RewriteFiles(session_, {}, "WHERE false", {}, update);
  EXPECT_FALSE(update.ChangesFiles());
}

TEST_F(CopyOnWriteTest, GivesRewrittenFilesTheNextSchema) {
  const Schema next = {1, {{1, "n", {IcebergType::Kind::kLong}}, {2, "s", {}}}};
  SnapshotUpdate update(table_, next, {}, "run-2");
  RewriteFiles(session_, {PathOf(1)}, "WHERE l.n = 5", {}, update);
  const SnapshotPlan plan = update.Plan(1);
  const DataFile& written = plan.files.back().entry.file;
  EXPECT_EQ(written.schema_id, 1);
  EXPECT_EQ(connection_.Scalar(fmt::format("SELECT n || coalesce(s, ' NULL') FROM ({})",
                                           SelectFiles(next, {written}))),
            "5 NULL");
}

TEST_F(CopyOnWriteTest, RewritesNoDamagedFile) {
  const std::string path = PathOf(0);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  SnapshotUpdate update(table_, schema_, {}, "run-2");
  const std::string error = ErrorOf([&] { RewriteFiles(session_, {path}, "", {}, update); });
  EXPECT_TRUE(error.starts_with("table t: " + path)) << error;
  EXPECT_FALSE(update.ChangesFiles());
}

TEST_F(CopyOnWriteTest, FindsSmallFilesWhenThereAreMany) {
  LakeTable table;
  const auto add = [&](int64_t bytes, int count) {
    for (int i = 0; i < count; ++i) {
      ManifestEntry entry;
      entry.file.path = fmt::format("{}-{}", bytes, i);
      entry.file.file_size_bytes = bytes;
      table.files.push_back({entry, 0});
    }
  };
  add(100, 15);
  add(100 << 20, 20);
  EXPECT_EQ(SmallFiles(table, {}), Paths());
  add(101, 1);
  EXPECT_EQ(SmallFiles(table, {}).size(), 16U);
  EXPECT_EQ(SmallFiles(table, {"101-0"}), Paths());
  EXPECT_EQ(SmallFiles(table, {"another"}).size(), 16U);
}

}  // namespace
}  // namespace stedi
