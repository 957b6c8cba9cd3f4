#include "database/temp_table_writer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace stedi {
namespace {

class TempTableWriterTest : public testing::Test {
 protected:
  // Columns of a row between "|", NULL as "-".
  std::vector<std::string> Rows(const std::string& table) {
    std::vector<std::string> lines;
    for (const TextRow& row : connection_.Query("SELECT * FROM " + table).Rows()) {
      std::string line;
      for (const std::optional<std::string>& value : row) line += value.value_or("-") + "|";
      lines.push_back(line);
    }
    return lines;
  }

  Database database_{DatabaseOptions{}};
  Connection connection_{database_};
  const std::array<std::string, 2> columns_ = {"a \"quoted\" name", "select"};
};

TEST_F(TempTableWriterTest, KeepsTextAndNullsOfAnyBytes) {
  TempTableWriter writer(connection_, "new rows", columns_);
  writer.AddText("it's");
  writer.AddNull();
  writer.EndRow();
  writer.AddText("");
  writer.AddText("\xC3\xA9; DROP TABLE x");
  writer.EndRow();
  EXPECT_EQ(Rows(writer.Finish()),
            (std::vector<std::string>{"it's|-|", "|\xC3\xA9; DROP TABLE x|"}));
}

TEST_F(TempTableWriterTest, ReplacesATableOfTheSameName) {
  for (const std::string& value : {"first", "second"}) {
    TempTableWriter writer(connection_, "rows", columns_);
    writer.AddText(value);
    writer.AddText(value);
    writer.EndRow();
    EXPECT_EQ(Rows(writer.Finish()), std::vector<std::string>{fmt::format("{0}|{0}|", value)});
  }
}

TEST_F(TempTableWriterTest, ATableWithoutRowsIsThere) {
  TempTableWriter writer(connection_, "none", columns_);
  EXPECT_EQ(Rows(writer.Finish()), std::vector<std::string>{});
}

}  // namespace
}  // namespace stedi
