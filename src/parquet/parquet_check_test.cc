#include "parquet/parquet_check.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "parquet/parquet_file.h"

namespace stedi {
namespace {

using Kind = IcebergType::Kind;

class TextFile final : public ReadableFile {
 public:
  explicit TextFile(std::string bytes) : bytes_(std::move(bytes)) {
    status_.size_bytes = bytes_.size();
    status_.is_regular = true;
  }
  size_t ReadAt(uint64_t offset, std::span<char> out) const override {
    const size_t size = offset >= bytes_.size() ? 0 : std::min(out.size(), bytes_.size() - offset);
    std::memcpy(out.data(), bytes_.data() + offset, size);
    return size;
  }
  const FileStatus& status() const override { return status_; }

 private:
  std::string bytes_;
  FileStatus status_;
};

// A file of two row groups and three columns: numbers, texts with a dictionary, and texts without.
std::string WrittenFile() {
  const Schema schema{
      0,
      {{1, "n", {Kind::kLong}}, {2, "t", {Kind::kString}}, {3, kCrcKey.data(), {Kind::kString}}}};
  std::string bytes;
  ParquetFile file(schema, [&](std::string_view part) { bytes += part; });
  RowGroupEncoder group(schema, {});
  for (int64_t part = 0; part < 2; ++part) {
    for (int64_t i = 0; i < 500; ++i) {
      group.column(0).AddNumber(i * i * 7919 + part);
      const std::string few = "value " + std::to_string(i % 5);
      const std::string many = "different " + std::to_string(i * 104'729);
      i % 11 == 0 ? group.column(1).AddNull() : group.column(1).AddTexts({{std::string_view(few)}});
      group.column(2).AddTexts({{std::string_view(many)}});
    }
    group.AddRows(500);
    EncodedRowGroup encoded = group.Finish();
    encoded.order = static_cast<uint64_t>(1 - part);  // the footer has them the other way round
    file.Add(std::move(encoded));
  }
  file.Finish();
  return bytes;
}

TEST(ParquetCheckTest, AWholeFileIsSound) {
  const ParquetCheck check = CheckParquet(TextFile(WrittenFile()));
  EXPECT_EQ(check.fault, "");
  EXPECT_GE(check.pages, 6U);
  EXPECT_EQ(check.pages_without_crc, 0U);
}

TEST(ParquetCheckTest, AnyFlippedBitIsFound) {
  const std::string bytes = WrittenFile();
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (size_t bit = at % 8, i = 0; i < (at > bytes.size() - 600 ? 8 : 1);
         ++i, bit = (bit + 1) % 8) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      EXPECT_NE(CheckParquet(TextFile(damaged)).fault, "") << "byte " << at << ", bit " << bit;
    }
  }
}

TEST(ParquetCheckTest, ACutOffFileIsFound) {
  const std::string bytes = WrittenFile();
  for (size_t size = 0; size < bytes.size(); size += 7) {
    EXPECT_NE(CheckParquet(TextFile(bytes.substr(0, size))).fault, "") << size;
  }
}

TEST(ParquetCheckTest, ThePlaceOfThePageIsTold) {
  std::string bytes = WrittenFile();
  bytes[60] = static_cast<char>(bytes[60] ^ 1);
  EXPECT_EQ(CheckParquet(TextFile(bytes)).fault, "the page at byte 4 is damaged");
}

// A file of one column with one page, whose header has no checksum, as other programs write it. The
// bytes were derived by hand from parquet.thrift.
TEST(ParquetCheckTest, PagesWithoutAChecksumAreCounted) {
  const std::string header("\x15\x00\x15\x06\x15\x06\x2c\x15\x04\x15\x00\x15\x06\x15\x06\x00\x00",
                           17);
  const std::string footer(
      "\x15\x02\x19\x0c\x16\x04"  // version, schema, num_rows
      "\x19\x1c\x19\x1c\x3c"      // row_groups, columns, meta_data
      "\x56\x04\x26\x28\x26\x08"  // 2 values, 20 bytes from byte 4 on
      "\x00\x00\x00\x00",
      21);
  std::string bytes = "PAR1" + header + "abc" + footer;
  const auto size = static_cast<uint32_t>(footer.size());
  bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
  bytes += "PAR1";
  const ParquetCheck check = CheckParquet(TextFile(bytes));
  EXPECT_EQ(check.fault, "");
  EXPECT_EQ(check.pages, 1U);
  EXPECT_EQ(check.pages_without_crc, 1U);
}

}  // namespace
}  // namespace stedi
