#include "landing/json_lexer.h"

#include <gtest/gtest.h>

#include <string>

#include "files/byte_scan.h"

namespace stedi {
namespace {

struct Case {
  std::string input;
  LexStatus status;
  size_t position;  // one past the value, or the fault
};

TEST(JsonLexerTest, ReadsOneValueStrictly) {
  const auto nested = [](size_t depth) { return std::string(depth, '['); };
  constexpr auto kOk = LexStatus::kOk;
  constexpr auto kMore = LexStatus::kNeedMore;
  constexpr auto kFault = LexStatus::kSyntaxError;
  const Case cases[] = {
      {"null", kOk, 4},
      {"true,", kOk, 4},
      {"false", kOk, 5},
      {"nul", kMore, 3},
      {"nulL", kFault, 3},
      {"", kMore, 0},
      {"x", kFault, 0},
      {"0", kOk, 1},
      {"-0.5e+10 ", kOk, 8},
      {"01", kOk, 1},  // a value, then something else, which the caller judges
      {"-", kMore, 1},
      {"-x", kFault, 1},
      {"1.", kMore, 2},
      {"1.x", kFault, 2},
      {"1e", kMore, 2},
      {"1e+", kMore, 3},
      {"1ex", kFault, 2},
      {"\"\"", kOk, 2},
      {"\"a\\\"b\" ", kOk, 6},
      {"\"\\u00e9\\n\"", kOk, 10},
      {"\"open", kMore, 5},
      {"\"\\", kMore, 2},
      {"\"\\q\"", kFault, 2},
      {"\"\\u12G4\"", kFault, 5},
      {"\"\\u12", kMore, 5},
      {"[]", kOk, 2},
      {"[ 1 , [ 2 ] ]x", kOk, 13},
      {"[1,]", kFault, 3},
      {"[1 2]", kFault, 3},
      {"[,1]", kFault, 1},
      {"[1", kMore, 2},
      {"{}", kOk, 2},
      {"{ \"a\" : { } , \"b\":[{}] }", kOk, 24},
      {"{\"a\"}", kFault, 4},
      {"{\"a\":}", kFault, 5},
      {"{\"a\":1,}", kFault, 7},
      {"{a:1}", kFault, 1},
      {"{\"a\":1]", kFault, 6},
      {nested(128), kMore, 128},
      {nested(129), LexStatus::kTooDeep, 128},
  };
  for (const Case& c : cases) {
    JsonLexer lexer(c.input.data(), c.input.data() + c.input.size());
    JsonValue value;
    EXPECT_EQ(lexer.ReadValue(value, 0), c.status == LexStatus::kOk) << c.input;
    EXPECT_EQ(lexer.status(), c.status) << c.input;
    EXPECT_EQ(static_cast<size_t>(lexer.position() - c.input.data()), c.position) << c.input;
  }
}

TEST(JsonLexerTest, NotesControlBytesAndTellsTextApart) {
  const std::string input = "\"a\nb\xC3\xA9\\t\"";
  JsonLexer lexer(input.data(), input.data() + input.size());
  JsonValue value;
  ASSERT_TRUE(lexer.ReadValue(value, 0));
  EXPECT_EQ(value.kind, JsonKind::kString);
  EXPECT_EQ(value.text, input.substr(1, input.size() - 2));
  EXPECT_TRUE(value.has_escape);
  EXPECT_TRUE(lexer.non_ascii());
  EXPECT_EQ(lexer.first_control(), input.data() + 2);
}

TEST(JsonLexerTest, Numbers) {
  struct NumberCase {
    std::string text;
    bool is_number;
    size_t padded_length;  // what ScanPaddedNumber takes; 0: nothing
  };
  const NumberCase cases[] = {
      {"0", true, 1},         {"-12.5e-3", true, 8}, {"1e5", true, 3},    {"", false, 0},
      {"-", false, 0},        {"1.", false, 0},      {"1e", false, 0},    {"01", false, 1},
      {" 1", false, 0},       {"1 ", false, 1},      {"+1", false, 0},    {".5", false, 0},
      {"Infinity", false, 0}, {"0x10", false, 1},    {"1_000", false, 1},
  };
  for (const NumberCase& c : cases) {
    EXPECT_EQ(IsJsonNumber(c.text), c.is_number) << c.text;
    const char* const end = ScanPaddedNumber(c.text.c_str());
    const size_t length = end == nullptr ? 0 : static_cast<size_t>(end - c.text.c_str());
    EXPECT_EQ(length, c.padded_length) << c.text;
  }
}

TEST(JsonLexerTest, Unescapes) {
  struct EscapeCase {
    std::string text;
    std::string expected;
    bool valid;
  };
  const EscapeCase cases[] = {
      {"plain", "plain", true},
      {R"(\"\\\/\b\f\n\r\t)", "\"\\/\b\f\n\r\t", true},
      {R"(\u0041\u00e9\u20AC)", "A\xC3\xA9\xE2\x82\xAC", true},
      {R"(\ud83d\ude00!)", "\xF0\x9F\x98\x80!", true},
      {R"(\u0000)", std::string(1, '\0'), true},
      {R"(\ud83d)", "?", false},
      {R"(\ude00x)", "?x", false},
      {R"(\ud83d\n)", "?\n", false},
      {R"(\ud83d\ud83d\ude00)", "?\xF0\x9F\x98\x80", false},
  };
  for (const EscapeCase& c : cases) {
    std::string out(c.text.size(), '\0');
    const Unescaped unescaped = Unescape(c.text, out.data());
    EXPECT_EQ(out.substr(0, unescaped.length), c.expected) << c.text;
    EXPECT_EQ(unescaped.valid, c.valid) << c.text;
  }
}

// Strings that end at every position of a vector register are scanned by both functions.
TEST(JsonLexerTest, StringScansStopAtTheFirstStop) {
  for (size_t length = 0; length < 40; ++length) {
    for (const char stop : {'"', '\\', '\n', '\0'}) {
      std::string text(length, 'x');
      if (length > 20) text[3] = '\xC3';
      text += stop;
      text += std::string(kScanPadBytes, '\0');
      const StringScan bounded = ScanString(text.data(), text.data() + length + 1);
      const StringScan padded = ScanPaddedString(text.data());
      EXPECT_EQ(static_cast<size_t>(bounded.stop - text.data()), length);
      EXPECT_EQ(bounded.stop, padded.stop);
      EXPECT_EQ(bounded.non_ascii, length > 20);
      EXPECT_EQ(padded.non_ascii, length > 20);
      EXPECT_EQ(ScanString(text.data(), text.data() + length).stop, text.data() + length);
    }
  }
}

}  // namespace
}  // namespace stedi
