#include "parquet/encodings.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <type_traits>
#include <vector>

namespace stedi {
namespace {

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return hex;
}

// Reads what Encodings.md describes, one bit at a time. Throws std::out_of_range at the end.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

  bool AtEnd() const { return bit_ == bytes_.size() * 8; }
  uint64_t Bits(int width) {
    uint64_t value = 0;
    for (int i = 0; i < width; ++i, ++bit_) {
      const auto byte = static_cast<uint8_t>(bytes_.at(bit_ / 8));
      value |= uint64_t{byte >> (bit_ % 8) & 1U} << i;
    }
    return value;
  }
  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const uint64_t byte = Bits(8);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  int64_t ZigzagVarint() {
    const uint64_t value = Varint();
    return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }

 private:
  std::string_view bytes_;
  size_t bit_ = 0;
};

// Values beyond `count`, which pad the last group of literals, must be zeros.
std::vector<uint32_t> DecodeHybrid(std::string_view bytes, size_t count, int bit_width) {
  Decoder decoder(bytes);
  std::vector<uint32_t> values;
  while (!decoder.AtEnd()) {
    const uint64_t header = decoder.Varint();
    if ((header & 1) == 1) {
      for (uint64_t i = 0; i < (header >> 1) * 8; ++i) {
        values.push_back(static_cast<uint32_t>(decoder.Bits(bit_width)));
      }
    } else {
      const auto value = static_cast<uint32_t>(decoder.Bits((bit_width + 7) / 8 * 8));
      values.insert(values.end(), header >> 1, value);
    }
  }
  EXPECT_LT(values.size(), count + 8);
  for (; values.size() > count; values.pop_back()) EXPECT_EQ(values.back(), 0U);
  return values;
}

template <class Value>
std::vector<Value> DecodeDelta(std::string_view bytes) {
  using Word = std::make_unsigned_t<Value>;
  Decoder decoder(bytes);
  const uint64_t block = decoder.Varint();
  const uint64_t minis = decoder.Varint();
  EXPECT_EQ(block % 128, 0U);
  EXPECT_EQ(block / minis % 32, 0U);
  const uint64_t count = decoder.Varint();
  auto last = static_cast<Word>(decoder.ZigzagVarint());
  std::vector<Value> values;
  if (count > 0) values.push_back(static_cast<Value>(last));
  while (values.size() < count) {
    const auto least = static_cast<Word>(decoder.ZigzagVarint());
    std::vector<int> widths;
    for (uint64_t i = 0; i < minis; ++i) widths.push_back(static_cast<int>(decoder.Bits(8)));
    for (const int width : widths) {
      EXPECT_LE(width, std::numeric_limits<Word>::digits);
      if (values.size() == count) {
        EXPECT_EQ(width, 0);
        continue;
      }
      for (uint64_t i = 0; i < block / minis; ++i) {
        const auto rest = static_cast<Word>(decoder.Bits(width));
        if (values.size() == count) {
          EXPECT_EQ(rest, 0U);
          continue;
        }
        last = static_cast<Word>(last + least + rest);
        values.push_back(static_cast<Value>(last));
      }
    }
  }
  EXPECT_TRUE(decoder.AtEnd());
  return values;
}

