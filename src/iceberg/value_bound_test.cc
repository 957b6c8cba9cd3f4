#include "iceberg/value_bound.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace stedi {
namespace {

using Kind = IcebergType::Kind;

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return hex;
}

std::string Repeat(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

struct BoundCase {
  IcebergType type;
  std::string text;
  std::string lower;  // hexadecimal; "-" = no bound
  std::string upper;
};

void ExpectBounds(const BoundCase& row) {
  const auto show = [](const std::optional<std::string>& bound) {
    return bound ? Hex(*bound) : "-";
  };
  EXPECT_EQ(show(SerializeBound(row.type, row.text, BoundSide::kLower)), row.lower)
      << "lower " << ToString(row.type) << " " << row.text;
  EXPECT_EQ(show(SerializeBound(row.type, row.text, BoundSide::kUpper)), row.upper)
      << "upper " << ToString(row.type) << " " << row.text;
}

// Values that have one serialization on both sides.
struct ExactCase {
  IcebergType type;
  std::string text;
  std::string bytes;
};

TEST(SerializeBoundTest, ExactValues) {
  const IcebergType decimal{Kind::kDecimal, 12, 2};
  const ExactCase cases[] = {
      {{Kind::kBoolean}, "true", "01"},
      {{Kind::kBoolean}, "false", "00"},
      {{Kind::kBoolean}, "1", "01"},  // as COPY's statistics have it
      {{Kind::kBoolean}, "0", "00"},
      {{Kind::kBoolean}, "yes", "-"},
      {{Kind::kInt}, "34", "22000000"},
      {{Kind::kInt}, "-1", "ffffffff"},
      {{Kind::kInt}, "2147483648", "-"},
      {{Kind::kInt}, "1.0", "-"},
      {{Kind::kLong}, "1655564444103", "c7a1547781010000"},
      {{Kind::kLong}, "-9223372036854775808", "0000000000000080"},
      {{Kind::kLong}, "", "-"},
      {{Kind::kFloat}, "-4.5", "000090c0"},
      {{Kind::kFloat}, "3.4e+38", "9ec97f7f"},
      {{Kind::kDouble}, "0.30000000000000004", "343333333333d33f"},
      {{Kind::kDouble}, "1e+300", "9c7500883ce4377e"},
      {{Kind::kDouble}, "inf", "000000000000f07f"},
      {{Kind::kDouble}, "-inf", "000000000000f0ff"},
      {{Kind::kDouble}, "nan", "-"},
      {{Kind::kDate}, "1970-01-01", "00000000"},
      {{Kind::kDate}, "2020-01-31", "74470000"},
      {{Kind::kDate}, "1969-12-31", "ffffffff"},
      {{Kind::kDate}, "0001-01-01", "c606f5ff"},
      {{Kind::kDate}, "2021-02-29", "-"},
      {{Kind::kDate}, "0044-03-15 (BC)", "-"},
      {{Kind::kDate}, "12345-01-01", "-"},
      {{Kind::kDate}, "infinity", "-"},
      {{Kind::kTimestamp}, "1970-01-01 00:00:01", "40420f0000000000"},
      {{Kind::kTimestamp}, "1970-01-01 00:00:00.000001", "0100000000000000"},
      {{Kind::kTimestamp}, "1969-12-31 23:59:59.9", "6079feffffffffff"},
      {{Kind::kTimestamp}, "1970-01-01 00:00:01+00", "-"},
      {{Kind::kTimestamptz}, "1970-01-01 00:00:01+00", "40420f0000000000"},
      {{Kind::kTimestamptz}, "1970-01-01 05:30:01+05:30", "40420f0000000000"},
      {{Kind::kTimestamptz}, "1969-12-31 21:00:01-03", "40420f0000000000"},
      {{Kind::kTimestamptz}, "1970-01-01 00:00:01", "-"},
      {{Kind::kTimestamptz}, "infinity", "-"},
      // The next three as PyIceberg writes them.
      {{Kind::kTimestamp}, "2020-01-31 10:11:12.5", "207111cb6c9d0500"},
      {{Kind::kTimestamptz}, "1998-12-31 22:00:00+00", "00b8fc0151400300"},
      {decimal, "-12.30", "fb32"},
      {decimal, "14.20", "058c"},
      {decimal, "-14.20", "fa74"},
      {decimal, "0.00", "00"},
      {decimal, "1.27", "7f"},
      {decimal, "1.28", "0080"},  // 80 alone would be -128
      {decimal, "-1.28", "80"},
      {decimal, "-1.29", "ff7f"},
      {decimal, "5", "01f4"},
      {decimal, "1.234", "-"},
      {decimal, "x", "-"},
      {decimal, "", "-"},
      {{Kind::kDecimal, 38, 0}, Repeat("9", 38), "4b3b4ca85a86c47a098a223fffffffff"},
      {{Kind::kDecimal, 38, 38}, "-0." + Repeat("9", 38), "b4c4b357a5793b85f675ddc000000001"},
      {{Kind::kDecimal, 38, 0}, Repeat("9", 39), "-"},
      {{Kind::kDecimal, 38, 1}, Repeat("9", 38), "-"},
      {{Kind::kString}, "", ""},
      {{Kind::kString}, "a'b\"", "61276222"},
      {{Kind::kString}, Repeat("x", 16), Repeat("78", 16)},
      {{Kind::kString}, "\xff", "-"},
      {{Kind::kString}, "\xed\xa0\x80", "-"},  // a surrogate
      {{Kind::kString}, "\xc0\x80", "-"},      // overlong
      {{Kind::kBinary}, "", ""},
      {{Kind::kBinary}, "00FF5c", "00ff5c"},
      {{Kind::kBinary}, "\\x00\\xFF", "00ff"},
      {{Kind::kBinary}, "0", "-"},
      {{Kind::kBinary}, "0G", "-"},
  };
  for (const ExactCase& row : cases) ExpectBounds({row.type, row.text, row.bytes, row.bytes});
}

TEST(SerializeBoundTest, ZeroIsWidenedToBothSigns) {
  for (const char* text : {"0.0", "-0.0", "0"}) {
    ExpectBounds({{Kind::kDouble}, text, "0000000000000080", "0000000000000000"});
    ExpectBounds({{Kind::kFloat}, text, "00000080", "00000000"});
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
       Repeat("78", 15) + "ee8080"},  // over the surrogates
      {{Kind::kString},
       Repeat("x", 15) + "\xef\xbf\xbf" + "x",
       Repeat("78", 15) + "efbfbf",
       Repeat("78", 15) + "f0908080"},
      {{Kind::kString},
       Repeat("x", 15) + max_point + "x",
       Repeat("78", 15) + "f48fbfbf",
       Repeat("78", 14) + "79"},
      {{Kind::kString}, Repeat(max_point, 17), Repeat("f48fbfbf", 16), "-"},
      {{Kind::kBinary}, Repeat("AB", 17), Repeat("ab", 16), Repeat("ab", 15) + "ac"},
      {{Kind::kBinary},
       Repeat("AB", 15) + "FFFF",
       Repeat("ab", 15) + "ff",
       Repeat("ab", 14) + "ac"},
      {{Kind::kBinary}, Repeat("FF", 17), Repeat("ff", 16), "-"},
  };
  for (const BoundCase& row : cases) ExpectBounds(row);
}

}  // namespace
}  // namespace stedi
