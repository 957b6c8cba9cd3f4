#include "parquet/plain_value.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <limits>

namespace stedi {
namespace {

using Kind = IcebergType::Kind;

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return hex;
}

IcebergType Decimal(uint8_t precision) { return {Kind::kDecimal, precision, 0}; }

TEST(PlainValueTest, PhysicalTypes) {
  struct Case {
    IcebergType type;
    PhysicalType physical;
    bool is_number;
  };
  const Case cases[] = {
      {{Kind::kBoolean}, PhysicalType::kBoolean, true},
      {{Kind::kInt}, PhysicalType::kInt32, true},
      {{Kind::kDate}, PhysicalType::kInt32, true},
      {{Kind::kLong}, PhysicalType::kInt64, true},
      {{Kind::kTimestamp}, PhysicalType::kInt64, true},
      {{Kind::kTimestamptz}, PhysicalType::kInt64, true},
      {{Kind::kFloat}, PhysicalType::kFloat, true},
      {{Kind::kDouble}, PhysicalType::kDouble, true},
      {Decimal(1), PhysicalType::kInt32, true},
      {Decimal(9), PhysicalType::kInt32, true},
      {Decimal(10), PhysicalType::kInt64, true},
      {Decimal(18), PhysicalType::kInt64, true},
      {Decimal(19), PhysicalType::kFixedLenByteArray, false},
      {Decimal(38), PhysicalType::kFixedLenByteArray, false},
      {{Kind::kString}, PhysicalType::kByteArray, false},
      {{Kind::kBinary}, PhysicalType::kByteArray, false},
  };
  for (const Case& row : cases) {
    EXPECT_EQ(PhysicalTypeOf(row.type), row.physical) << ToString(row.type);
    EXPECT_EQ(IsNumber(row.physical), row.is_number) << ToString(row.type);
  }
}

// The least n with 10^precision - 1 < 2^(8n - 1), computed in integers.
TEST(PlainValueTest, FixedBytesAreTheFewest) {
  const size_t from_19[] = {9,  9,  9,  10, 10, 11, 11, 11, 12, 12,
                            13, 13, 13, 14, 14, 15, 15, 16, 16, 16};
  uint8_t precision = 19;
  for (const size_t bytes : from_19) {
    EXPECT_EQ(FixedBytes(Decimal(precision)), bytes) << int{precision};
    ++precision;
  }
}

TEST(PlainValueTest, Numbers) {
  struct Case {
    PhysicalType type;
    int64_t word;
    const char* bytes;
  };
  const Case cases[] = {
      {PhysicalType::kBoolean, 1, "01"},
      {PhysicalType::kBoolean, 0, "00"},
      {PhysicalType::kInt32, 258, "02010000"},
      {PhysicalType::kInt32, -2, "feffffff"},
      {PhysicalType::kFloat, std::bit_cast<int32_t>(-4.5F), "000090c0"},
      {PhysicalType::kInt64, -2, "feffffffffffffff"},
      {PhysicalType::kInt64, std::numeric_limits<int64_t>::min(), "0000000000000080"},
      {PhysicalType::kDouble, std::bit_cast<int64_t>(1.5), "000000000000f83f"},
  };
  for (const Case& row : cases) EXPECT_EQ(Hex(PlainNumber(row.type, row.word)), row.bytes);
}

TEST(PlainValueTest, Decimals) {
  struct Case {
    uint8_t precision;
    uint64_t low;
    int64_t high;
    const char* bytes;
  };
  const Case cases[] = {
      {19, 0, 0, "000000000000000000"},
      {19, 258, 0, "000000000000000102"},
      {19, ~uint64_t{0}, -1, "ffffffffffffffffff"},        // -1
      {19, 0x8ac7230489e7ffff, 0, "008ac7230489e7ffff"},   // 10^19 - 1
      {19, 0x7538dcfb76180001, -1, "ff7538dcfb76180001"},  // 1 - 10^19
      {24, 1, -2, "fffffe0000000000000001"},               // 11 bytes
      {38, 0x098a223fffffffff, 0x4b3b4ca85a86c47a, "4b3b4ca85a86c47a098a223fffffffff"},
      {38, 1, std::numeric_limits<int64_t>::min(), "80000000000000000000000000000001"},
  };
  for (const Case& row : cases) {
    EXPECT_EQ(Hex(PlainDecimal(Decimal(row.precision), row.low, row.high)), row.bytes);
  }
}

TEST(PlainValueTest, Order) {
  const auto number = [](PhysicalType type, int64_t word) { return PlainNumber(type, word); };
  const auto real = [](double value) {
    return PlainNumber(PhysicalType::kDouble, std::bit_cast<int64_t>(value));
  };
  const auto narrow_real = [](float value) {
    return PlainNumber(PhysicalType::kFloat, std::bit_cast<int32_t>(value));
  };
  const auto decimal = [](int64_t value) {
    return PlainDecimal(Decimal(19), static_cast<uint64_t>(value), value < 0 ? -1 : 0);
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  struct Case {
    IcebergType type;
    std::vector<std::string> rising;
  };
  const Case cases[] = {
      {{Kind::kBoolean}, {number(PhysicalType::kBoolean, 0), number(PhysicalType::kBoolean, 1)}},
      {{Kind::kInt},
       {number(PhysicalType::kInt32, -257), number(PhysicalType::kInt32, -2),
        number(PhysicalType::kInt32, 1), number(PhysicalType::kInt32, 256)}},
      {{Kind::kLong},
       {number(PhysicalType::kInt64, std::numeric_limits<int64_t>::min()),
        number(PhysicalType::kInt64, 255), number(PhysicalType::kInt64, 256)}},
      {{Kind::kFloat}, {narrow_real(-2), narrow_real(-1.5F), narrow_real(0), narrow_real(1)}},
      {{Kind::kDouble}, {real(-kInfinity), real(-1), real(0), real(1e300), real(kInfinity)}},
      {Decimal(9), {number(PhysicalType::kInt32, -1), number(PhysicalType::kInt32, 0)}},
      {Decimal(18), {number(PhysicalType::kInt64, -1), number(PhysicalType::kInt64, 0)}},
      {Decimal(19),
       {decimal(std::numeric_limits<int64_t>::min()), decimal(-256), decimal(-1), decimal(0),
        decimal(255), decimal(256), decimal(std::numeric_limits<int64_t>::max())}},
      {{Kind::kString}, {"", "A", "a", "aa", "b", "\xc3\xa9"}},
      {{Kind::kBinary}, {std::string(1, '\0'), "\x7f", "\x80", "\xff"}},
  };
  for (const Case& row : cases) {
    for (size_t a = 0; a < row.rising.size(); ++a) {
      for (size_t b = 0; b < row.rising.size(); ++b) {
        EXPECT_EQ(PlainLess(row.type, row.rising[a], row.rising[b]), a < b)
            << ToString(row.type) << " " << a << " " << b;
      }
    }
  }
  EXPECT_FALSE(PlainLess({Kind::kDouble}, real(-0.0), real(0.0)));
  EXPECT_FALSE(PlainLess({Kind::kDouble}, real(0.0), real(-0.0)));
}

}  // namespace
}  // namespace stedi