TEST(RleHybridTest, Bytes) {
  struct Case {
    const char* name;
    std::vector<uint32_t> values;
    int bit_width;
    const char* bytes;
  };
  const Case cases[] = {
      {"nothing", {}, 3, ""},
      {"the specification's example", {0, 1, 2, 3, 4, 5, 6, 7}, 3, "0388c6fa"},
      {"the shortest run", {5, 5, 5, 5, 5, 5, 5, 5}, 3, "1005"},
      {"too short for a run", {5, 5, 5, 5, 5, 5, 5}, 3, "036ddb16"},
      {"a run of two bytes", std::vector<uint32_t>(100, 300), 9, "c8012c01"},
      {"a run of four bytes", std::vector<uint32_t>(8, 0xdeadbeef), 32, "10efbeadde"},
      {"a run of no bytes", std::vector<uint32_t>(64, 0), 0, "8001"},
      {"literals of no bytes", {0, 0, 0}, 0, "03"},
      {"a run fills up the literals before it",
       {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
       1,
       "03011000"},
      {"one that is too short for that",
       {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
       1,
       "050100"},
      {"runs side by side", {1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, 1, "10011000"},
      {"literals after a run", {1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1}, 1, "12010302"},
  };
  for (const Case& row : cases) {
    std::string out;
    AppendRleHybrid(row.values, row.bit_width, out);
    EXPECT_EQ(Hex(out), row.bytes) << row.name;
  }
}

TEST(RleHybridTest, RunOfACount) {
  struct Case {
    uint32_t value;
    size_t count;
    int bit_width;
    const char* bytes;
  };
  const Case cases[] = {
      {1, 0, 1, ""},       {1, 1, 1, "0201"},     {1, 122'880, 1, "80800f01"},
      {255, 3, 8, "06ff"}, {256, 3, 9, "060001"}, {0x1ffff, 3, 17, "06ffff01"},
      {0, 5, 0, "0a"},
  };
  for (const Case& row : cases) {
    std::string out = "x";  // it appends
    AppendRleRun(row.value, row.count, row.bit_width, out);
    EXPECT_EQ(Hex(out.substr(1)), row.bytes) << row.value << " " << row.count;
  }
}

// Random values from 0 up to, but not including, 2^bit_width.
std::vector<uint32_t> RandomValues(std::mt19937& random, size_t count, int bit_width) {
  std::vector<uint32_t> values(count);
  for (uint32_t& value : values) {
    value = static_cast<uint32_t>(uint64_t{random()} & ((uint64_t{1} << bit_width) - 1));
  }
  return values;
}

constexpr int kBitWidths[] = {0, 1, 7, 8, 17, 32};

TEST(RleHybridTest, RunsAtAllAlignmentsComeBack) {
  std::mt19937 random(1);
  for (const int bit_width : kBitWidths) {
    for (size_t before = 0; before <= 9; ++before) {
      for (const size_t run : {1U, 7U, 8U, 9U, 14U, 15U, 16U, 17U}) {
        for (const size_t after : {0U, 1U, 7U, 8U}) {
          std::vector<uint32_t> values = RandomValues(random, before, bit_width);
          values.insert(values.end(), run, RandomValues(random, 1, bit_width)[0]);
          const std::vector<uint32_t> more = RandomValues(random, after, bit_width);
          values.insert(values.end(), more.begin(), more.end());
          std::string out;
          AppendRleHybrid(values, bit_width, out);
          EXPECT_EQ(DecodeHybrid(out, values.size(), bit_width), values)
              << bit_width << " " << before << " " << run << " " << after;
        }
      }
    }
  }
}

TEST(RleHybridTest, MixedRunsAndLiteralsComeBack) {
  std::mt19937 random(2);
  for (const int bit_width : kBitWidths) {
    std::vector<uint32_t> values;
    while (values.size() < 2'000) {
      values.insert(values.end(), random() % 3 == 0 ? random() % 40 : 1,
                    RandomValues(random, 1, bit_width)[0]);
    }
    std::string out;
    AppendRleHybrid(values, bit_width, out);
    EXPECT_EQ(DecodeHybrid(out, values.size(), bit_width), values) << bit_width;
  }
}

TEST(DeltaTest, Bytes) {
  struct Case {
    const char* name;
    std::vector<int64_t> values;
    std::string bytes;
  };
  const Case cases[] = {
      {"nothing", {}, "8001040000"},
      {"one", {-3}, "8001040105"},
      {"the specification's first example", {1, 2, 3, 4, 5}, "80010405020200000000"},
      {"and its second", {7, 5, 3, 1, 2, 3, 4, 5}, "800104080e0302000000c03f000000000000"},
  };
  for (const Case& row : cases) {
    std::string wide;
    AppendDelta<int64_t>(row.values, wide);
    EXPECT_EQ(Hex(wide), row.bytes) << row.name;
    std::string narrow;
    AppendDelta<int32_t>(std::vector<int32_t>(row.values.begin(), row.values.end()), narrow);
    EXPECT_EQ(Hex(narrow), row.bytes) << row.name;
  }
}

// Counts around the ends of miniblocks (32) and blocks (128), which do not hold the first value.
constexpr size_t kCounts[] = {0, 1, 2, 32, 33, 34, 128, 129, 130, 257, 258, 1'000};

template <class Value>
void ExpectDeltasComeBack() {
  using Limits = std::numeric_limits<Value>;
  struct Case {
    const char* name;
    Value (*at)(size_t, uint64_t);
  };
  const Case cases[] = {
      {"constant", [](size_t, uint64_t) { return Value{42}; }},
      {"the least", [](size_t, uint64_t) { return Limits::min(); }},
      {"rising", [](size_t i, uint64_t) { return static_cast<Value>(1'000 * i); }},
      {"falling by different steps",
       [](size_t i, uint64_t random) { return static_cast<Value>(5'000 - 7 * i - random % 5); }},
      {"extremes in turn",
       [](size_t i, uint64_t) { return i % 2 == 0 ? Limits::min() : Limits::max(); }},
      {"one jump", [](size_t i, uint64_t) { return i == 31 ? Limits::max() : Value{-1}; }},
      {"any", [](size_t, uint64_t random) { return static_cast<Value>(random); }},
  };
  std::mt19937_64 random(3);
  for (const Case& row : cases) {
    for (const size_t count : kCounts) {
      std::vector<Value> values(count);
      for (size_t i = 0; i < count; ++i) values[i] = row.at(i, random());
      std::string out;
      AppendDelta<Value>(values, out);
      EXPECT_EQ(DecodeDelta<Value>(out), values) << row.name << " " << count;
    }
  }
}

TEST(DeltaTest, ComesBack) {
  ExpectDeltasComeBack<int32_t>();
  ExpectDeltasComeBack<int64_t>();
}

// A difference that overflows wraps around, so that no difference takes more bits than a value.
TEST(DeltaTest, ExtremesTakeNoMoreThanTheirWidth) {
  using Limits = std::numeric_limits<int32_t>;
  std::string out;
  AppendDelta<int32_t>(std::vector<int32_t>{Limits::min(), Limits::max(), Limits::min()}, out);
  // Differences -1 and 1: least -1, others 0 and 2.
  EXPECT_EQ(Hex(out), "80010403ffffffff0f01020000000800000000000000");
}

TEST(BitsTest, Bytes) {
  struct Case {
    std::vector<int64_t> values;
    const char* bytes;
  };
  const Case cases[] = {
      {{}, ""},
      {{1}, "01"},
      {{0, 1, 0, 0, 0, 0, 0, 1}, "82"},
      {{1, 0, 1, 1, 0, 0, 0, 0, 1}, "0d01"},
  };
  for (const Case& row : cases) {
    std::string out;
    AppendBits(row.values, out);
    EXPECT_EQ(Hex(out), row.bytes);
  }
}

}  // namespace
}  // namespace stedi
