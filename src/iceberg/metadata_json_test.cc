#include <gtest/gtest.h>

#include "base/error.h"
#include "iceberg/table_metadata.h"

namespace stedi {
namespace {

using Kind = IcebergType::Kind;
using Json = nlohmann::json;

// Metadata as another writer leaves it, with keys that stedi does not know at every level.
constexpr const char* kForeign = R"json({
  "format-version": 2, "table-uuid": "9c12d441-03fe-4693-9a96-a0705ddf69c1",
  "location": "s3://bucket/t", "last-sequence-number": 34, "last-updated-ms": 1602638573590,
  "last-column-id": 3, "current-schema-id": 1, "unknown": {"deep": [1, 2.5, null, true]},
  "schemas": [
    {"type": "struct", "schema-id": 0,
     "fields": [{"id": 1, "name": "x", "required": true, "type": "long"}]},
    {"type": "struct", "schema-id": 1, "identifier-field-ids": [1], "fields": [
      {"id": 1, "name": "x", "required": true, "type": "long", "initial-default": 4},
      {"id": 2, "name": "y", "required": false, "type": "decimal(9,2)", "doc": "a comment"},
      {"id": 3, "name": "z", "required": false, "type": "timestamptz"}]}],
  "default-spec-id": 0, "partition-specs": [{"spec-id": 0, "fields": [
    {"name": "x", "transform": "identity", "source-id": 1, "field-id": 1000}]}],
  "last-partition-id": 1000, "default-sort-order-id": 3,
  "sort-orders": [{"order-id": 3, "fields": []}],
  "properties": {"read.split.target.size": "134217728"},
  "current-snapshot-id": 3055729675574597004,
  "snapshots": [
    {"snapshot-id": 3051729675574597004, "timestamp-ms": 1515100955770, "sequence-number": 0,
     "summary": {"operation": "append"}, "manifest-list": "s3://a/b/1.avro", "schema-id": 0},
    {"snapshot-id": 3055729675574597004, "parent-snapshot-id": 3051729675574597004,
     "timestamp-ms": 1555100955770, "sequence-number": 1, "key-id": "k",
     "summary": {"operation": "overwrite", "added-records": "7"},
     "manifest-list": "s3://a/b/2.avro", "schema-id": 1}],
  "snapshot-log": [{"snapshot-id": 3051729675574597004, "timestamp-ms": 1515100955770},
                   {"snapshot-id": 3055729675574597004, "timestamp-ms": 1555100955770}],
  "metadata-log": [{"metadata-file": "s3://bucket/t/0.json", "timestamp-ms": 1515100}],
  "refs": {"test": {"snapshot-id": 3051729675574597004, "type": "tag", "max-ref-age-ms": 10}}})json";

TEST(MetadataJsonTest, ReadsItsMembers) {
  const TableMetadata table = ParseTableMetadata(kForeign);
  EXPECT_EQ(table.table_uuid, "9c12d441-03fe-4693-9a96-a0705ddf69c1");
  EXPECT_EQ(table.location, "s3://bucket/t");
  EXPECT_EQ(table.last_sequence_number, 34);
  EXPECT_EQ(table.last_updated_ms, 1602638573590);
  EXPECT_EQ(table.last_column_id, 3);
  EXPECT_EQ(table.schemas.size(), 2U);
  EXPECT_EQ(table.CurrentSchema().fields,
            (std::vector<Field>{{1, "x", {Kind::kLong}, true},
                                {2, "y", {Kind::kDecimal, 9, 2}, false, "a comment"},
                                {3, "z", {Kind::kTimestamptz}}}));
  EXPECT_EQ(table.properties,
            (std::map<std::string, std::string>{{"read.split.target.size", "134217728"}}));
  const Snapshot* snapshot = table.CurrentSnapshot();
  ASSERT_NE(snapshot, nullptr);
  EXPECT_EQ(snapshot->snapshot_id, 3055729675574597004);
  EXPECT_EQ(snapshot->parent_snapshot_id, 3051729675574597004);
  EXPECT_EQ(snapshot->sequence_number, 1);
  EXPECT_EQ(snapshot->timestamp_ms, 1555100955770);
  EXPECT_EQ(snapshot->manifest_list, "s3://a/b/2.avro");
  EXPECT_EQ(snapshot->schema_id, 1);
  EXPECT_EQ(snapshot->summary.at("added-records"), "7");
}

