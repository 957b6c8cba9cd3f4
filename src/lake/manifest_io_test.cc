#include "lake/manifest_io.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace stedi {
namespace {

using Json = nlohmann::json;

// Adds "path id" for each field of an Avro schema that has a field id, followed by "?" if the field
// may be null. The path consists of the names of the enclosing records and the field's own.
void AddFields(const Json& type, const std::string& path, std::vector<std::string>& fields) {
  if (type.is_array()) {  // a union
    for (const Json& one : type) AddFields(one, path, fields);
    return;
  }
  if (!type.is_object()) return;
  if (type.at("type").is_object()) AddFields(type.at("type"), path, fields);
  if (type.contains("items")) AddFields(type.at("items"), path, fields);
  if (!type.contains("fields")) return;
  for (const Json& field : type.at("fields")) {
    const Json& of = field.at("type");
    const std::string name = path + field.at("name").get<std::string>();
    if (field.contains("field-id")) {
      fields.push_back(
          fmt::format("{} {}{}", name, field.at("field-id").get<int>(), of.is_array() ? "?" : ""));
    }
    AddFields(of, name + ".", fields);
  }
}

// The fields of the schema in an Avro file's header, which is plain text.
std::vector<std::string> FieldsOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  const size_t begin = bytes.find('{', bytes.find("avro.schema"));
  size_t end = begin;
  for (int depth = 0; end < bytes.size();) {
    if (bytes[end] == '{') ++depth;
    if (bytes[end] == '}') --depth;
    ++end;
    if (depth == 0) break;
  }
  std::vector<std::string> fields;
  AddFields(Json::parse(bytes.substr(begin, end - begin)), "", fields);
  return fields;
}

class ManifestIoTest : public testing::Test {
 protected:
  ManifestIoTest() {
    std::filesystem::create_directories(folder_);
    database_.LoadExtension(connection_, "avro");
  }
  ~ManifestIoTest() override { std::filesystem::remove_all(folder_); }

