#include "pipeline/parameter_value.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(ValueMistake, TakesOneFormOfEachValue) {
  struct Case {
    const char* type;
    std::vector<std::string> good;
    std::vector<std::string> bad;
  };
  const Case cases[] = {
      {"INT",
       {"0", "120", "-1", "2147483647", "-2147483648"},
       {"", " 120", "120 ", "1.5", "1e3", "+5", "007", "-0", "2147483648", "yes", "12a", "0x1"}},
      {"BIGINT", {"9223372036854775807"}, {"9223372036854775808", "1L", "1_000"}},
      {"BOOLEAN", {"true", "false", "TRUE", "False"}, {"yes", "1", "0", "t", "on", "", " true"}},
      {"DATE",
       {"2026-02-28", "2024-02-29", "0001-01-01", "9999-12-31"},
       {"2026-2-3", "2026-02-30", "2026-02-29", "2026-13-01", "2026-00-01", "0000-01-01",
        "2026-02-03x", " 2026-02-03", "20260203", "2026/02/03", "today", "epoch", ""}},
      {"TIMESTAMP",
       {"2026-02-28", "2026-02-28 23:59:59", "2026-02-28 00:00:00.000001"},
       {"2026-02-28T00:00:00", "2026-02-28 24:00:00", "2026-02-28 1:00:00", "2026-02-28 00:00",
        "2026-02-28 00:00:00Z", "2026-02-28 00:00:00.", "now"}},
      {"DOUBLE",
       {"0", "-1.5", "1e3", "2.5E-3", "007"},
       {"nan", "inf", "Infinity", "1d", ".5", "1.", "1e", "1e999", "", " 1", "1,5"}},
      {"DECIMAL(5,2)",
       {"0", "0.5", "-999.99", "12"},
       {"1000", "0.125", "1e2", ".5", "00.5", "5.", ""}},
      {"STRING", {"", "anything"}, {}},
  };
  for (const Case& row : cases) {
    const SqlType type = *ParseSqlType(row.type);
    for (const std::string& value : row.good) {
      EXPECT_EQ(ValueMistake(value, type), "") << row.type << " " << value;
    }
    for (const std::string& value : row.bad) {
      EXPECT_NE(ValueMistake(value, type), "") << row.type << " " << value;
    }
  }
  EXPECT_EQ(ValueMistake("abc", *ParseSqlType("INT")), "is not a whole number such as 120 (INT)");
}

TEST(ParameterRange, HoldsNumbersAndDays) {
  const auto ages = ParseParameterRange("max_age", "0 to 200");
  ASSERT_TRUE(ages.has_value());
  EXPECT_EQ(RangeMistake("0", *ages), "");
  EXPECT_EQ(RangeMistake("200", *ages), "");
  EXPECT_EQ(RangeMistake("-1", *ages), "is outside 0 to 200");
  EXPECT_EQ(RangeMistake("201", *ages), "is outside 0 to 200");
  EXPECT_EQ(RangeMistake("1.5", *ages), "is not a whole number such as 120");
  const auto days = ParseParameterRange("as_of", "2000-01-01 to 2100-12-31");
  ASSERT_TRUE(days.has_value());
  EXPECT_EQ(RangeMistake("2026-02-28", *days), "");
  EXPECT_EQ(RangeMistake("1999-12-31", *days), "is outside 2000-01-01 to 2100-12-31");
  EXPECT_EQ(RangeMistake("20", *days), "is not a day such as 2026-02-28");
  for (const char* text : {"", "0", "0..200", "a to b", "200 to 0", "0 to 2026-01-01", "0to 5"}) {
    EXPECT_FALSE(ParseParameterRange("p", text).has_value()) << text;
  }
}

TEST(FindParameterUses, FindsWhatIsCast) {
  struct Case {
    const char* sql;
    const char* uses;
  };
  const Case cases[] = {
      {"SELECT cast('${a.b}' AS INT)", "a.b INT 1:8\n"},
      {"SELECT TRY_CAST ( '${a}' AS DECIMAL(5, 2) )", "a DECIMAL(5,2) or empty 1:8\n"},
      {"SELECT coalesce(cast(nullif('${a}', '') AS DATE), current_date)", "a DATE or empty 1:17\n"},
      {"SELECT\n x, cast((coalesce('${a}', '1')) AS BIGINT)", "a BIGINT 2:5\n"},
      {"SELECT DATE '${a}'", "a DATE 1:8\n"},
      {"'expect.age' = 'b <= cast(''${a}'' AS DATE) AND c < ${d}'", "a DATE 1:16\n"},
      {"SELECT cast('${a}x' AS INT), cast(x AS INT), '${a}', ${a}", ""},
      {"SELECT cast(x || '${a}' AS INT) -- cast('${a}' AS INT)\n", ""},
      {"SELECT cast('${a", ""},
      {"SELECT cast('${a}' AS", ""},
  };
  for (const Case& row : cases) {
    std::string found;
    for (const ParameterUse& use : FindParameterUses("t.sql", row.sql)) {
      found +=
          fmt::format("{} {}{} {}:{}\n", use.name, ToString(use.type),
                      use.may_be_empty ? " or empty" : "", use.position.line, use.position.column);
    }
    EXPECT_EQ(found, row.uses) << row.sql;
  }
}

}  // namespace
}  // namespace stedi
