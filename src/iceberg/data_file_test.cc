#include "iceberg/data_file.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace stedi {
namespace {

using Kind = IcebergType::Kind;
Schema FourColumns() {
  return {0,
          {{1, "user", {Kind::kString}, true},
           {2, "n", {Kind::kInt}},
           {5, "x", {Kind::kDouble}},
           {6, "absent", {Kind::kInt}}}};
}

TEST(MakeDataFileTest, FillsTheMapsByFieldId) {
  const DataFile file = MakeDataFile(
      "/lake/data/a.parquet", 3, 400, FourColumns(),
      {{"user", {{"column_size_bytes", "65"}, {"null_count", "0"}, {"min", "a"}, {"max", "b"}}},
       {"n", {{"column_size_bytes", "41"}, {"null_count", "2"}, {"min", "1"}, {"max", "1"}}},
       {"x", {{"null_count", "0"}, {"has_nan", "true"}}},
       {"of_no_column", {{"null_count", "1"}}}},
      {});
  EXPECT_EQ(file.path, "/lake/data/a.parquet");
  EXPECT_EQ(file.record_count, 3);
  EXPECT_EQ(file.file_size_bytes, 400);
  using Counts = std::map<int32_t, int64_t>;
  using Bounds = std::map<int32_t, std::string>;
  EXPECT_EQ(file.column_sizes, (Counts{{1, 65}, {2, 41}}));
  EXPECT_EQ(file.value_counts, (Counts{{1, 3}, {2, 3}, {5, 3}}));
  EXPECT_EQ(file.null_value_counts, (Counts{{1, 0}, {2, 2}, {5, 0}}));
  EXPECT_EQ(file.lower_bounds, (Bounds{{1, "a"}, {2, std::string("\1\0\0\0", 4)}}));
  EXPECT_EQ(file.upper_bounds, (Bounds{{1, "b"}, {2, std::string("\1\0\0\0", 4)}}));
}

TEST(MakeDataFileTest, PersonalDataGetsCountsButNoBounds) {
  const DataFile file = MakeDataFile(
      "f", 1, 1, FourColumns(),
      {{"user", {{"column_size_bytes", "9"}, {"null_count", "0"}, {"min", "a"}, {"max", "a"}}}},
      {"user"});
  EXPECT_EQ(file.column_sizes.at(1), 9);
  EXPECT_EQ(file.value_counts.at(1), 1);
  EXPECT_EQ(file.null_value_counts.at(1), 0);
  EXPECT_TRUE(file.lower_bounds.empty());
  EXPECT_TRUE(file.upper_bounds.empty());
}

TEST(MakeDataFileTest, OneBoundMayStandAlone) {
  const DataFile file = MakeDataFile("f", 1, 1, FourColumns(), {{"user", {{"min", "a"}}}}, {});
  EXPECT_EQ(file.lower_bounds.size(), 1U);
  EXPECT_TRUE(file.upper_bounds.empty());
}

TEST(MakeDataFileTest, CountsMustBeNumbers) {
  EXPECT_THROW(MakeDataFile("f", 1, 1, FourColumns(), {{"n", {{"null_count", "?"}}}}, {}), Error);
}

}  // namespace
}  // namespace stedi
