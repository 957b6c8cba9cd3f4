#include "pipeline/portable_tokens.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(FindUnportableTokens, FindsWhatSpellingTells) {
  // The SQL, and the offset and first words of each finding.
  const std::pair<std::string, std::string> cases[] = {
      {"SELECT a.b, 'x' || c, 1.5, 1e3, count(*) FROM t WHERE a <> 1 AND b >= -2 % 3", ""},
      {"SELECT cast(a AS BIGINT), try_cast(b AS DECIMAL(10, 2)), cast(c || d AS STRING)", ""},
      {"SELECT date '2020-01-01', interval '3' day, extract(year FROM d)", ""},
      {"SELECT \"a\"", "7 \"name\""},
      {"SELECT `a`", "7 `name`"},
      {"SELECT 'it''s'", "7 'a''b'"},
      {"SELECT 'a\\d'", "7 'a\\b'"},
      {"SELECT 'a' 'b'", "11 'a' 'b'"},
      {"SELECT e'a'", "7 e'..'"},
      {"SELECT R'a'", "7 e'..'"},
      {"SELECT 1L, 1_000, 0x1F", "7 1L|11 1L|18 1L"},
      {"SELECT a::INT", "8 ::"},
      {"SELECT a == b", "9 =="},
      {"SELECT a <=> b", "9 <=>"},
      {"SELECT a // b", "9 //"},
      {"SELECT a ** b", "9 **"},
      {"SELECT a ^ b", "9 ^"},
      {"SELECT a ~ b", "9 ~"},
      {"SELECT a[1]", "8 [|10 ]"},
      {"SELECT {'a': 1}", "7 {|11 :|14 }"},
      {"SELECT $1, ?", "7 $|11 ?"},
      {"SELECT #1", "7 #"},
      {"SELECT a, FROM t", "8 trailing comma"},
      {"SELECT f(a,)", "10 trailing comma"},
      {"SELECT x FROM (FROM t)", "15 FROM first"},
      {"WITH a AS MATERIALIZED (SELECT 1) SELECT 1", "10 AS MATERIALIZED"},
      {"SELECT cast(a AS VARCHAR)", "17 the type VARCHAR"},
      {"SELECT cast(a AS DECIMAL)", "17 DECIMAL without (p,s)"},
      {"SELECT cast(a AS TIMESTAMP_NTZ)", "17 TIMESTAMP_NTZ"},
      {"SELECT cast(cast(a AS HUGEINT) AS INT)", "22 the type HUGEINT"},
      {"SELECT cast(a AS", ""},  // does not parse: DuckDB reports it
      {"SELECT \x01", "7 the byte 0x01"},
      {"SELECT 'a", "7 this text has no"},
  };
  for (const auto& [sql, expected] : cases) {
    std::string found;
    for (const UnportableToken& token : FindUnportableTokens(sql)) {
      const size_t end = std::min(token.message.find(" is not"), token.message.find(" closing"));
      found += fmt::format("{}{} {}", found.empty() ? "" : "|", token.offset,
                           token.message.substr(0, end));
    }
    EXPECT_EQ(found, expected) << sql;
  }
}

}  // namespace
}  // namespace stedi
