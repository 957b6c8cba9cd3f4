#include "parquet/column_encoder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <bit>
#include <limits>
#include <map>

#include "parquet/crc32.h"

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

// Parses a page header into its integers, by the path of their field ids: "5.1" is field 1 of the
// struct in field 5.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view& bytes) : bytes_(bytes) { ReadStruct(""); }
  int64_t At(const std::string& ids) const { return numbers_.at(ids); }
  const std::map<std::string, int64_t>& numbers() const { return numbers_; }

 private:
  uint8_t Byte() {
    const auto byte = static_cast<uint8_t>(bytes_.at(0));
    bytes_.remove_prefix(1);
    return byte;
  }
  int64_t Number() {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const uint64_t byte = Byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
    }
  }
  void ReadStruct(const std::string& prefix) {
    int id = 0;
    for (uint8_t header = Byte(); header != 0; header = Byte()) {
      id += header >> 4;
      const std::string name = fmt::format("{}{}", prefix, id);
      if ((header & 0xf) == 12) {
        ReadStruct(name + ".");
      } else {
        ASSERT_EQ(header & 0xf, 5);
        numbers_[name] = Number();
      }
    }
  }

  std::string_view& bytes_;
  std::map<std::string, int64_t> numbers_;
};

struct Page {
  std::map<std::string, int64_t> header;  // without sizes and checksum
  std::string bytes;                      // uncompressed
};

// Also checks the sizes and checksums in the headers.
std::vector<Page> PagesOf(const EncodedColumn& column) {
  std::vector<Page> pages;
  std::string_view rest = column.pages;
  size_t uncompressed = 0;
  while (!rest.empty()) {
    const size_t before = rest.size();
    const HeaderReader header(rest);
    uncompressed += before - rest.size();
    Page& page = pages.emplace_back(Page{header.numbers(), {}});
    page.header.erase("2");
    page.header.erase("3");
    page.header.erase("4");
    page.bytes.resize(static_cast<size_t>(header.At("2")));
    const auto stored = rest.substr(0, static_cast<size_t>(header.At("3")));
    EXPECT_EQ(static_cast<uint32_t>(header.At("4")), CrcOf(stored));
    const size_t size =
        ZSTD_decompress(page.bytes.data(), page.bytes.size(), stored.data(), stored.size());
    EXPECT_EQ(size, page.bytes.size());
    rest.remove_prefix(stored.size());
    uncompressed += page.bytes.size();
    const bool is_dictionary = header.At("1") == 2;
    EXPECT_EQ(is_dictionary, pages.size() == 1 && column.dictionary_bytes > 0);
    if (is_dictionary) {
      EXPECT_EQ(column.pages.size() - rest.size(), column.dictionary_bytes);
    }
  }
  EXPECT_EQ(column.uncompressed_bytes, static_cast<int64_t>(uncompressed));
  return pages;
}

constexpr int64_t kNull = std::numeric_limits<int64_t>::max() - 1;

void AddNumbers(ColumnEncoder& column, const std::vector<int64_t>& numbers) {
  for (const int64_t number : numbers) {
    number == kNull ? column.AddNull() : column.AddNumber(number);
  }
}

void AddTexts(ColumnEncoder& column, const std::vector<std::string_view>& texts) {
  column.AddTexts(texts);
}

std::vector<int64_t> Words(const std::vector<double>& reals) {
  std::vector<int64_t> words;
  words.reserve(reals.size());
  for (const double real : reals) words.push_back(std::bit_cast<int64_t>(real));
  return words;
}

struct NumberCase {
  const char* name;
  IcebergType type;
  std::vector<int64_t> numbers;
  Encoding encoding;
  std::string dictionary;  // the page in hexadecimal; empty: there is none
  std::string data;        // length of levels, levels, values
  int64_t nulls = 0;
};

