#include "cli/text_table.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(TextTableTest, AlignsColumnsAndEndsNoLineInSpaces) {
  TextTable table({{"name"}, {"rows", Align::kRight}, {"note"}});
  table.AddRow({"größe", "1,000", ""});
  table.AddRow({"a", "7", "empty"});
  EXPECT_EQ(table.Text(),
            "name    rows  note\n"
            "-----  -----  -----\n"
            "größe  1,000\n"
            "a          7  empty\n");
}

TEST(TextTableTest, ShowsItsHeaderWithoutRows) {
  EXPECT_EQ(TextTable({{"a"}, {"b"}}).Text(), "a  b\n-  -\n");
}

}  // namespace
}  // namespace stedi
