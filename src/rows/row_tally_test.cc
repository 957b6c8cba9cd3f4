#include "rows/row_tally.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

class TableChecksumTest : public testing::Test {
 protected:
  TableChecksum Of(const std::string& rows) {
    return ChecksumOf(connection_, "SELECT a, b FROM (VALUES " + rows + ") AS v(a, b)", {"a", "b"});
  }

  Database database_{DatabaseOptions{1, 0, {}, true}};
  Connection connection_{database_};
};

TEST_F(TableChecksumTest, IsThatOfTheRowsInAnyOrder) {
  EXPECT_EQ(Of("(1, 'x'), (2, NULL)"), Of("(2, NULL), (1, 'x')"));
  EXPECT_NE(Of("(1, 'x'), (2, NULL)"), Of("(1, NULL), (2, 'x')"));
  EXPECT_NE(Of("(1, 'x')"), Of("(1, 'x'), (1, 'x')"));
}

TEST_F(TableChecksumTest, IsASum) {
  TableChecksum sum = Of("(1, 'x'), (2, 'y')");
  sum += Of("(3, 'z'), (3, 'z')");
  sum -= Of("(2, 'y'), (3, 'z')");
  EXPECT_EQ(sum, Of("(1, 'x'), (3, 'z')"));
  sum -= Of("(1, 'x'), (3, 'z')");
  EXPECT_EQ(sum, TableChecksum{});
}

TEST(FirstOfChecksumTest, IsTheFileOfALandingTable) {
  const std::vector<std::string> landing = {"a", "_rescued", "_source_file", "_offset"};
  EXPECT_EQ(FirstOfChecksum(landing), 2U);
  const std::vector<std::string> derived = {"a", "_source_file", "_offset"};
  EXPECT_EQ(FirstOfChecksum(derived), 0U);
}

TEST_F(TableChecksumTest, IsReadFromItsText) {
  for (const char* rows : {"(1, 'x')", "(2, NULL), (2, 'a'), (5, 'b')"}) {
    const TableChecksum checksum = Of(rows);
    EXPECT_EQ(ParseTableChecksum(ToString(checksum)), checksum);
  }
  for (const char* text :
       {"", "1", "1:", "x:0123456789abcdef0123456789abcdef", "1:0123456789abcdef0123456789abcde",
        "1:0123456789ABCDEF0123456789abcdef", "1:0123456789abcdef0123456789abcdef0",
        "1 0123456789abcdef0123456789abcdef"}) {
    EXPECT_EQ(ParseTableChecksum(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace stedi
