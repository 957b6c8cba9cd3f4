#include "iceberg/table_metadata.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace stedi {
namespace {

using Kind = IcebergType::Kind;
using Json = nlohmann::json;

TableMetadata NewTable() {
  return NewTableMetadata("/lake/stedi/t",
                          {{0, "a", {Kind::kInt}, true}, {0, "b", {Kind::kString}}},
                          {{"comment", "a table"}}, 1000);
}

Snapshot NewSnapshot(int64_t id, int64_t sequence_number, int64_t timestamp_ms) {
  Snapshot snapshot;
  snapshot.snapshot_id = id;
  snapshot.sequence_number = sequence_number;
  snapshot.timestamp_ms = timestamp_ms;
  snapshot.manifest_list = "/lake/stedi/t/metadata/snap-" + std::to_string(id) + ".avro";
  snapshot.summary = {{"operation", "append"}};
  return snapshot;
}

TEST(NewTableMetadataTest, IsEmptyAndUnpartitioned) {
  const TableMetadata table = NewTable();
  EXPECT_EQ(table.CurrentSnapshot(), nullptr);
  EXPECT_EQ(table.CurrentSchema().fields,
            (std::vector<Field>{{1, "a", {Kind::kInt}, true}, {2, "b", {Kind::kString}}}));
  EXPECT_EQ(table.last_column_id, 2);
  Json written = Json::parse(ToJson(table));
  EXPECT_EQ(written["table-uuid"], table.table_uuid);
  EXPECT_EQ(table.table_uuid.size(), 36U);
  written.erase("table-uuid");
  EXPECT_EQ(written, Json::parse(R"({
    "format-version": 2, "location": "/lake/stedi/t", "last-sequence-number": 0,
    "last-updated-ms": 1000, "last-column-id": 2, "current-schema-id": 0,
    "schemas": [{"type": "struct", "schema-id": 0, "fields": [
      {"id": 1, "name": "a", "required": true, "type": "int"},
      {"id": 2, "name": "b", "required": false, "type": "string"}]}],
    "partition-specs": [{"spec-id": 0, "fields": []}], "default-spec-id": 0,
    "last-partition-id": 999,
    "sort-orders": [{"order-id": 0, "fields": []}], "default-sort-order-id": 0,
    "properties": {"comment": "a table"}, "snapshots": [], "snapshot-log": [],
    "metadata-log": [], "refs": {}, "statistics": [], "partition-statistics": []})"));
}

TEST(AddSnapshotTest, BecomesTheHeadOfMain) {
  TableMetadata table = NewTable();
  AddSnapshot(table, table.CurrentSchema(), NewSnapshot(11, 1, 2000), "");
  AddSnapshot(table, table.CurrentSchema(), NewSnapshot(12, 2, 3000), "/lake/0.json");
  ASSERT_NE(table.CurrentSnapshot(), nullptr);
  EXPECT_EQ(table.CurrentSnapshot()->snapshot_id, 12);
  EXPECT_EQ(table.CurrentSnapshot()->parent_snapshot_id, 11);
  EXPECT_EQ(table.snapshots[0].parent_snapshot_id, std::nullopt);
  EXPECT_EQ(table.last_sequence_number, 2);
  EXPECT_EQ(table.last_updated_ms, 3000);
  EXPECT_EQ(table.other["snapshot-log"], Json::parse(R"([{"snapshot-id": 11, "timestamp-ms": 2000},
                                                         {"snapshot-id": 12, "timestamp-ms": 3000}])"));
  EXPECT_EQ(table.other["metadata-log"],
            Json::parse(R"([{"metadata-file": "/lake/0.json", "timestamp-ms": 2000}])"));
  EXPECT_EQ(table.other["refs"], Json::parse(R"({"main": {"snapshot-id": 12, "type": "branch"}})"));
}

TEST(AddSnapshotTest, TimeNeverRunsBackwards) {
  TableMetadata table = NewTable();
  AddSnapshot(table, table.CurrentSchema(), NewSnapshot(11, 1, 900'000), "");
  AddSnapshot(table, table.CurrentSchema(), NewSnapshot(12, 2, 5), "");
  EXPECT_EQ(table.CurrentSnapshot()->timestamp_ms, 900'000);
  EXPECT_EQ(table.last_updated_ms, 900'000);
}

TEST(AddSnapshotTest, KeepsOtherRefsAndTheSettingsOfMain) {
  TableMetadata table = NewTable();
  table.other["refs"] = Json::parse(
      R"({"main": {"snapshot-id": 1, "type": "branch", "min-snapshots-to-keep": 5},
          "audit": {"snapshot-id": 1, "type": "tag"}})");
  AddSnapshot(table, table.CurrentSchema(), NewSnapshot(11, 1, 2000), "");
  EXPECT_EQ(table.other["refs"],
            Json::parse(
                R"({"main": {"snapshot-id": 11, "type": "branch", "min-snapshots-to-keep": 5},
          "audit": {"snapshot-id": 1, "type": "tag"}})"));
}

TEST(AddSnapshotTest, MetadataLogKeepsTheLastHundred) {
  TableMetadata table = NewTable();
  for (int i = 1; i <= 103; ++i) {
    AddSnapshot(table, table.CurrentSchema(), NewSnapshot(i, i, i), "/" + std::to_string(i));
  }
  const Json& log = table.other["metadata-log"];
  EXPECT_EQ(log.size(), 100U);
  EXPECT_EQ(log.front()["metadata-file"], "/4");
  EXPECT_EQ(log.back()["metadata-file"], "/103");
}

TEST(AddSnapshotTest, PlacesTheSchema) {
  TableMetadata table = NewTable();
  const Schema first = table.CurrentSchema();
  AddSnapshot(table, {1, {{1, "a", {Kind::kInt}}}}, NewSnapshot(11, 1, 1), "");
  EXPECT_EQ(table.current_schema_id, 1);
  // Equal columns are the existing schema, whatever id they come with.
  AddSnapshot(table, {2, first.fields}, NewSnapshot(12, 2, 2), "");
  EXPECT_EQ(table.current_schema_id, 0);
  // Id 1 belongs to a schema with other columns.
  AddSnapshot(table, {1, {{7, "c", {Kind::kInt}}}}, NewSnapshot(13, 3, 3), "");
  EXPECT_EQ(table.current_schema_id, 2);
  EXPECT_EQ(table.last_column_id, 7);
  EXPECT_EQ(table.schemas.size(), 3U);
  std::vector<int32_t> schema_ids;
  for (const Snapshot& snapshot : table.snapshots) schema_ids.push_back(snapshot.schema_id);
  EXPECT_EQ(schema_ids, (std::vector<int32_t>{1, 0, 2}));
}

TEST(AddSnapshotTest, SequenceNumbersMustGrow) {
  TableMetadata table = NewTable();
  AddSnapshot(table, table.CurrentSchema(), NewSnapshot(11, 1, 1), "");
  EXPECT_THROW(AddSnapshot(table, table.CurrentSchema(), NewSnapshot(12, 1, 1), ""), Error);
}

struct PathCase {
  const char* previous;
  const char* expected;  // up to the UUID
};

TEST(NextMetadataPathTest, CountsOn) {
  const TableMetadata table = NewTable();
  const PathCase cases[] = {
      {"", "/lake/stedi/t/metadata/00000-"},
      {"/lake/stedi/t/metadata/00000-x.metadata.json", "/lake/stedi/t/metadata/00001-"},
      {"file:/other-place/00041-x.metadata.json", "/lake/stedi/t/metadata/00042-"},
      {"00009-x.metadata.json", "/lake/stedi/t/metadata/00010-"},
      {"/a/99999-x.metadata.json", "/lake/stedi/t/metadata/100000-"},
      {"/a/2147483647-x.metadata.json", "/lake/stedi/t/metadata/2147483648-"},
      {"/a/99999999999999999999-x.metadata.json", "/lake/stedi/t/metadata/00000-"},
      {"/a/v3.metadata.json", "/lake/stedi/t/metadata/00000-"},  // a Hadoop table's
      {"/a/-1-x.metadata.json", "/lake/stedi/t/metadata/00000-"},
  };
  for (const PathCase& row : cases) {
    const std::string path = NextMetadataPath(table, row.previous, "id");
    EXPECT_EQ(path.substr(0, std::string_view(row.expected).size()), row.expected) << row.previous;
    EXPECT_TRUE(path.ends_with("-id.metadata.json")) << path;
  }
}

TEST(LocalPathTest, RemovesTheSchemeOfLocalFiles) {
  const PathCase cases[] = {
      {"/x/y", "/x/y"},
      {"file:/x/y", "/x/y"},
      {"file:///x/y", "/x/y"},
      {"s3://b/x", "s3://b/x"},
      {"file://host/x", "file://host/x"},
      {"", ""},
  };
  for (const PathCase& row : cases) EXPECT_EQ(LocalPath(row.previous), row.expected);
}

}  // namespace
}  // namespace stedi
