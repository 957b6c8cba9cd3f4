#include "iceberg/data_file.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

using Kind = IcebergType::Kind;
Schema FourColumns() {
  return {3,
          {{1, "user", {Kind::kString}, true},
           {2, "n", {Kind::kInt}},
           {5, "x", {Kind::kDouble}},
           {6, "absent", {Kind::kInt}}}};
}

TEST(MakeDataFileTest, FillsEveryMap) {
  const std::string one("\1\0\0\0", 4);
  const DataFile file = MakeDataFile("f", 1, 1, FourColumns(), {{"n", {41, 0, one, one}}}, {});
  for (const ManifestStatistic& statistic : kStatistics) {
    EXPECT_EQ(statistic.bounds != nullptr ? (file.*statistic.bounds).size()
                                          : (file.*statistic.counts).size(),
              1U)
        << statistic.name;
  }
}

TEST(ColumnStatisticsTest, AddUpOverRowGroups) {
  using Bound = std::optional<std::string>;
  struct Case {
    const char* name;
    std::vector<ColumnStatistics> row_groups;
    Bound min;
    Bound max;
  };
  const Case cases[] = {
      {"no row group", {}, {}, {}},
      {"one", {{1, 2, "b", "c"}}, "b", "c"},
      {"the first has both bounds", {{1, 2, "a", "d"}, {1, 2, "b", "c"}}, "a", "d"},
      {"the second has both bounds", {{1, 2, "b", "c"}, {1, 2, "a", "d"}}, "a", "d"},
      {"one without bounds", {{1, 2, "b", "c"}, {1, 2, {}, {}}, {1, 2, "a", "b"}}, "a", "c"},
      {"none has bounds", {{1, 2, {}, {}}, {1, 2, {}, {}}}, {}, {}},
  };
  for (const Case& row : cases) {
    ColumnStatistics sum;
    for (const ColumnStatistics& row_group : row.row_groups)
      AddStatistics(row_group, std::less<>(), sum);
    const auto count = static_cast<int64_t>(row.row_groups.size());
    EXPECT_EQ(sum.size_bytes, count) << row.name;
    EXPECT_EQ(sum.null_count, 2 * count) << row.name;
    EXPECT_EQ(sum.min, row.min) << row.name;
    EXPECT_EQ(sum.max, row.max) << row.name;
  }
}

TEST(MakeDataFileTest, FillsTheMapsByFieldId) {
  const std::string one("\1\0\0\0", 4);
  const DataFile file = MakeDataFile("/lake/data/a.parquet", 3, 400, FourColumns(),
                                     {{"user", {65, 0, "a", "b"}},
                                      {"n", {41, 2, one, one}},
                                      {"x", {12, 0, {}, {}}},
                                      {"of_no_column", {1, 1, {}, {}}}},
                                     {});
  EXPECT_EQ(file.path, "/lake/data/a.parquet");
  EXPECT_EQ(file.record_count, 3);
  EXPECT_EQ(file.file_size_bytes, 400);
  EXPECT_EQ(file.schema_id, 3);
  using Counts = std::map<int32_t, int64_t>;
  using Bounds = std::map<int32_t, std::string>;
  EXPECT_EQ(file.column_sizes, (Counts{{1, 65}, {2, 41}, {5, 12}}));
  EXPECT_EQ(file.value_counts, (Counts{{1, 3}, {2, 3}, {5, 3}}));
  EXPECT_EQ(file.null_value_counts, (Counts{{1, 0}, {2, 2}, {5, 0}}));
  EXPECT_EQ(file.lower_bounds, (Bounds{{1, "a"}, {2, one}}));
  EXPECT_EQ(file.upper_bounds, (Bounds{{1, "b"}, {2, one}}));
}

TEST(MakeDataFileTest, PersonalDataGetsCountsButNoBounds) {
  const DataFile file =
      MakeDataFile("f", 1, 1, FourColumns(), {{"user", {9, 0, "a", "a"}}}, {"user"});
  EXPECT_EQ(file.column_sizes.at(1), 9);
  EXPECT_EQ(file.value_counts.at(1), 1);
  EXPECT_EQ(file.null_value_counts.at(1), 0);
  EXPECT_TRUE(file.lower_bounds.empty());
  EXPECT_TRUE(file.upper_bounds.empty());
}

TEST(MakeDataFileTest, OneBoundMayStandAlone) {
  struct Case {
    const char* name;
    ColumnStatistics statistics;
    size_t lower_bounds;
    size_t upper_bounds;
  };
  const std::string max_point = "\xf4\x8f\xbf\xbf";
  std::string above_all;  // cannot be truncated and rounded up
  for (size_t i = 0; i <= kBoundCodePointsMax; ++i) above_all += max_point;
  const Case cases[] = {
      {"only a least", {1, 0, "a", {}}, 1, 0},
      {"only a greatest", {1, 0, {}, "a"}, 0, 1},
      {"the greatest is above all", {1, 0, "a", above_all}, 1, 0},
      {"the least is no UTF-8", {1, 0, "\xff", "a"}, 0, 1},
  };
  for (const Case& row : cases) {
    const DataFile file = MakeDataFile("f", 1, 1, FourColumns(), {{"user", row.statistics}}, {});
    EXPECT_EQ(file.lower_bounds.size(), row.lower_bounds) << row.name;
    EXPECT_EQ(file.upper_bounds.size(), row.upper_bounds) << row.name;
  }
}

}  // namespace
}  // namespace stedi