  ManifestFile Write(const std::vector<ManifestEntry>& entries) {
    return WriteManifest(connection_, LocalFiles(), folder_ / "m.avro", context_, entries);
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("stedi-manifest-{}", ::getpid());
  Database database_{DatabaseOptions{1, 0, {}, true}};
  Connection connection_{database_};
  ManifestContext context_{Schema{3, {}}, 77, 9};
};

ManifestEntry Entry(const std::string& path, EntryStatus status, int64_t rows) {
  ManifestEntry entry;
  entry.status = status;
  entry.snapshot_id = 50;
  entry.sequence_number = 4;
  entry.file_sequence_number = 3;
  entry.file.path = path;
  entry.file.record_count = rows;
  entry.file.file_size_bytes = 1000 + rows;
  entry.file.column_sizes = {{1, 400}, {2, 500}};
  entry.file.value_counts = {{1, rows}, {2, rows}};
  entry.file.null_value_counts = {{1, 0}, {2, 1}};
  entry.file.lower_bounds = {{1, std::string("\0\x01\x7f\x80\xff\\x", 7)}};
  entry.file.upper_bounds = {{1, "it's"}, {2, ""}};
  return entry;
}

TEST_F(ManifestIoTest, HasTheFieldsOfTheSpecification) {
  EXPECT_EQ(FieldsOf(Write({Entry("a.parquet", EntryStatus::kAdded, 5)}).path),
            (std::vector<std::string>{"status 0",
                                      "snapshot_id 1?",
                                      "sequence_number 3?",
                                      "file_sequence_number 4?",
                                      "data_file 2",
                                      "data_file.content 134",
                                      "data_file.file_path 100",
                                      "data_file.file_format 101",
                                      "data_file.partition 102",
                                      "data_file.record_count 103",
                                      "data_file.file_size_in_bytes 104",
                                      "data_file.column_sizes 108?",
                                      "data_file.column_sizes.key 117",
                                      "data_file.column_sizes.value 118",
                                      "data_file.value_counts 109?",
                                      "data_file.value_counts.key 119",
                                      "data_file.value_counts.value 120",
                                      "data_file.null_value_counts 110?",
                                      "data_file.null_value_counts.key 121",
                                      "data_file.null_value_counts.value 122",
                                      "data_file.lower_bounds 125?",
                                      "data_file.lower_bounds.key 126",
                                      "data_file.lower_bounds.value 127",
                                      "data_file.upper_bounds 128?",
                                      "data_file.upper_bounds.key 129",
                                      "data_file.upper_bounds.value 130",
                                      "data_file.sort_order_id 140?"}));
  const std::string list = folder_ / "l.avro";
  WriteManifestList(connection_, LocalFiles(), list, context_, {});
  EXPECT_EQ(FieldsOf(list),
            (std::vector<std::string>{
                "manifest_path 500", "manifest_length 501", "partition_spec_id 502", "content 517",
                "sequence_number 515", "min_sequence_number 516", "added_snapshot_id 503",
                "added_files_count 504", "existing_files_count 505", "deleted_files_count 506",
                "added_rows_count 512", "existing_rows_count 513", "deleted_rows_count 514"}));
}

TEST_F(ManifestIoTest, ReadsTheEntriesThatItWrote) {
  std::vector<ManifestEntry> written = {Entry("it's/a.parquet", EntryStatus::kAdded, 5),
                                        Entry("b.parquet", EntryStatus::kExisting, 70),
                                        Entry("c.parquet", EntryStatus::kDeleted, 900)};
  const ManifestFile manifest = Write(written);
  written[0].sequence_number = written[0].file_sequence_number = 9;  // inherited
  const std::vector<ManifestEntry> read = ReadManifest(connection_, manifest);
  ASSERT_EQ(read.size(), written.size());
  for (size_t i = 0; i < read.size(); ++i) {
    const DataFile& expected = written[i].file;
    const DataFile& found = read[i].file;
    EXPECT_EQ(read[i].status, written[i].status) << i;
    EXPECT_EQ(read[i].snapshot_id, 50) << i;
    EXPECT_EQ(read[i].sequence_number, written[i].sequence_number) << i;
    EXPECT_EQ(read[i].file_sequence_number, written[i].file_sequence_number) << i;
    EXPECT_EQ(found.path, expected.path);
    EXPECT_EQ(found.record_count, expected.record_count) << i;
    EXPECT_EQ(found.file_size_bytes, expected.file_size_bytes) << i;
    for (const ManifestStatistic& statistic : kStatistics) {
      if (statistic.bounds != nullptr) {
        EXPECT_FALSE((expected.*statistic.bounds).empty()) << statistic.name;
        EXPECT_EQ(found.*statistic.bounds, expected.*statistic.bounds) << statistic.name << i;
      } else {
        EXPECT_FALSE((expected.*statistic.counts).empty()) << statistic.name;
        EXPECT_EQ(found.*statistic.counts, expected.*statistic.counts) << statistic.name << i;
      }
    }
  }
}

TEST_F(ManifestIoTest, CountsFilesAndRowsByStatus) {
  const ManifestFile manifest = Write({Entry("a.parquet", EntryStatus::kAdded, 5),
                                       Entry("b.parquet", EntryStatus::kExisting, 70),
                                       Entry("c.parquet", EntryStatus::kDeleted, 900),
                                       Entry("d.parquet", EntryStatus::kDeleted, 1)});
  EXPECT_EQ(manifest.length_bytes,
            static_cast<int64_t>(std::filesystem::file_size(folder_ / "m.avro")));
  const std::string list = folder_ / "l.avro";
  EXPECT_EQ(WriteManifestList(connection_, LocalFiles(), list, context_, {manifest}),
            std::filesystem::file_size(list));
  const std::vector<ManifestFile> read = ReadManifestList(connection_, list);
  ASSERT_EQ(read.size(), 1U);
  for (const ManifestFile& one : {manifest, read[0]}) {
    EXPECT_EQ(one.path, (folder_ / "m.avro").string());
    EXPECT_EQ(one.length_bytes, manifest.length_bytes);
    EXPECT_EQ(one.content, 0);
    EXPECT_EQ(one.sequence_number, 9);
    EXPECT_EQ(one.min_sequence_number, 4);  // of the entries that are not deleted
    EXPECT_EQ(one.added_snapshot_id, 77);
    EXPECT_EQ(one.added_files_count, 1);
    EXPECT_EQ(one.existing_files_count, 1);
    EXPECT_EQ(one.deleted_files_count, 2);
    EXPECT_EQ(one.added_rows_count, 5);
    EXPECT_EQ(one.existing_rows_count, 70);
    EXPECT_EQ(one.deleted_rows_count, 901);
  }
}

}  // namespace
}  // namespace stedi
