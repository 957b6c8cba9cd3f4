#include "rows/row_tally.h"

#include <fmt/format.h>
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

// Lakes contain such checksums of each type, so they must not change. The expected values were
// computed by another program.
TEST_F(TableChecksumTest, IsTheSameForEver) {
  const struct {
    const char* value;
    const char* checksum;
  } cases[] = {
      {"NULL::VARCHAR", "1:10df043adda00bb9779ad476e588a81c"},
      {"true", "1:3528d237a23f3b74361de5125679dfe6"},
      {"(-7)::SMALLINT", "1:2d4239685213cbbeac2821469a6eba24"},
      {"123456789::INTEGER", "1:2f242f0f1c8a2caca62d8e4a10797ece"},
      {"(-9007199254740993)::BIGINT", "1:e5b0a1704f458ff363dc24fab30f6505"},
      {"170141183460469231731687303715884105727::HUGEINT", "1:f634b693f8256a93297895ac3133f0e4"},
      {"(-1)::HUGEINT", "1:fef6924e2915b5936e7d348a3daa7882"},
      {"DATE '2024-02-29'", "1:0c87a754657ff49d880fc19954be9ec0"},
      {"TIMESTAMP '2024-02-29 12:34:56.789012'", "1:95cf13e9bad676ab18954233129f0dd0"},
      {"TIMESTAMPTZ '2024-02-29 12:34:56.789012+00'", "1:95cf13e9bad676ab18954233129f0dd0"},
      {"0.1::DOUBLE", "1:b17e23e2bc111d123099e982ca697c8d"},
      {"'-0.0'::DOUBLE", "1:f564865818921cec1a3e576fb7d89a90"},
      {"'NaN'::DOUBLE", "1:ce4f835a6545dfdc34ce829cf6a15375"},
      {"0.1::FLOAT", "1:2fd0776229612ad5b9642a4c51686578"},
      {"(-1.5)::FLOAT", "1:076b84759c51688e15cd48bb6a0f9ca3"},
      {"(-1.25)::DECIMAL(4, 2)", "1:2d21bdf604b1c16cacff9461963a8735"},
      {"1234567.89::DECIMAL(9, 2)", "1:2f242f0f1c8a2caca62d8e4a10797ece"},
      {"(-1234567890123.456)::DECIMAL(18, 3)", "1:4245b5b3b950eaac9146c37587133704"},
      {"(-12345678901234567890)::DECIMAL(38, 0)", "1:d7a1fbd940649567d15e34da171c70c6"},
      {"''", "1:f564865818921cec1a3e576fb7d89a90"},
      {"'Zo\xC3\xAB@example.com'", "1:c25cdb8d35eb18c844c4bc57e9786e2f"},
      {"'a text of more than twelve bytes'", "1:0f73aad58eb8a6492f96cdcf434a9fd3"},
      {"unhex('00ff')", "1:fe3fc2d77830e8ee85dabddf419cbddf"},
  };
  for (const auto& [value, checksum] : cases) {
    const std::string select = fmt::format("SELECT {} AS a", value);
    EXPECT_EQ(ToString(ChecksumOf(connection_, select, {"a"})), checksum) << value;
  }
  EXPECT_EQ(ToString(Of("(1, 'x'), (2, NULL), (2, NULL)")), "3:8a4a23ec5fa990ae6b2a92241d84c013");
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
