#include "iceberg/value_bound.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

namespace stedi {
namespace {

using Kind = IcebergType::Kind;

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return hex;
}

// The value as it lies in memory.
template <class Value>
std::string Plain(Value value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

std::string Bytes(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) bytes += static_cast<char>(value);
  return bytes;
}

std::string Repeat(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

struct BoundCase {
  IcebergType type;
  std::string plain;
  std::string lower;  // hexadecimal; "-" = no bound
  std::string upper;
};

void ExpectBounds(const BoundCase& row) {
  const auto show = [](const std::optional<std::string>& bound) {
    return bound ? Hex(*bound) : "-";
  };
  EXPECT_EQ(show(SerializeBound(row.type, row.plain, BoundSide::kLower)), row.lower)
      << "lower " << ToString(row.type) << " " << Hex(row.plain);
  EXPECT_EQ(show(SerializeBound(row.type, row.plain, BoundSide::kUpper)), row.upper)
      << "upper " << ToString(row.type) << " " << Hex(row.plain);
}

// Values that have one serialization on both sides.
struct ExactCase {
  IcebergType type;
  std::string plain;
  std::string bytes;
};

TEST(SerializeBoundTest, ExactValues) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const ExactCase cases[] = {
      {{Kind::kBoolean}, Bytes({1}), "01"},
      {{Kind::kBoolean}, Bytes({0}), "00"},
      {{Kind::kInt}, Plain(int32_t{34}), "22000000"},
      {{Kind::kInt}, Plain(int32_t{-1}), "ffffffff"},
      {{Kind::kLong}, Plain(int64_t{1655564444103}), "c7a1547781010000"},
      {{Kind::kLong}, Plain(std::numeric_limits<int64_t>::min()), "0000000000000080"},
      {{Kind::kFloat}, Plain(-4.5F), "000090c0"},
      {{Kind::kFloat}, Plain(3.4e+38F), "9ec97f7f"},
      {{Kind::kDouble}, Plain(0.30000000000000004), "343333333333d33f"},
      {{Kind::kDouble}, Plain(1e+300), "9c7500883ce4377e"},
      {{Kind::kDouble}, Plain(kInfinity), "000000000000f07f"},
      {{Kind::kDouble}, Plain(-kInfinity), "000000000000f0ff"},
      {{Kind::kDouble}, Plain(std::numeric_limits<double>::quiet_NaN()), "-"},
      {{Kind::kFloat}, Plain(std::numeric_limits<float>::quiet_NaN()), "-"},
      {{Kind::kDate}, Plain(int32_t{18292}), "74470000"},    // 2020-01-31
      {{Kind::kDate}, Plain(int32_t{-719162}), "c606f5ff"},  // 0001-01-01
      {{Kind::kTimestamp}, Plain(int64_t{-100'000}), "6079feffffffffff"},
      // The next two as PyIceberg writes them: 2020-01-31 10:11:12.5 and 1998-12-31 22:00:00 UTC.
      {{Kind::kTimestamp}, Plain(int64_t{1'580'465'472'500'000}), "207111cb6c9d0500"},
      {{Kind::kTimestamptz}, Plain(int64_t{915'141'600'000'000}), "00b8fc0151400300"},
      {{Kind::kString}, "", ""},
      {{Kind::kString}, "a'b\"", "61276222"},
      {{Kind::kString}, Repeat("x", 16), Repeat("78", 16)},
      {{Kind::kString}, "\xff", "-"},
      {{Kind::kString}, "\xc3", "-"},              // truncated
      {{Kind::kString}, "\xed\xa0\x80", "-"},      // a surrogate
      {{Kind::kString}, "\xc0\x80", "-"},          // overlong
      {{Kind::kString}, "\xf4\x90\x80\x80", "-"},  // above U+10FFFF
      {{Kind::kBinary}, "", ""},
      {{Kind::kBinary}, Bytes({0x00, 0xff, 0x5c}), "00ff5c"},
  };
  for (const ExactCase& row : cases) ExpectBounds({row.type, row.plain, row.bytes, row.bytes});
}

TEST(SerializeBoundTest, DecimalsTakeTheFewestBytes) {
  const IcebergType small{Kind::kDecimal, 9, 2};            // INT32
  const IcebergType middle{Kind::kDecimal, 18, 2};          // INT64
  const IcebergType smallest_fixed{Kind::kDecimal, 19, 2};  // 9 bytes
  const IcebergType greatest{Kind::kDecimal, 38, 0};        // 16 bytes
  const ExactCase cases[] = {
      {small, Plain(int32_t{-1230}), "fb32"},
      {small, Plain(int32_t{0}), "00"},
      {small, Plain(int32_t{127}), "7f"},
      {small, Plain(int32_t{128}), "0080"},  // 80 alone would be -128
      {small, Plain(int32_t{-128}), "80"},
      {small, Plain(int32_t{-129}), "ff7f"},
      {small, Plain(int32_t{-1}), "ff"},
      {small, Plain(int32_t{999'999'999}), "3b9ac9ff"},
      {middle, Plain(int64_t{1420}), "058c"},
      {middle, Plain(int64_t{-1420}), "fa74"},
      {middle, Plain(int64_t{-999'999'999'999'999'999}), "f21f494c589c0001"},
      {smallest_fixed, Bytes({0, 0, 0, 0, 0, 0, 0, 0, 0}), "00"},
      {smallest_fixed, Bytes({0, 0, 0, 0, 0, 0, 0, 5, 0x8c}), "058c"},
      {smallest_fixed, Bytes({255, 255, 255, 255, 255, 255, 255, 255, 0x7f}), "ff7f"},
      {smallest_fixed, Bytes({0, 0x8a, 0xc7, 0x23, 0x04, 0x89, 0xe7, 0xff, 0xff}),
       "008ac7230489e7ffff"},
      {greatest,
       Bytes({0x4b, 0x3b, 0x4c, 0xa8, 0x5a, 0x86, 0xc4, 0x7a, 0x09, 0x8a, 0x22, 0x3f, 0xff, 0xff,
              0xff, 0xff}),
       "4b3b4ca85a86c47a098a223fffffffff"},
  };
  for (const ExactCase& row : cases) ExpectBounds({row.type, row.plain, row.bytes, row.bytes});
}

TEST(SerializeBoundTest, OfAWrongLengthThereIsNone) {
  const BoundCase cases[] = {
      {{Kind::kBoolean}, "", "-", "-"},
      {{Kind::kBoolean}, Plain(int32_t{1}), "-", "-"},
      {{Kind::kInt}, Plain(int64_t{1}), "-", "-"},
      {{Kind::kLong}, Plain(int32_t{1}), "-", "-"},
      {{Kind::kLong}, "", "-", "-"},
      {{Kind::kFloat}, Plain(1.0), "-", "-"},
      {{Kind::kDouble}, Plain(1.0F), "-", "-"},
      {{Kind::kDate}, Plain(int64_t{1}), "-", "-"},
      {{Kind::kTimestamp}, Plain(int32_t{1}), "-", "-"},
      {{Kind::kTimestamptz}, "1", "-", "-"},
      {{Kind::kDecimal, 9, 2}, "", "-", "-"},
      {{Kind::kDecimal, 38, 2}, "", "-", "-"},
  };
  for (const BoundCase& row : cases) ExpectBounds(row);
}

TEST(SerializeBoundTest, ZeroIsWidenedToBothSigns) {
  for (const double zero : {0.0, -0.0}) {
    ExpectBounds({{Kind::kDouble}, Plain(zero), "0000000000000080", "0000000000000000"});
    ExpectBounds({{Kind::kFloat}, Plain(static_cast<float>(zero)), "00000080", "00000000"});
  }
}

TEST(SerializeBoundTest, LongValuesAreCutAndRoundedUp) {
  const std::string max_point = "\xf4\x8f\xbf\xbf";
  const BoundCase cases[] = {
      {{Kind::kString}, Repeat("x", 17), Repeat("78", 16), Repeat("78", 15) + "79"},
      {{Kind::kString}, Repeat("\xc3\xa9", 17), Repeat("c3a9", 16), Repeat("c3a9", 15) + "c3aa"},
      {{Kind::kString},
       Repeat("x", 15) + "\x7f" + "x",
       Repeat("78", 15) + "7f",
       Repeat("78", 15) + "c280"},
      {{Kind::kString},
       Repeat("x", 15) + "\xed\x9f\xbf" + "x",
       Repeat("78", 15) + "ed9fbf",
       Repeat("78", 15) + "ee8080"},  // skips the surrogates
      {{Kind::kString},
       Repeat("x", 15) + "\xef\xbf\xbf" + "x",
       Repeat("78", 15) + "efbfbf",
       Repeat("78", 15) + "f0908080"},
      {{Kind::kString},
       Repeat("x", 15) + max_point + "x",
       Repeat("78", 15) + "f48fbfbf",
       Repeat("78", 14) + "79"},
      {{Kind::kString}, Repeat(max_point, 17), Repeat("f48fbfbf", 16), "-"},
      {{Kind::kBinary}, Repeat("\xab", 17), Repeat("ab", 16), Repeat("ab", 15) + "ac"},
      {{Kind::kBinary},
       Repeat("\xab", 15) + "\xff\xff",
       Repeat("ab", 15) + "ff",
       Repeat("ab", 14) + "ac"},
      {{Kind::kBinary}, Repeat("\xff", 17), Repeat("ff", 16), "-"},
  };
  for (const BoundCase& row : cases) ExpectBounds(row);
}

}  // namespace
}  // namespace stedi
