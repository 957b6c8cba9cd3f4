#include "parquet/parquet_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstring>

namespace stedi {
namespace {

using Kind = IcebergType::Kind;

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return hex;
}

// Expected bytes are written with spaces between their parts.
std::string WithoutSpaces(std::string hex) {
  std::erase(hex, ' ');
  return hex;
}

std::string PlainInt(int32_t value) { return PlainNumber(PhysicalType::kInt32, value); }
std::string PlainDouble(double value) {
  return PlainNumber(PhysicalType::kDouble, std::bit_cast<int64_t>(value));
}

// A row group of one column with made-up pages.
EncodedRowGroup GroupOf(uint64_t order, std::string pages, std::optional<std::string> min,
                        std::optional<std::string> max) {
  EncodedRowGroup group{order, 3, {}};
  EncodedColumn& column = group.columns.emplace_back();
  column.statistics.size_bytes = static_cast<int64_t>(pages.size());
  column.pages = std::move(pages);
  column.uncompressed_bytes = 9;
  column.encoding = Encoding::kDeltaBinaryPacked;
  column.value_count = 3;
  column.statistics.null_count = 1;
  column.statistics.min = std::move(min);
  column.statistics.max = std::move(max);
  return group;
}

struct Written {
  std::string bytes;
  std::map<std::string, ColumnStatistics> statistics;
};

Written Write(const Schema& schema, const std::vector<EncodedRowGroup>& groups) {
  Written written;
  ParquetFile file(schema, [&](std::string_view part) { written.bytes += part; });
  int64_t rows = 0;
  for (const EncodedRowGroup& group : groups) {
    file.Add(group);
    rows += group.rows;
  }
  written.statistics = file.Finish();
  EXPECT_EQ(file.rows(), rows);
  EXPECT_EQ(file.bytes(), static_cast<int64_t>(written.bytes.size()));
  return written;
}

// Returns the bytes before the footer, and the footer in hexadecimal, without its length and the
// magic bytes. Zeros replace its checksum, which parquet_check_test.cc tests.
std::pair<std::string, std::string> Parts(std::string_view bytes) {
  uint32_t size = 0;
  std::memcpy(&size, &bytes.at(bytes.size() - 8), sizeof size);
  EXPECT_EQ(bytes.substr(bytes.size() - 4), "PAR1");
  const size_t begin = bytes.size() - 8 - size;
  std::string footer(bytes.substr(begin, size));
  footer.replace(footer.find(kCrcKey) + kCrcKey.size() + 2, kCrcDigits, kCrcDigits, '0');
  return {std::string(bytes.substr(0, begin)), Hex(footer)};
}

// The FileMetaData of one column, derived by hand from parquet.thrift. It begins with the version,
// the list of the schema and its root, and ends with the checksum, created_by and column_orders.
constexpr std::string_view kFooterBegin = "1502 192c 48057461626c65150200";
constexpr std::string_view kFooterEnd =
    "191c 180b73746564692e6372633332 18083030303030303030 00 180f73746564692076657273696f6e2032 "
    "191c 1c0000 00";
constexpr std::string_view kIntColumn = "1502 2502 18016e 550e 00";

// `element` is the column's SchemaElement; `groups` are num_rows and row_groups.
std::string Footer(std::string_view element, std::string_view groups) {
  return WithoutSpaces(fmt::format("{}{}{}{}", kFooterBegin, element, groups, kFooterEnd));
}

Schema OneColumn(const IcebergType& type) { return {0, {{7, "n", type}}}; }

TEST(ParquetFileTest, FooterOfOneGroup) {
  const auto [before, footer] =
      Parts(Write(OneColumn({Kind::kInt}), {GroupOf(0, "PAGES", PlainInt(1), PlainInt(2))}).bytes);
  EXPECT_EQ(before, "PAR1PAGES");
  EXPECT_EQ(footer, Footer(kIntColumn,
                           "1606"                                  // rows
                           "191c 191c 2608 1c"                     // groups, chunks, file offset
                           "1502 1925060a 1918016e"                // type, encodings, path
                           "150c 1606 1612 160a 2608"              // codec, values, sizes, offset
                           "3c 3602 280402000000 180401000000 00"  // NULLs, max, min
                           "0000 1612 1606 00"));
}

TEST(ParquetFileTest, GroupsStandByTheirPlace) {
  EncodedRowGroup with_dictionary = GroupOf(1, "DICTpages", {}, {});
  with_dictionary.columns[0].encoding = Encoding::kRleDictionary;
  with_dictionary.columns[0].dictionary_bytes = 4;
  const auto [before, footer] =
      Parts(Write(OneColumn({Kind::kInt}), {with_dictionary, GroupOf(0, "first", {}, {})}).bytes);
  EXPECT_EQ(before, "PAR1DICTpagesfirst");
  EXPECT_EQ(footer, Footer(kIntColumn,
                           "160c 192c "
                           // The group at byte 13, then the group at byte 4 with values at byte 8.
                           "191c 261a 1c 1502 1925060a 1918016e 150c "
                           "1606 1612 160a 261a 3c 3602 00 "
                           "0000 1612 1606 00 191c 2608 1c 1502 1935061000 1918016e "
                           "150c 1606 1612 "
                           "1612 2610 2608 1c 3602 00 0000 1612 1606 00"));
}

TEST(ParquetFileTest, Types) {
  struct Case {
    IcebergType type;
    const char* element;  // SchemaElement
  };
  const Case cases[] = {
      {{Kind::kBoolean}, "1500 2502 18016e 550e 00"},
      {{Kind::kInt}, "1502 2502 18016e 550e 00"},
      {{Kind::kLong}, "1504 2502 18016e 550e 00"},
      {{Kind::kFloat}, "1508 2502 18016e 550e 00"},
      {{Kind::kDouble}, "150a 2502 18016e 550e 00"},
      {{Kind::kBinary}, "150c 2502 18016e 550e 00"},
      {{Kind::kString}, "150c 2502 18016e 2500 350e 1c1c0000 00"},
      {{Kind::kDate}, "1502 2502 18016e 250c 350e 1c6c0000 00"},
      {{Kind::kTimestamptz}, "1504 2502 18016e 2514 350e 1c8c111c2c00000000 00"},
      {{Kind::kTimestamp}, "1504 2502 18016e 550e 1c8c121c2c00000000 00"},
      {{Kind::kDecimal, 9, 2}, "1502 2502 18016e 250a 1504 1512 150e 1c5c15041512 0000 00"},
      {{Kind::kDecimal, 18, 0}, "1504 2502 18016e 250a 1500 1524 150e 1c5c15001524 0000 00"},
      {{Kind::kDecimal, 38, 10}, "150e 1520 1502 18016e 250a 1514 154c 150e 1c5c1514154c 0000 00"},
  };
  for (const Case& row : cases) {
    const auto [before, footer] = Parts(Write(OneColumn(row.type), {}).bytes);
    EXPECT_EQ(before, "PAR1");
    EXPECT_EQ(footer, Footer(row.element, "1600 190c")) << ToString(row.type);
  }
}

// The footer has the bounds of each row group.
TEST(ParquetFileTest, BoundsInTheFooter) {
  struct Case {
    const char* name;
    IcebergType type;
    std::string min;
    std::string max;
    bool has_nan;
    std::string statistics;
  };
  const std::string longest(256, 'a');
  const std::string zero = "0000000000000000";
  const Case cases[] = {
      {"NaN", {Kind::kDouble}, PlainDouble(1), PlainDouble(1), true, "3c360200"},
      {"zeros",
       {Kind::kDouble},
       PlainDouble(0.0),
       PlainDouble(-0.0),
       false,
       "3c3602 2808" + zero + "1808 0000000000000080 00"},
      {"too long", {Kind::kString}, "a", longest + "a", false, "3c3602 380161 00"},
      {"just not too long",
       {Kind::kString},
       "a",
       longest,
       false,
       "3c3602 288002" + Hex(longest) + "180161 00"},
  };
  for (const Case& row : cases) {
    EncodedRowGroup group = GroupOf(0, "PAGES", row.min, row.max);
    group.columns[0].has_nan = row.has_nan;
    const std::string footer = Parts(Write(OneColumn(row.type), {group}).bytes).second;
    const std::string before = "160a2608";
    const size_t at = footer.rfind(before) + before.size();
    EXPECT_EQ(footer.substr(at, footer.rfind("000016121606") - at), WithoutSpaces(row.statistics))
        << row.name;
  }
}

TEST(ParquetFileTest, StatisticsAreOfAllGroups) {
  using Bound = std::optional<std::string>;
  struct Case {
    const char* name;
    IcebergType type;
    std::vector<std::pair<Bound, Bound>> groups;
    Bound min;
    Bound max;
  };
  const std::string long_text(1'000, 'a');
  const Case cases[] = {
      {"no group", {Kind::kInt}, {}, {}, {}},
      {"whole numbers",
       {Kind::kInt},
       {{PlainInt(-1), PlainInt(1)}, {PlainInt(-257), PlainInt(0)}, {{}, {}}},
       PlainInt(-257),
       PlainInt(1)},
      {"none", {Kind::kInt}, {{{}, {}}, {{}, {}}}, {}, {}},
      {"zeros with signs",
       {Kind::kDouble},
       {{PlainDouble(0.0), PlainDouble(-0.0)}},
       PlainDouble(-0.0),
       PlainDouble(0.0)},
      {"longer than the footer's", {Kind::kString}, {{long_text, long_text}}, long_text, long_text},
  };
  for (const Case& row : cases) {
    std::vector<EncodedRowGroup> groups;
    for (const auto& [min, max] : row.groups) groups.push_back(GroupOf(0, "PAGES", min, max));
    const std::map<std::string, ColumnStatistics> all =
        Write(OneColumn(row.type), groups).statistics;
    ASSERT_EQ(all.size(), 1U) << row.name;
    const ColumnStatistics& column = all.at("n");
    EXPECT_EQ(column.size_bytes, 5 * static_cast<int64_t>(groups.size())) << row.name;
    EXPECT_EQ(column.null_count, static_cast<int64_t>(groups.size())) << row.name;
    EXPECT_EQ(column.min, row.min) << row.name;
    EXPECT_EQ(column.max, row.max) << row.name;
  }
}

void AddText(ColumnEncoder& column, std::string_view text) { column.AddTexts({&text, 1}); }

TEST(RowGroupEncoderTest, FinishGivesTheRowsSinceTheLast) {
  const Schema schema{0, {{1, "n", {Kind::kInt}}, {2, "secret", {Kind::kString}}}};
  RowGroupEncoder encoder(schema, {"secret"});
  const auto add = [&](int32_t number, const char* text) {
    encoder.column(0).AddNumber(number);
    AddText(encoder.column(1), text);
    encoder.AddRows(1);
  };
  add(1, "a");
  add(5, "b");
  const EncodedRowGroup first = encoder.Finish();
  EXPECT_EQ(first.rows, 2);
  EXPECT_EQ(first.columns.at(0).statistics.min, PlainInt(1));
  EXPECT_EQ(first.columns.at(0).statistics.max, PlainInt(5));
  EXPECT_EQ(first.columns.at(1).statistics.min, std::nullopt);
  EXPECT_EQ(first.columns.at(1).statistics.max, std::nullopt);
  EXPECT_EQ(encoder.rows(), 0);
  add(9, "c");
  const EncodedRowGroup second = encoder.Finish();
  EXPECT_EQ(second.rows, 1);
  EXPECT_EQ(second.columns.at(0).statistics.min, PlainInt(9));
  EXPECT_EQ(second.columns.at(1).value_count, 1);
}

TEST(RowGroupEncoderTest, IsFullOfRowsOrOfTexts) {
  const Schema schema{0, {{1, "a", {Kind::kString}}, {2, "b", {Kind::kBinary}}}};
  RowGroupEncoder encoder(schema, {});
  encoder.AddRows(RowGroupEncoder::kRowsMax - 1);
  EXPECT_FALSE(encoder.IsFull());
  encoder.AddRows(1);
  EXPECT_TRUE(encoder.IsFull());
  encoder.Finish();
  EXPECT_FALSE(encoder.IsFull());
  const std::string half(RowGroupEncoder::kTextBytesMax / 2, 'x');
  AddText(encoder.column(0), half);
  AddText(encoder.column(0), half);  // the same text takes no more memory
  EXPECT_FALSE(encoder.IsFull());
  AddText(encoder.column(1), half);
  EXPECT_TRUE(encoder.IsFull());
}

}  // namespace
}  // namespace stedi
