#include "landing/fast_path.h"

#include <gtest/gtest.h>

#include <string>

namespace stedi {
namespace {

const Contract& TestContract() {
  static const Contract contract = {{{"a", ColumnType::kBigint, true},
                                     {"b", ColumnType::kString, false, /*empty_is_null=*/true},
                                     {"c", ColumnType::kDouble, false},
                                     {"d", ColumnType::kBoolean, false},
                                     {"e", ColumnType::kInt, false, /*empty_is_null=*/true}}};
  return contract;
}

struct Case {
  const char* name;
  std::string text;
  size_t rows;
  size_t stop;  // where the fast path stops
};

class FastPathTest : public testing::TestWithParam<SimdLevel> {};
INSTANTIATE_TEST_SUITE_P(EachLevel, FastPathTest, testing::ValuesIn(AvailableSimdLevels()),
                         [](const auto& level) { return std::string(NameOf(level.param)); });

TEST_P(FastPathTest, ReadsWhatItExpectsAndLeavesTheRest) {
  const Case cases[] = {
      {"one record", R"({"a":1})", 1, 7},
      {"three records", "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", 3, 23},
      {"every type", R"({"a":1655564376361,"b":"x","c":-0.5,"d":false,"e":7} )", 1, 52},
      {"other notations", R"({"a":1.0,"b":12,"c":1e-3,"d":true,"e":1e2})", 1, 42},
      {"nulls", R"({"b":null,"a":1,"c":null})", 1, 25},
      {"pretty", "{\n  \"a\" : 1 ,\n  \"b\" : \"x\"\n}\n", 1, 27},
      {"denser after wide", "{\"a\": 1}\n{\"a\":2}\n{\"a\": 3}", 3, 25},
      {"an empty string that is null", R"({"a":1,"b":""}{"a":2,"e":""}{"b": "","a":3})", 3, 43},
      {"an empty string that is required", R"({"a":1}{"a":""})", 1, 7},
      {"UTF-8", "{\"a\":1,\"b\":\"\xC3\xA9\"}", 1, 16},
      {"an unknown key", R"({"a":1}{"a":2,"z":3}{"a":4})", 1, 7},
      {"an escape", R"({"a":1}{"a":2,"b":"\n"})", 1, 7},
      {"invalid UTF-8", "{\"a\":1}{\"a\":2,\"b\":\"\xFF\"}", 1, 7},
      {"a control byte", "{\"a\":1}{\"a\":2,\"b\":\"\t\"}", 1, 7},
      {"a duplicate", R"({"a":1}{"a":2,"a":3})", 1, 7},
      {"a required value is missing", R"({"a":1}{"b":"x"}{"a":2})", 1, 7},
      {"a type mismatch", R"({"a":1}{"a":true})", 1, 7},
      {"out of range", R"({"a":1}{"a":2,"e":2147483648})", 1, 7},
      {"a leading zero", R"({"a":1}{"a":01})", 1, 7},
      {"an empty record", R"({}{"a":1})", 0, 0},
      {"a nested value", R"({"b":{"a":1}})", 0, 0},
      {"cut off in a number", R"({"a":1}{"a":12)", 1, 7},
      {"cut off in a key", R"({"a":1}{"a)", 1, 7},
      {"cut off in white space", "{\"a\":1}{\"a\": ", 1, 7},
      {"a comma outside an array", R"({"a":1},{"a":2})", 0, 0},
  };
  const ContractIndex index(TestContract());
  for (const Case& c : cases) {
    FastPath fast(TestContract(), index, 1 << 20, GetParam());
    // In the second round, every step is already known.
    for (int round = 0; round < 2; ++round) {
      RowBuffer rows(TestContract());
      ByteCounts counts;
      // The fast path leaves the last record of a file to the full parser, so another one follows.
      const std::string text = c.text + "{}";
      const std::string padded = text + std::string(kScanPadBytes, '\0');
      const char* const end = padded.data() + text.size();
      const FastRegion region{padded.data(), end, end, 0, false};
      const char* const stop = fast.Run(region, rows, counts);
      EXPECT_EQ(rows.rows(), c.rows) << c.name << ", round " << round;
      EXPECT_EQ(static_cast<size_t>(stop - padded.data()), c.stop) << c.name << ", round " << round;
      EXPECT_EQ(counts.Sum(), c.stop) << c.name;
    }
  }
}

TEST_P(FastPathTest, StopsAtTheLimit) {
  const ContractIndex index(TestContract());
  FastPath fast(TestContract(), index, 1 << 20, GetParam());
  const std::string text = "{\"a\":1},\n{\"a\":2},\n{\"a\":3}";
  const std::string padded = text + std::string(kScanPadBytes, '\0');
  for (size_t limit = 1; limit <= text.size(); ++limit) {
    RowBuffer rows(TestContract());
    ByteCounts counts;
    const FastRegion region{padded.data(), padded.data() + text.size(), padded.data() + limit, 0,
                            true};
    const char* const stop = fast.Run(region, rows, counts);
    // The last record is left to the full parser, because no record follows it.
    const size_t expected_rows = limit <= 9 ? 1 : 2;
    EXPECT_EQ(rows.rows(), expected_rows) << limit;
    EXPECT_EQ(static_cast<size_t>(stop - padded.data()), expected_rows * 9);
    EXPECT_EQ(counts.framing, expected_rows);
  }
}

TEST_P(FastPathTest, LeavesLongRecordsToTheFullParser) {
  const ContractIndex index(TestContract());
  FastPath fast(TestContract(), index, 7, GetParam());
  const std::string padded = "{\"a\":1}{\"a\":12}" + std::string(kScanPadBytes, '\0');
  RowBuffer rows(TestContract());
  ByteCounts counts;
  const char* const end = padded.data() + 15;
  EXPECT_EQ(fast.Run({padded.data(), end, end, 0, false}, rows, counts), padded.data() + 7);
  EXPECT_EQ(rows.rows(), 1U);
}

// The same record is written in more ways than the fast path can remember.
TEST_P(FastPathTest, EndlessVarietyIsReadToo) {
  const ContractIndex index(TestContract());
  FastPath fast(TestContract(), index, 1 << 20, GetParam());
  std::string text;
  for (size_t i = 0; i < 600; ++i) {
    text += "{\"a\":" + std::string(i % 300, ' ') + "1}" + std::string(i % 7, '\n');
  }
  const std::string padded = text + std::string(kScanPadBytes, '\0');
  RowBuffer rows(TestContract());
  ByteCounts counts;
  const char* const end = padded.data() + text.size();
  const char* const last = padded.data() + text.rfind('{');  // left to the full parser
  const char* at = padded.data();
  while (at < last) {
    while (IsJsonSpace(*at)) ++at, ++counts.whitespace;
    const char* const stop = at < last ? fast.Run({at, end, end, 0, false}, rows, counts) : last;
    ASSERT_TRUE(stop > at || at == last);
    at = stop;
  }
  EXPECT_EQ(rows.rows(), 599U);
  EXPECT_EQ(counts.Sum(), static_cast<size_t>(last - padded.data()));
}

TEST_P(FastPathTest, WideContractsAreLeftToTheFullParser) {
  Contract wide;
  for (int i = 0; i < 65; ++i) {
    wide.columns.push_back({"c" + std::to_string(i), ColumnType::kBigint, false});
  }
  const ContractIndex index(wide);
  FastPath fast(wide, index, 1 << 20, GetParam());
  const std::string padded = "{\"c1\":1}" + std::string(kScanPadBytes, '\0');
  RowBuffer rows(wide);
  ByteCounts counts;
  EXPECT_EQ(fast.Run({padded.data(), padded.data() + 8, padded.data() + 8, 0, false}, rows, counts),
            padded.data());
}

}  // namespace
}  // namespace stedi