void ExpectPages(const NumberCase& row) {
  PageCompressor compressor;
  ColumnEncoder encoder(row.type, true);
  AddNumbers(encoder, row.numbers);
  const EncodedColumn column = encoder.Finish(compressor);
  const std::vector<Page> pages = PagesOf(column);
  EXPECT_EQ(column.encoding, row.encoding) << row.name;
  EXPECT_EQ(column.value_count, static_cast<int64_t>(row.numbers.size())) << row.name;
  EXPECT_EQ(column.statistics.null_count, row.nulls) << row.name;
  ASSERT_EQ(pages.size(), row.dictionary.empty() ? 1U : 2U) << row.name;
  if (pages.size() == 2) {
    EXPECT_EQ(Hex(pages[0].bytes), row.dictionary) << row.name;
  }
  EXPECT_EQ(Hex(pages.back().bytes), WithoutSpaces(row.data)) << row.name;
}

// The expected bytes were derived by hand from Encodings.md.
TEST(ColumnEncoderTest, PagesOfWholeNumbers) {
  const NumberCase cases[] = {
      {"few values",
       {Kind::kInt},
       {7, 7, 7},
       Encoding::kRleDictionary,
       "07000000",
       "02000000 0601 00 03"},
      {"two values, with NULLs between",
       {Kind::kLong},
       {7, kNull, 7, -1, -1},
       Encoding::kRleDictionary,
       "0700000000000000ffffffffffffffff",
       "02000000 031d 01 030c",
       1},
      {"different whole numbers",
       {Kind::kLong},
       {1, 2, 3},
       Encoding::kDeltaBinaryPacked,
       "",
       "02000000 0601 8001040302 02 00000000"},
      {"of 32 bits",
       {Kind::kDate},
       {-1, -2},
       Encoding::kDeltaBinaryPacked,
       "",
       "02000000 0401 8001040201 01 00000000"},
      {"NULL first and last",
       {Kind::kInt},
       {kNull, 5, kNull},
       Encoding::kDeltaBinaryPacked,
       "",
       "02000000 0302 800104010a",
       2},
      {"NULLs only", {Kind::kInt}, {kNull, kNull, kNull}, Encoding::kPlain, "", "02000000 0300", 3},
      {"many NULLs only",
       {Kind::kDouble},
       std::vector<int64_t>(100, kNull),
       Encoding::kPlain,
       "",
       "03000000 c80100",
       100},
      {"no NULL until the ninth",
       {Kind::kInt},
       {4, 4, 4, 4, 4, 4, 4, 4, kNull},
       Encoding::kRleDictionary,
       "04000000",
       "04000000 1001 0300 00 10",
       1},
  };
  for (const NumberCase& row : cases) ExpectPages(row);
}

TEST(ColumnEncoderTest, PagesOfOtherNumbers) {
  const NumberCase cases[] = {
      {"different doubles",
       {Kind::kDouble},
       Words({1.5, -1.5}),
       Encoding::kPlain,
       "",
       "02000000 0401 000000000000f83f000000000000f8bf"},
      {"few doubles",
       {Kind::kDouble},
       Words({-0.0, 0.0, 0.0, -0.0}),
       Encoding::kRleDictionary,
       "00000000000000800000000000000000",
       "02000000 0801 01 0306"},
      {"floats",
       {Kind::kFloat},
       {std::bit_cast<int32_t>(-4.5F)},
       Encoding::kPlain,
       "",
       "02000000 0201 000090c0"},
      {"booleans", {Kind::kBoolean}, {1, 0, kNull, 1}, Encoding::kPlain, "", "02000000 030b 05", 1},
      {"the same boolean",
       {Kind::kBoolean},
       std::vector<int64_t>(9, 1),
       Encoding::kPlain,
       "",
       "02000000 1201 ff01"},
      {"decimal of 32 bits",
       {Kind::kDecimal, 4, 2},
       {-100, -100},
       Encoding::kRleDictionary,
       "9cffffff",
       "02000000 0401 00 03"},
      {"decimal of 64 bits",
       {Kind::kDecimal, 18, 2},
       {-100},
       Encoding::kDeltaBinaryPacked,
       "",
       "02000000 0201 80010401c701"},
  };
  for (const NumberCase& row : cases) ExpectPages(row);
}

struct TextCase {
  const char* name;
  IcebergType type;
  std::vector<std::optional<std::string>> texts;
  std::string dictionary;  // empty: PLAIN
  std::string data;
};

