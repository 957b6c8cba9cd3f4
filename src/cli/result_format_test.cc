#include "cli/result_format.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

using Rows = std::vector<std::vector<std::optional<std::string>>>;

struct Case {
  const char* name;
  std::vector<std::string> columns, types;
  Rows rows;
  const char *table, *csv, *json;
};

std::string Format(const Case& test, ResultFormat format) {
  size_t next = 0;  // one row at a time: batches must not show
  QueryResult result{test.columns, test.types,
                     [&] { return next < test.rows.size() ? Rows{test.rows[next++]} : Rows{}; }};
  std::string text;
  FormatResult(result, format, [&](std::string_view piece) { text += piece; });
  return text;
}

class ResultFormatTest : public testing::TestWithParam<Case> {};

TEST_P(ResultFormatTest, SaysTheSameInEachFormat) {
  EXPECT_EQ(Format(GetParam(), ResultFormat::kTable), GetParam().table);
  EXPECT_EQ(Format(GetParam(), ResultFormat::kCsv), GetParam().csv);
  EXPECT_EQ(Format(GetParam(), ResultFormat::kJson), GetParam().json);
}

INSTANTIATE_TEST_SUITE_P(
    Cli, ResultFormatTest,
    testing::Values(Case{"Types",
                         {"name", "rows", "x", "yes"},
                         {"VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN"},
                         {{"a", "12", "1.5", "true"}, {std::nullopt, "-1", "nan", std::nullopt}},
                         "name  rows    x  yes\n----  ----  ---  ----\na       12  1.5  true\n"
                         "NULL    -1  nan  NULL\n(2 rows)\n",
                         "name,rows,x,yes\na,12,1.5,true\n,-1,nan,\n",
                         "[\n{\"name\":\"a\",\"rows\":12,\"x\":1.5,\"yes\":true},\n"
                         "{\"name\":null,\"rows\":-1,\"x\":\"nan\",\"yes\":null}\n]\n"},
                    Case{"Empty", {"a"}, {"VARCHAR"}, {}, "a\n-\n(0 rows)\n", "a\n", "[]\n"},
                    Case{"Quoting",
                         {"a,b"},
                         {"VARCHAR"},
                         {{"say \"x\"\n"}, {""}},
                         "a,b\n---------\nsay \"x\"\\n\n\n(2 rows)\n",
                         "\"a,b\"\n\"say \"\"x\"\"\n\"\n\"\"\n",
                         "[\n{\"a,b\":\"say \\\"x\\\"\\n\"},\n{\"a,b\":\"\"}\n]\n"},
                    Case{"Numbers",
                         {"d", "e"},
                         {"DECIMAL(4,1)", "DOUBLE"},
                         {{"10.5", "1e+20"}, {"-0.5", "-inf"}},
                         "   d      e\n----  -----\n10.5  1e+20\n-0.5   -inf\n(2 rows)\n",
                         "d,e\n10.5,1e+20\n-0.5,-inf\n",
                         "[\n{\"d\":10.5,\"e\":1e+20},\n{\"d\":-0.5,\"e\":\"-inf\"}\n]\n"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace stedi
