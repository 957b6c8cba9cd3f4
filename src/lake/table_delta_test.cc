#include "lake/table_delta.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(TableState, IsReadFromItsText) {
  const TableState state{"people", "0af3", 17};
  EXPECT_EQ(ToString(state), "people 0af3 17");
  EXPECT_EQ(ParseTableState("people 0af3 17"), state);
  for (const char* text : {"", "people", "people 17", "people 0af3 ", "people 0af3 17x"}) {
    EXPECT_EQ(ParseTableState(text), std::nullopt) << text;
  }
}

// Metadata with one snapshot per operation, each the parent of the next. Their ids begin at 1.
TableMetadata Metadata(const std::vector<std::string>& operations) {
  TableMetadata metadata;
  metadata.table_uuid = "u";
  metadata.schemas = {Schema{0, {}}};
  int64_t id = 0;
  for (const std::string& operation : operations) {
    Snapshot snapshot;
    snapshot.snapshot_id = ++id;
    if (id > 1) snapshot.parent_snapshot_id = id - 1;
    snapshot.summary["operation"] = operation;
    metadata.snapshots.push_back(snapshot);
  }
  metadata.current_snapshot_id = id;
  return metadata;
}

std::string Names(const std::vector<DataFile>& files) {
  std::string names;
  for (const DataFile& file : files) names += file.path;
  return names;
}

class DeltaSinceTest : public testing::Test {
 protected:
  DeltaSinceTest() {
    table_.metadata = Metadata({"append", "append", "append"});
    table_.files_loaded = true;
    for (const auto& [path, snapshot] : {std::pair{"a", 1}, {"b", 2}, {"c", 3}}) {
      ManifestEntry entry;
      entry.file.path = path;
      entry.snapshot_id = snapshot;
      table_.files.push_back({entry, 0});
    }
  }
  // "kept|added"; "" when the changes are not known.
  std::string Since(const TableState& before) {
    const std::optional<TableDelta> delta = DeltaSince(connection_, table_, before);
    return delta.has_value() ? Names(delta->kept) + "|" + Names(delta->added) : "";
  }

  Database database_{DatabaseOptions{1, 0, {}, true}};
  Connection connection_{database_};
  LakeTable table_;
};

TEST_F(DeltaSinceTest, TellsAppendedFilesWithoutReadingManifests) {
  EXPECT_EQ(Since({"t", "u", 3}), "abc|");
  EXPECT_EQ(Since({"t", "u", 2}), "ab|c");
  EXPECT_EQ(Since({"t", "u", 1}), "a|bc");
  EXPECT_EQ(Since({"t", "u", 0}), "|abc");
}

TEST_F(DeltaSinceTest, KnowsNothingOfOtherTablesAndLostSnapshots) {
  EXPECT_EQ(Since({"t", "another", 2}), "");
  EXPECT_EQ(Since({"t", "u", 7}), "");
  table_.has_deletes = true;
  EXPECT_EQ(Since({"t", "u", 2}), "");
}

TEST_F(DeltaSinceTest, KnowsNothingAcrossSchemas) {
  table_.metadata.snapshots.back().schema_id = 1;
  EXPECT_EQ(Since({"t", "u", 2}), "");
}

}  // namespace
}  // namespace stedi