TEST(ColumnEncoderTest, PagesOfTexts) {
  const std::string decimal = std::string(8, '\xff') + "\x9c";  // -100
  const TextCase cases[] = {
      {"different",
       {Kind::kString},
       {"a", "", "bc"},
       "",
       "02000000 0601 0100000061 00000000 020000006263"},
      {"few", {Kind::kString}, {"ab", "ab", "ab"}, "020000006162", "02000000 0601 00 03"},
      {"two, with NULLs",
       {Kind::kString},
       {"ab", std::nullopt, "c", "ab", "ab"},
       "0200000061620100000063",
       "02000000 031d 01 0302"},
      {"empty ones only", {Kind::kString}, {"", ""}, "", "02000000 0401 0000000000000000"},
      {"NULLs only", {Kind::kBinary}, {std::nullopt, std::nullopt}, "", "02000000 0300"},
      {"of a fixed length",
       {Kind::kDecimal, 19, 2},
       {decimal},
       "",
       "02000000 0201 ffffffffffffffff9c"},
      {"few of a fixed length",
       {Kind::kDecimal, 19, 2},
       {decimal, decimal},
       "ffffffffffffffff9c",
       "02000000 0401 00 03"},
  };
  PageCompressor compressor;
  for (const TextCase& row : cases) {
    ColumnEncoder encoder(row.type, true);
    for (const std::optional<std::string>& text : row.texts) {
      text ? AddTexts(encoder, {*text}) : encoder.AddNull();
    }
    const EncodedColumn column = encoder.Finish(compressor);
    const std::vector<Page> pages = PagesOf(column);
    ASSERT_EQ(pages.size(), row.dictionary.empty() ? 1U : 2U) << row.name;
    EXPECT_EQ(column.encoding, pages.size() == 2 ? Encoding::kRleDictionary : Encoding::kPlain)
        << row.name;
    if (pages.size() == 2) {
      EXPECT_EQ(Hex(pages[0].bytes), row.dictionary) << row.name;
    }
    EXPECT_EQ(Hex(pages.back().bytes), WithoutSpaces(row.data)) << row.name;
  }
}

// Many texts added at once, most of which are views of the same bytes at the same address.
TEST(ColumnEncoderTest, ManyAtOnceAreTheSameAsOneByOne) {
  const std::string same = "the same";
  std::vector<std::string_view> texts(100, same);
  texts[40] = "another";
  texts[99] = "the last";
  PageCompressor compressor;
  ColumnEncoder many({Kind::kString}, true);
  ColumnEncoder one_by_one({Kind::kString}, true);
  ColumnEncoder numbers({Kind::kLong}, true);
  ColumnEncoder number_by_number({Kind::kLong}, true);
  for (const bool has_null : {false, true, false}) {
    many.AddTexts(texts);
    for (const std::string_view text : texts) AddTexts(one_by_one, {text});
    numbers.AddNumbers(100, [](size_t i) { return static_cast<int64_t>(i * i); });
    for (int64_t i = 0; i < 100; ++i) number_by_number.AddNumber(i * i);
    if (!has_null) continue;
    for (ColumnEncoder* column : {&many, &one_by_one, &numbers, &number_by_number}) {
      column->AddNull();
    }
  }
  EXPECT_EQ(many.Finish(compressor).pages, one_by_one.Finish(compressor).pages);
  EXPECT_EQ(numbers.Finish(compressor).pages, number_by_number.Finish(compressor).pages);
}

TEST(ColumnEncoderTest, PageHeaders) {
  PageCompressor compressor;
  ColumnEncoder encoder({Kind::kInt}, true);
  AddNumbers(encoder, {7, 7, kNull, 7, 8, 8});
  const std::vector<Page> pages = PagesOf(encoder.Finish(compressor));
  ASSERT_EQ(pages.size(), 2U);
  using Header = std::map<std::string, int64_t>;
  // 1 is the page type; 7 is the header of the dictionary page: its value count and PLAIN.
  EXPECT_EQ(pages[0].header, (Header{{"1", 2}, {"7.1", 2}, {"7.2", 0}}));
  // 5 is the header of the data page: its value count with NULLs, RLE_DICTIONARY, RLE for levels.
  EXPECT_EQ(pages[1].header, (Header{{"1", 0}, {"5.1", 6}, {"5.2", 8}, {"5.3", 3}, {"5.4", 3}}));
}

