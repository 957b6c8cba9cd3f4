#include "pipeline/sql_tokens.h"

#include <gtest/gtest.h>

#include <string>

namespace stedi {
namespace {

// The letter and the text of each token: "W:select S:'a'".
std::string Shown(std::string_view sql) {
  std::string out;
  for (const SqlToken& token : TokenizeSql(sql)) {
    if (token.kind == SqlToken::Kind::kEnd) break;
    out += out.empty() ? "" : " ";
    out += "WNSQYU"[static_cast<size_t>(token.kind)];
    out += ":" + std::string(token.text);
    EXPECT_EQ(sql.substr(token.begin, token.end - token.begin), token.text);
  }
  return out;
}

TEST(TokenizeSql, Splits) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {" \n\t", ""},
      {"select a", "W:select W:a"},
      {"a.b", "W:a Y:. W:b"},
      {"größe", "W:größe"},
      {"'it''s' x", "S:'it''s' W:x"},
      {"'a\\' x", "S:'a\\' W:x"},
      {"\"a\"\"b\" `c`", "Q:\"a\"\"b\" Q:`c`"},
      {"1.5 1e3 1E-3 .5 1L", "N:1.5 N:1e3 N:1E-3 N:.5 N:1L"},
      {"a.5", "W:a Y:. N:5"},
      {"1-2", "N:1 Y:- N:2"},
      {"a<=>b||c::d->>e", "W:a Y:<=> W:b Y:|| W:c Y::: W:d Y:->> W:e"},
      {"a--b\nc", "W:a W:c"},
      {"a/*b/*c*/d*/e", "W:a W:e"},
      {"a/b", "W:a Y:/ W:b"},
      {"'--' /*'*/ b", "S:'--' W:b"},
      {"a 'b", "W:a U:'b"},
      {"a /* b", "W:a U:/* b"},
      {"a /*/", "W:a U:/*/"},
      {"--", ""},
      {"\x01", "Y:\x01"},
  };
  for (const auto& [sql, shown] : cases) EXPECT_EQ(Shown(sql), shown);
}

TEST(TokenizeSql, EndsWithOneEnd) {
  for (const std::string_view sql : {"", "a", "'a", "/*"}) {
    const std::vector<SqlToken> tokens = TokenizeSql(sql);
    EXPECT_EQ(tokens.back().kind, SqlToken::Kind::kEnd);
    EXPECT_EQ(tokens.back().begin, sql.size());
  }
}

TEST(SkipComment, ReturnsItsEnd) {
  EXPECT_EQ(SkipComment("a -- b\nc", 0), 0U);
  EXPECT_EQ(SkipComment("a -- b\nc", 2), 6U);
  EXPECT_EQ(SkipComment("-- b", 0), 4U);
  EXPECT_EQ(SkipComment("/*a*/b", 0), 5U);
  EXPECT_EQ(SkipComment("/*a", 0), 3U);
  EXPECT_EQ(SkipComment("a", 1), 1U);
}

TEST(IsWord, IgnoresCase) {
  const SqlToken token = TokenizeSql("Select").front();
  EXPECT_TRUE(IsWord(token, "SELECT"));
  EXPECT_FALSE(IsWord(token, "SELECTS"));
  EXPECT_FALSE(IsWord(TokenizeSql("'SELECT'").front(), "SELECT"));
}

TEST(WithoutDistinct, TakesItFromAPlainSelectOnly) {
  EXPECT_EQ(WithoutDistinct("SELECT DISTINCT a FROM t"), "SELECT  a FROM t");
  EXPECT_EQ(WithoutDistinct("-- c\nselect distinct a FROM (SELECT b FROM u LIMIT 3) ORDER BY a"),
            "-- c\nselect  a FROM (SELECT b FROM u LIMIT 3) ORDER BY a");
  for (const char* select :
       {"", "SELECT", "SELECT a FROM t", "SELECT DISTINCT ON (a) a, b FROM t",
        "SELECT DISTINCT a FROM t LIMIT 3", "SELECT DISTINCT a FROM t UNION ALL SELECT b FROM u",
        "WITH t AS (SELECT 1 AS a) SELECT DISTINCT a FROM t", "SELECT count(DISTINCT a) FROM t"}) {
    EXPECT_EQ(WithoutDistinct(select), std::nullopt) << select;
  }
}

}  // namespace
}  // namespace stedi
