#include "pipeline/sql_text.h"

#include <gtest/gtest.h>

#include <map>

namespace stedi {
namespace {

const std::map<std::string, std::string, std::less<>> values = {
    {"a", "1"}, {"long", "a long value"}, {"none", ""}};

SqlText Replace(const std::string& original, std::vector<Diagnostic>& diagnostics) {
  return ReplaceParameters(
      "f.sql", original,
      [](std::string_view name) {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
      },
      [](std::string_view name) { return "hint for " + std::string(name); }, diagnostics);
}

TEST(ReplaceParameters, ReplacesAllButComments) {
  const std::pair<std::string, std::string> cases[] = {
      {"x", "x"},
      {"${a}", "1"},
      {"${a}${long}|", "1a long value|"},
      {"'${a}' \"${a}\"", "'1' \"1\""},
      {"[${none}]", "[]"},
      {"-- ${b}\n${a}", "-- ${b}\n1"},
      {"/* ${b} /* ${b} */ */${a}", "/* ${b} /* ${b} */ */1"},
      {"'--' ${a}", "'--' 1"},
      {"'it''s -- ${a}'", "'it''s -- 1'"},
      {"$a {a}", "$a {a}"},
  };
  for (const auto& [original, text] : cases) {
    std::vector<Diagnostic> diagnostics;
    EXPECT_EQ(Replace(original, diagnostics).text, text) << original;
    EXPECT_TRUE(diagnostics.empty());
  }
}

TEST(ReplaceParameters, TellsWhatIsNotSetOrNotClosed) {
  std::vector<Diagnostic> diagnostics;
  const SqlText sql = Replace("ä\n ${b} ${a} ${c\n${a}", diagnostics);
  ASSERT_EQ(diagnostics.size(), 2U);
  EXPECT_EQ(Render(diagnostics[0], false),
            "f.sql:2:2: error: parameter \"b\" is not set\n"
            "   ${b} ${a} ${c\n   ^\n  hint: hint for b\n");
  EXPECT_EQ(diagnostics[1].message, "${ is not closed");
  EXPECT_EQ(diagnostics[1].position.column, 12U);
  EXPECT_EQ(sql.text, "ä\n  1 c\n1");
  EXPECT_TRUE(HasUnsetParameter(sql, 0, sql.text.size()));
  EXPECT_FALSE(HasUnsetParameter(sql, sql.text.size() - 1, sql.text.size()));
}

TEST(PositionAt, PointsIntoTheFile) {
  std::vector<Diagnostic> diagnostics;
  const SqlText sql = Replace("ab\n'ö${long}' c${none}d", diagnostics);
  struct Case {
    std::string_view found;  // in the text
    uint32_t line;
    uint32_t column;
  };
  for (const Case& row :
       {Case{"ab", 1, 1}, Case{"\n", 1, 3}, Case{"'ö", 2, 1}, Case{"a long value", 2, 3},
        Case{"value", 2, 3}, Case{"' c", 2, 10}, Case{"c", 2, 12}, Case{"d", 2, 20}}) {
    const SourcePosition position = PositionAt(sql, sql.text.rfind(row.found));
    EXPECT_EQ(position.line, row.line) << row.found;
    EXPECT_EQ(position.column, row.column) << row.found;
  }
  EXPECT_EQ(PositionAt(sql, sql.text.size() + 9).column, 21U);  // past the end: the position of the
                                                                // end
}

TEST(Slice, KeepsPlaces) {
  std::vector<Diagnostic> diagnostics;
  const SqlText sql = Replace("x ${long} y\n${a} z", diagnostics);
  const SqlText inside = Slice(sql, sql.text.find("value"), sql.text.size());
  EXPECT_EQ(inside.text, "value y\n1 z");
  EXPECT_EQ(PositionAt(inside, 0).column, 3U);
  EXPECT_EQ(PositionAt(inside, inside.text.find('y')).column, 11U);
  EXPECT_EQ(PositionAt(inside, inside.text.find('z')).line, 2U);
  EXPECT_EQ(PositionAt(inside, inside.text.find('z')).column, 6U);
}

TEST(LineText, ReturnsOneLine) {
  EXPECT_EQ(LineText("a\r\nb\n", 1), "a");
  EXPECT_EQ(LineText("a\r\nb\n", 2), "b");
  EXPECT_EQ(LineText("a\r\nb\n", 3), "");
  EXPECT_EQ(LineText("a", 4), "");
  EXPECT_EQ(LineText("a", 0), "");
}

}  // namespace
}  // namespace stedi