TEST(ColumnEncoderTest, TakesTheSmallerEncoding) {
  struct Case {
    const char* name;
    Kind kind;
    int64_t rows;
    int64_t (*at)(int64_t);
    Encoding encoding;
  };
  const Case cases[] = {
      {"slowly rising", Kind::kLong, 900, [](int64_t i) { return i / 3; },
       Encoding::kDeltaBinaryPacked},
      {"few, far apart", Kind::kLong, 900, [](int64_t i) { return i * 7 % 5 << 40; },
       Encoding::kRleDictionary},
      {"few 32-bit ones, far apart", Kind::kInt, 900, [](int64_t i) { return i * 7 % 5 << 20; },
       Encoding::kRleDictionary},
      {"half of them different", Kind::kDouble, 900, [](int64_t i) { return i / 2; },
       Encoding::kRleDictionary},
      {"more than half", Kind::kDouble, 900, [](int64_t i) { return i == 0 ? -1 : i / 2; },
       Encoding::kPlain},
      {"as many as a dictionary takes", Kind::kDouble, 40'000, [](int64_t i) { return i % 16'384; },
       Encoding::kRleDictionary},
      {"one more", Kind::kDouble, 40'000, [](int64_t i) { return i % 16'385; }, Encoding::kPlain},
  };
  PageCompressor compressor;
  for (const Case& row : cases) {
    ColumnEncoder encoder({row.kind}, false);
    for (int64_t i = 0; i < row.rows; ++i) encoder.AddNumber(row.at(i));
    EXPECT_EQ(encoder.Finish(compressor).encoding, row.encoding) << row.name;
  }
}

struct BoundsCase {
  const char* name;
  IcebergType type;
  std::vector<int64_t> numbers;
  std::string min;  // hexadecimal; "-" = none
  std::string max;
  bool has_nan = false;
};

std::string BoundText(const std::optional<std::string>& bound) { return bound ? Hex(*bound) : "-"; }

TEST(ColumnEncoderTest, BoundsOfNumbers) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const int64_t narrow_nan = std::bit_cast<int32_t>(std::numeric_limits<float>::quiet_NaN());
  const BoundsCase cases[] = {
      {"whole numbers", {Kind::kInt}, {kNull, 2, -257, 1}, "fffeffff", "02000000"},
      {"one", {Kind::kLong}, {-1}, "ffffffffffffffff", "ffffffffffffffff"},
      {"NULLs only", {Kind::kLong}, {kNull, kNull}, "-", "-"},
      {"none", {Kind::kLong}, {}, "-", "-"},
      {"booleans", {Kind::kBoolean}, {1, 0, 1}, "00", "01"},
      {"doubles",
       {Kind::kDouble},
       Words({1.5, -1.5, -kInfinity}),
       "000000000000f0ff",
       "000000000000f83f"},
      {"NaN among them",
       {Kind::kDouble},
       Words({kNan, 1.5, kNan, -1.5, kNan}),
       "000000000000f8bf",
       "000000000000f83f",
       true},
      {"NaN only", {Kind::kDouble}, Words({kNan, kNan}), "-", "-", true},
      {"floats",
       {Kind::kFloat},
       {std::bit_cast<int32_t>(-4.5F), std::bit_cast<int32_t>(2.0F)},
       "000090c0",
       "00000040"},
      {"a NaN of 32 bits",
       {Kind::kFloat},
       {narrow_nan, std::bit_cast<int32_t>(-4.5F)},
       "000090c0",
       "000090c0",
       true},
  };
  PageCompressor compressor;
  for (const BoundsCase& row : cases) {
    ColumnEncoder encoder(row.type, true);
    AddNumbers(encoder, row.numbers);
    const EncodedColumn column = encoder.Finish(compressor);
    EXPECT_EQ(BoundText(column.statistics.min), row.min) << row.name;
    EXPECT_EQ(BoundText(column.statistics.max), row.max) << row.name;
    EXPECT_EQ(column.has_nan, row.has_nan) << row.name;

    ColumnEncoder without(row.type, false);
    AddNumbers(without, row.numbers);
    const EncodedColumn no_bounds = without.Finish(compressor);
    EXPECT_EQ(no_bounds.pages, column.pages) << row.name;
    EXPECT_EQ(BoundText(no_bounds.statistics.min) + BoundText(no_bounds.statistics.max), "--")
        << row.name;
  }
}