TEST(MetadataJsonTest, WritesBackAllThatItRead) {
  EXPECT_EQ(Json::parse(ToJson(ParseTableMetadata(kForeign))), Json::parse(kForeign));
}

TEST(MetadataJsonTest, KeepsUnknownKeysThroughASnapshot) {
  TableMetadata table = ParseTableMetadata(kForeign);
  Snapshot snapshot = *table.CurrentSnapshot();
  snapshot.snapshot_id = 5;
  snapshot.sequence_number = 35;
  AddSnapshot(table, table.CurrentSchema(), snapshot, "s3://bucket/t/1.json");
  const Json written = Json::parse(ToJson(table));
  Json expected = Json::parse(kForeign);
  expected["snapshots"].push_back({{"snapshot-id", 5},
                                   {"parent-snapshot-id", 3055729675574597004},
                                   {"timestamp-ms", 1602638573590},
                                   {"sequence-number", 35},
                                   {"summary", expected["snapshots"][1]["summary"]},
                                   {"manifest-list", "s3://a/b/2.avro"},
                                   {"schema-id", 1}});
  expected["snapshot-log"].push_back({{"snapshot-id", 5}, {"timestamp-ms", 1602638573590}});
  expected["metadata-log"].push_back(
      {{"metadata-file", "s3://bucket/t/1.json"}, {"timestamp-ms", 1602638573590}});
  expected["refs"]["main"] = {{"snapshot-id", 5}, {"type", "branch"}};
  expected["last-sequence-number"] = 35;
  expected["current-snapshot-id"] = 5;
  EXPECT_EQ(written, expected);
}

TEST(MetadataJsonTest, WritesTextThatIsNotUtf8AsReplacementCharacters) {
  TableMetadata table = NewTableMetadata("/t", {}, {{"comment", "a\xff"}}, 0);
  EXPECT_EQ(Json::parse(ToJson(table))["properties"]["comment"], "a\xef\xbf\xbd");
}

// A change to the foreign document (a JSON merge patch) and what the error says about the result.
struct DamageCase {
  const char* name;
  const char* patch;
  const char* message;  // part of it; empty: no error
};

class DamagedMetadataTest : public testing::TestWithParam<DamageCase> {};

std::string ParseMessage(std::string_view text) {
  try {
    ParseTableMetadata(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalid);
    return error.what();
  }
  return "";
}

