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

// Where the stretch ends whose first `observed` bytes were well-formed.
TEST(RecoveryTest, FindsTheWayBack) {
  struct Case {
    const char* name;
    std::string text;
    size_t observed;
    bool in_array;
    size_t expected;
  };
  const Case cases[] = {
      {"the closing bracket", "{\"a\":x}{", 5, false, 7},
      {"nested brackets", "{\"a\":[x,{\"b\":[]}]} ", 6, false, 18},
      {"brackets in a string", "{\"a\":x\"}]{\"}y", 5, false, 12},
      {"escapes in a string", "{\"a\":x\"\\\"}\"}y", 5, false, 12},
      {"a newline ends a string", "{\"a\":x\"}\n}y", 5, false, 10},
      {"garbage ends with its line", "x y\n{\"a\":1}", 0, false, 3},
      {"garbage in an array ends at a comma", "x y,{\"a\":1}", 0, true, 3},
      {"or at its bracket", "x y]", 0, true, 3},
      {"garbage with brackets ends with them", "x[1\n2]y", 0, false, 6},
      {"a brace that cannot be nested", "{\"a\":x {\"b\":1}", 5, false, 7},
      {"a brace that can", "{\"a\":x,\"c\":{\"b\":1}}y", 5, false, 19},
      {"a record within a string", "{\"a\":x\"}{\"b\":1}", 5, false, 8},
      {"no record within a string", "{\"a\":x\"} {\\\"b\\\":1\"}y", 5, false, 19},
      {"the end of the file", "{\"a\":x", 5, false, 6},
  };
  for (const Case& c : cases) {
    // Shown in pieces of every size, as if the buffer ended there.
    for (size_t piece = 1; piece <= c.text.size(); ++piece) {
      RecoveryScanner scanner(c.in_array);
      const char* const begin = c.text.data();
      const char* const end = begin + c.text.size();
      scanner.Observe(begin, begin + c.observed);
      const char* p = begin + c.observed;
      size_t shown = c.observed;
      while (true) {
        shown = std::min(c.text.size(), shown + piece);
        const RecoveryScanner::Result result = scanner.Scan(p, begin + shown, begin + shown == end);
        p = result.stop;
        if (result.status == RecoveryScanner::Status::kFound) break;
      }
      EXPECT_EQ(static_cast<size_t>(p - begin), c.expected) << c.name << ", piece " << piece;
    }
  }
}

}  // namespace
}  // namespace stedi