TEST(ColumnEncoderTest, BoundsOfTexts) {
  const std::string minus_one(9, '\xff');
  const std::string one = std::string(8, '\0') + '\1';
  struct Case {
    const char* name;
    IcebergType type;
    std::vector<std::string> texts;
    std::string min;
    std::string max;
  };
  const Case cases[] = {
      {"strings", {Kind::kString}, {"b", "\xc3\xa9", "a", "ab"}, "61", "c3a9"},
      {"an empty one", {Kind::kString}, {"b", ""}, "", "62"},
      {"bytes", {Kind::kBinary}, {"\x80", "\x7f", "\xff"}, "7f", "ff"},
      {"decimals", {Kind::kDecimal, 19, 0}, {one, minus_one}, Hex(minus_one), Hex(one)},
      {"none", {Kind::kString}, {}, "-", "-"},
  };
  PageCompressor compressor;
  for (const Case& row : cases) {
    for (const bool has_bounds : {true, false}) {
      ColumnEncoder encoder(row.type, has_bounds);
      AddTexts(encoder, {row.texts.begin(), row.texts.end()});
      encoder.AddNull();
      const EncodedColumn column = encoder.Finish(compressor);
      EXPECT_EQ(BoundText(column.statistics.min), has_bounds ? row.min : "-") << row.name;
      EXPECT_EQ(BoundText(column.statistics.max), has_bounds ? row.max : "-") << row.name;
    }
  }
}

// Finish returns only the values that were added since the last Finish.
TEST(ColumnEncoderTest, FinishBeginsAnew) {
  const auto add_numbers = [](ColumnEncoder& column, bool is_first) {
    is_first ? AddNumbers(column, {kNull, 1, 1, 1, kNull}) : AddNumbers(column, {9, 8, 9, 8});
  };
  const auto add_texts = [](ColumnEncoder& column, bool is_first) {
    is_first ? AddTexts(column, {"aaa", "aaa", "zz"}) : AddTexts(column, {"m", "m"});
    if (is_first) column.AddNull();
  };
  PageCompressor compressor;
  for (const IcebergType type : {IcebergType{Kind::kLong}, IcebergType{Kind::kString}}) {
    const auto add = [&](ColumnEncoder& column, bool is_first) {
      type.kind == Kind::kLong ? add_numbers(column, is_first) : add_texts(column, is_first);
    };
    ColumnEncoder used(type, true);
    add(used, true);
    EXPECT_GT(used.Finish(compressor).statistics.null_count, 0);
    EXPECT_EQ(used.text_bytes(), 0U);
    add(used, false);
    ColumnEncoder fresh(type, true);
    add(fresh, false);
    const EncodedColumn again = used.Finish(compressor);
    const EncodedColumn expected = fresh.Finish(compressor);
    EXPECT_EQ(again.pages, expected.pages);
    EXPECT_EQ(again.value_count, expected.value_count);
    EXPECT_EQ(again.statistics.null_count, 0);
    EXPECT_EQ(BoundText(again.statistics.min), BoundText(expected.statistics.min));
    EXPECT_EQ(BoundText(again.statistics.max), BoundText(expected.statistics.max));
  }
}

TEST(ColumnEncoderTest, TextBytesAreThoseOfDifferentTexts) {
  ColumnEncoder encoder({Kind::kString}, true);
  AddTexts(encoder, {"abc", "abc"});
  encoder.AddNull();
  AddTexts(encoder, {"de", "abc"});
  EXPECT_EQ(encoder.text_bytes(), 5U);
}

}  // namespace
}  // namespace stedi
