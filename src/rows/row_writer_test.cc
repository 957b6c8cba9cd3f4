#include "rows/row_writer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "database/database.h"

namespace stedi {
namespace {

class RowWriterTest : public testing::Test {
 protected:
  static std::filesystem::path MakeFolder() {
    std::string pattern = testing::TempDir() + "stedi-rows-XXXXXX";
    return ::mkdtemp(pattern.data());
  }
  ~RowWriterTest() override { std::filesystem::remove_all(folder_); }

  size_t FilesInFolder() const {
    const auto begin = std::filesystem::directory_iterator(folder_);
    return static_cast<size_t>(std::distance(begin, std::filesystem::directory_iterator()));
  }

  const std::filesystem::path folder_ = MakeFolder();
  const Schema schema_{
      0, {{1, "n", {IcebergType::Kind::kLong}}, {2, "text", {IcebergType::Kind::kString}}}};
  const DataTarget target_{schema_, folder_, {"text"}, "run-7"};
};

TEST_F(RowWriterTest, WritesCellsAsRows) {
  RowWriter writer(LocalFiles(), target_);
  for (int64_t i = 0; i < 3; ++i) {
    writer.AddNumber(i - 1);
    if (i == 1) {
      writer.AddNull();
    } else {
      writer.AddText(i == 0 ? "it's" : "");
    }
    writer.EndRow();
  }
  EXPECT_EQ(writer.rows(), 3);
  const std::vector<DataFile> files = writer.Finish();
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].record_count, 3);
  EXPECT_EQ(files[0].null_value_counts, (std::map<int32_t, int64_t>{{1, 0}, {2, 1}}));
  EXPECT_TRUE(files[0].lower_bounds.contains(1));
  EXPECT_FALSE(files[0].lower_bounds.contains(2));
  EXPECT_EQ(std::filesystem::path(files[0].path).filename().string().find("run-7-"), 0U);
  Database database{DatabaseOptions{1, 0, {}, true}};
  Connection connection(database);
  Result result =
      connection.Query("SELECT n, text FROM read_parquet($1) ORDER BY n", {files[0].path});
  EXPECT_EQ(result.Rows(), (std::vector<TextRow>{{"-1", "it's"}, {"0", std::nullopt}, {"1", ""}}));
}

TEST_F(RowWriterTest, WritesNoFileWithoutRows) {
  RowWriter writer(LocalFiles(), target_);
  EXPECT_TRUE(writer.Finish().empty());
  EXPECT_EQ(FilesInFolder(), 0U);
}

TEST_F(RowWriterTest, LeavesNoFileThatWasNotFinished) {
  {
    RowWriter writer(LocalFiles(), target_);
    for (int64_t i = 0; i < 300'000; ++i) {  // more than a row group
      writer.AddNumber(i);
      writer.AddNull();
      writer.EndRow();
    }
    EXPECT_EQ(FilesInFolder(), 1U);
  }
  EXPECT_EQ(FilesInFolder(), 0U);
}

}  // namespace
}  // namespace stedi
