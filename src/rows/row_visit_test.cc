#include "rows/row_visit.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace stedi {
namespace {

class RowVisitTest : public testing::Test {
 protected:
  Database database_{DatabaseOptions{1, 0, {}, true}};
  Connection connection_{database_};
};

TEST_F(RowVisitTest, SeesEachRowWithItsNulls) {
  std::set<std::string> rows;
  VisitRows(connection_,
            "SELECT n::BIGINT AS n, text FROM (VALUES (1, 'short'), (2, NULL), (3, 'a text of more "
            "than twelve')) "
            "AS t(n, text)",
            {"n", "text"}, [&](const VisitedRow& row) {
              rows.insert(fmt::format("{} {}", row.Integer(0), row.Text(1).value_or("NULL")));
            });
  EXPECT_EQ(rows, (std::set<std::string>{"1 short", "2 NULL", "3 a text of more than twelve"}));
}

TEST_F(RowVisitTest, SeesBytes) {
  std::string bytes;
  VisitRows(connection_, "SELECT unhex('00ff00') AS b", {"b"},
            [&](const VisitedRow& row) { bytes = row.Text(0).value(); });
  EXPECT_EQ(bytes, std::string("\0\xff\0", 3));
}

TEST_F(RowVisitTest, SeesMoreRowsThanAChunkHas) {
  int64_t sum = 0;
  VisitRows(connection_, "SELECT range AS n FROM range(10000)", {"n"},
            [&](const VisitedRow& row) { sum += row.Integer(0); });
  EXPECT_EQ(sum, 10000 * 9999 / 2);
}

TEST_F(RowVisitTest, ThrowsWhatAVisitThrows) {
  const auto visit = [&](const VisitedRow& row) {
    if (row.Integer(0) == 7) throw std::out_of_range("the seventh");
  };
  EXPECT_THROW(VisitRows(connection_, "SELECT range AS n FROM range(100)", {"n"}, visit),
               std::out_of_range);
  EXPECT_THROW(VisitRows(connection_, "SELECT 'x'::INTEGER::BIGINT AS n", {"n"}, visit), SqlError);
}

}  // namespace
}  // namespace stedi