TEST_P(DamagedMetadataTest, SaysWhatIsWrong) {
  Json document = Json::parse(kForeign);
  document.merge_patch(Json::parse(GetParam().patch));
  const std::string message = ParseMessage(document.dump());
  const std::string expected = GetParam().message;
  EXPECT_EQ(message.empty(), expected.empty()) << message;
  EXPECT_NE(message.find(expected), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    Iceberg, DamagedMetadataTest,
    testing::Values(
        DamageCase{"Unharmed", R"({})", ""},
        DamageCase{"NoCurrentSnapshot", R"({"current-snapshot-id": null, "snapshots": null})", ""},
        DamageCase{"MinusOneIsNoSnapshot", R"({"current-snapshot-id": -1})", ""},
        DamageCase{"NoProperties", R"({"properties": null})", ""},
        DamageCase{"Version1", R"({"format-version": 1})", "format version 1"},
        DamageCase{"Version3", R"({"format-version": 3})", "format version 3"},
        DamageCase{"NoUuid", R"({"table-uuid": null})", "no 'table-uuid'"},
        DamageCase{"LocationIsANumber", R"({"location": 7})", "'location' that is not a string"},
        DamageCase{"TextForNumber", R"({"last-column-id": "3"})", "'last-column-id'"},
        DamageCase{"FractionForNumber", R"({"last-updated-ms": 1.5})", "'last-updated-ms'"},
        DamageCase{"TooLarge", R"({"last-updated-ms": 9223372036854775808})", "too large"},
        DamageCase{"OutOfRange", R"({"last-column-id": 2147483648})", "out of range"},
        DamageCase{"Negative", R"({"last-column-id": -1})", "out of range"},
        DamageCase{"NoSuchSchema", R"({"current-schema-id": 9})", "current schema"},
        DamageCase{"SchemasAreAnObject", R"({"schemas": {"a": 1}})", "'schemas'"},
        DamageCase{"SchemaIsANumber", R"({"schemas": [1]})", "schema that is not an object"},
        DamageCase{"SchemaTwice",
                   R"({"current-schema-id": 0, "schemas": [{"schema-id": 0, "fields": []},
                       {"schema-id": 0, "fields": []}]})",
                   "schema id twice"},
        DamageCase{"ColumnTwice",
                   R"({"current-schema-id": 0, "schemas": [{"schema-id": 0, "fields": [
                       {"id": 1, "name": "a", "required": true, "type": "int"},
                       {"id": 1, "name": "b", "required": true, "type": "int"}]}]})",
                   "same column twice"},
        DamageCase{"NestedColumn",
                   R"({"current-schema-id": 0, "schemas": [{"schema-id": 0, "fields": [
                       {"id": 1, "name": "a", "required": true, "type": {"type": "list"}}]}]})",
                   "nested column, 'a'"},
        DamageCase{"UnknownType",
                   R"({"current-schema-id": 0, "schemas": [{"schema-id": 0, "fields": [
                       {"id": 1, "name": "a", "required": true, "type": "uuid"}]}]})",
                   "column 'a': type 'uuid'"},
        DamageCase{"RequiredIsANumber",
                   R"({"current-schema-id": 0, "schemas": [{"schema-id": 0, "fields": [
                       {"id": 1, "name": "a", "required": 1, "type": "int"}]}]})",
                   "'required'"},
        DamageCase{"NoSuchSnapshot", R"({"current-snapshot-id": 9})", "current snapshot"},
        DamageCase{"SnapshotsAreGone", R"({"snapshots": []})", "current snapshot"},
        DamageCase{"SnapshotIsText", R"({"snapshots": ["x"]})", "snapshot that is not an object"},
        DamageCase{"SummaryOfNumbers",
                   R"({"current-snapshot-id": 1, "snapshots": [{"snapshot-id": 1,
                       "sequence-number": 1, "timestamp-ms": 1, "manifest-list": "m",
                       "summary": {"added-records": 7}}]})",
                   "'summary'"},
        DamageCase{"SnapshotWithoutList",
                   R"({"current-snapshot-id": 1, "snapshots": [{"snapshot-id": 1,
                       "sequence-number": 1, "timestamp-ms": 1}]})",
                   "no 'manifest-list'"},
        DamageCase{"PropertiesAreAnArray", R"({"properties": []})", "'properties'"},
        DamageCase{"LogIsAnObject", R"({"snapshot-log": {"a": 1}})", "'snapshot-log'"},
        DamageCase{"RefsAreText", R"({"refs": "main"})", "'refs'"},
        DamageCase{"MainIsANumber", R"({"refs": {"main": 4}})", "branch"}),
    [](const auto& test) { return test.param.name; });

TEST(DamagedMetadataTest, TextThatIsNoDocument) {
  const std::string text = kForeign;
  for (const std::string& damaged :
       {std::string(), std::string("null"), std::string("[]"), std::string("{\"a\": \"\xff\"}"),
        text.substr(0, text.size() - 1), text + "x", std::string("\x1f\x8b\x08")}) {
    EXPECT_NE(ParseMessage(damaged).find("not a JSON object"), std::string::npos) << damaged;
  }
}

TEST(DamagedMetadataTest, NestingHasALimit) {
  const std::string deep = "{\"a\":" + std::string(100'000, '[');
  EXPECT_NE(ParseMessage(deep).find("deeper"), std::string::npos);
  EXPECT_NE(ParseMessage(deep + std::string(100'000, ']') + "}").find("deeper"), std::string::npos);
}

}  // namespace
}  // namespace stedi
