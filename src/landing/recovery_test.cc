#include "landing/recovery.h"

#include <gtest/gtest.h>

#include <string>

namespace stedi {
namespace {

TEST(RecoveryTest, KeyFollows) {
  struct Case {
    std::string text;  // after the '{'
    Lookahead expected;
  };
  const Case cases[] = {
      {"\"a\":1", Lookahead::kYes},
      {" \n\"a b\" :", Lookahead::kYes},
      {"\"" + std::string(kKeyBytesMax, 'k') + "\":", Lookahead::kYes},
      {"\"" + std::string(kKeyBytesMax + 1, 'k') + "\":", Lookahead::kNo},
      {"\"\":", Lookahead::kNo},
      {"\"a\\n\":", Lookahead::kNo},
      {"\"a\n\":", Lookahead::kNo},
      {"\"a\",", Lookahead::kNo},
      {"}", Lookahead::kNo},
      {"", Lookahead::kNeedMore},
      {"  ", Lookahead::kNeedMore},
      {"\"a", Lookahead::kNeedMore},
      {"\"a\" ", Lookahead::kNeedMore},
      {std::string(kLookAheadBytesMax, ' ') + "\"a\":", Lookahead::kNo},
      {std::string(kLookAheadBytesMax - 4, ' ') + "\"a\":", Lookahead::kYes},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(KeyFollows(c.text.data(), c.text.data() + c.text.size()), c.expected)
        << c.text.substr(0, 40);
  }
}

TEST(RecoveryTest, FindsWhereARecordSeemsToBegin) {
  struct Case {
    std::string text;
    size_t from;
    bool in_array;
    std::optional<size_t> expected;
  };
  const Case cases[] = {
      {"{\"a\":1}\n{\"a\":2}", 0, false, 8},
      {"{\"a\":1}\n{\"a\":2}", 7, false, 8},
      {"{\"a\":1}{\"a\":2}", 7, false, 7},
      {"{\"a\":1},{\"a\":2}", 1, false, std::nullopt},
      {"{\"a\":1},{\"a\":2}", 1, true, 8},
      {"{\"a\":1} , \n{\"a\":2}", 1, true, 11},
      {"{\"a\":1}\n{\"a\":2}", 1, true, std::nullopt},
      {"{\"b\":\"}{\\\"a\\\":\"}", 1, false, std::nullopt},
      {"{\"a\":{\"a\":2}}", 1, false, std::nullopt},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(FindRecordStart(c.text, c.from, c.text.size(), c.in_array), c.expected) << c.text;
  }
  EXPECT_EQ(FindRecordStart("{\"a\":1}\n{\"a\":2}", 0, 8, false), std::nullopt);
}

// Finds where reading resumes in a text whose first `observed` bytes are well-formed, when every
// candidate but the one at `record` is refused.
TEST(RecoveryTest, FindsTheWayBack) {
  struct Case {
    const char* name;
    std::string text;
    size_t observed;
    bool in_array;
    size_t record;
    size_t expected;
  };
  constexpr size_t kNone = 1000;
  const Case cases[] = {
      {"a line that opens", "{\"a\":x}\n{", 5, false, kNone, 7},
      {"after empty lines", "{\"a\":x}\r\n \n\t{", 5, false, kNone, 10},
      {"a line that does not open", "{\"a\":x}\n\"b\"\n{", 5, false, kNone, 11},
      {"no line inside of brackets", "{\"a\":x[\n{", 5, false, kNone, 9},
      {"a newline ends a string", "{\"a\":x\"}\n}\n{", 5, false, kNone, 10},
      {"brackets in a string", "{\"a\":x\"}]{\"}\n{", 5, false, kNone, 12},
      {"escapes in a string", "{\"a\":x\"\\\"}\"}\n{", 5, false, kNone, 12},
      {"a record that is proven", "{\"a\":x {\"b\":1}", 5, false, 7, 7},
      {"one that is not", "{\"a\":x {\"b\":1}", 5, false, kNone, 14},
      {"the second", "{\"a\":x{\"b\":1}{\"b\":1}", 5, false, 13, 13},
      {"in what may be a string", "{\"a\":x\"}{\"b\":1}", 5, false, 8, 8},
      {"not with an escaped key", "{\"a\":x\"}{\\\"b\\\":1}", 5, false, 8, 17},
      {"the end of an array", "x y] \n", 0, true, kNone, 3},
      {"not inside of brackets", "{\"a\":x,[1] ", 5, true, kNone, 11},
      {"not before other bytes", "x y] z]", 0, true, kNone, 6},
      {"the end of an array, with quotes inverted", "{\"a:\"x\"}]", 5, true, kNone, 8},
      {"no line in an array", "x y\n{", 0, true, kNone, 5},
      {"the end of the file", "{\"a\":x", 5, false, kNone, 6},
  };
  for (const Case& c : cases) {
    // The text is passed in pieces of every size, as if the buffer ended there.
    for (size_t piece = 1; piece <= c.text.size(); ++piece) {
      RecoveryScanner scanner(c.in_array);
      const char* const begin = c.text.data();
      const char* const end = begin + c.text.size();
      scanner.Observe(begin, begin + c.observed);
      const char* p = begin + c.observed;
      const char* refused = p;
      size_t shown = c.observed;
      while (true) {
        shown = std::min(c.text.size(), shown + piece);
        const RecoveryScanner::Result result =
            scanner.Scan(p, begin + shown, refused, begin + shown == end);
        p = result.stop;
        if (result.status == RecoveryScanner::Status::kFound) break;
        if (result.status == RecoveryScanner::Status::kNeedMore) continue;
        if (static_cast<size_t>(p - begin) == c.record) break;
        refused = p + 1;
      }
      EXPECT_EQ(static_cast<size_t>(p - begin), c.expected) << c.name << ", piece " << piece;
    }
  }
}

}  // namespace
}  // namespace stedi
