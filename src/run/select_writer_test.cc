#include "run/select_writer.h"

#include <fmt/format.h>

#include "lake/run_session_fixture.h"

namespace stedi {
namespace {

class SelectWriterTest : public RunSessionFixture {
 protected:
  SelectWriterTest() {
    connection_.Execute(
        "CREATE TABLE people AS SELECT i % 100 AS n, 'person ' || (i % 100) AS s FROM range(3000) "
        "AS r(i)");
    view_.name = "t";
    view_.path = "transformations/t.sql";
    view_.columns = {{"n", {SqlType::Kind::kBigint}, false, false, "", {}},
                     {"s", {SqlType::Kind::kString}, false, false, "", {}}};
    view_.inputs = {"people"};
    Feed people;
    people.name = "people";
    people.columns = view_.columns;
    project_.feeds.push_back(people);
  }

  WrittenRows Run(const std::string& select) {
    view_.select.text = select;
    return SelectWriter(session_, view_, project_, schema_).WriteView();
  }

  // The rows in the files, as text, in the files' order.
  std::vector<TextRow> RowsOf(const WrittenRows& written) {
    connection_.Execute("SET preserve_insertion_order = true");
    return connection_
        .Query(fmt::format("SELECT n::VARCHAR, s FROM ({})", SelectFiles(schema_, written.files)))
        .Rows();
  }

  TableChecksum ChecksumOfSelect(const std::string& select) {
    return ChecksumOf(connection_, select, {"n", "s"});
  }

  std::string Setting(const std::string& name) {
    return connection_.Scalar(fmt::format("SELECT current_setting('{}')::VARCHAR", name)).value();
  }

  const Schema schema_ = {
      0, {{1, "n", {IcebergType::Kind::kLong}}, {2, "s", {IcebergType::Kind::kString}}}};
  View view_;
  Project project_;
};

TEST_F(SelectWriterTest, WritesTheRowsOfEachKindOfSelect) {
  for (const std::string& select : std::vector<std::string>{
           "SELECT p.n, p.s FROM people AS p", "SELECT DISTINCT p.n, p.s FROM people AS p",
           "SELECT DISTINCT p.n, p.s FROM people AS p WHERE p.n > 1000",
           "SELECT p.n, p.s FROM people AS p ORDER BY p.n DESC",
           "SELECT max(p.n) AS n, p.s FROM people AS p GROUP BY p.s"}) {
    const WrittenRows written = Run(select);
    EXPECT_EQ(written.checksum, ChecksumOfSelect(select)) << select;
    EXPECT_EQ(static_cast<int64_t>(RowsOf(written).size()), written.checksum.rows) << select;
  }
}

TEST_F(SelectWriterTest, DropsRepeatedRows) {
  EXPECT_EQ(Run("SELECT p.n, p.s FROM people AS p").checksum.rows, 3000);
  EXPECT_EQ(Run("SELECT DISTINCT p.n, p.s FROM people AS p").checksum.rows, 100);
  EXPECT_TRUE(Run("SELECT DISTINCT p.n, p.s FROM people AS p WHERE p.n > 1000").files.empty());
}

TEST_F(SelectWriterTest, SortsStringsAsTheirSelectDoes) {
  const std::vector<TextRow> rows =
      RowsOf(Run("SELECT p.n, p.s FROM people AS p WHERE p.n < 3 ORDER BY p.n DESC"));
  ASSERT_EQ(rows.size(), 90U);
  EXPECT_EQ(rows.front(), (TextRow{"2", "person 2"}));
  EXPECT_EQ(rows.back(), (TextRow{"0", "person 0"}));
}

TEST_F(SelectWriterTest, LeavesTheDatabaseAsItWas) {
  const std::string memory = Setting("memory_limit");
  const std::string threads = Setting("threads");
  Run("SELECT DISTINCT p.n, p.s FROM people AS p");
  EXPECT_EQ(Setting("memory_limit"), memory);
  EXPECT_EQ(Setting("threads"), threads);
}

TEST_F(SelectWriterTest, TellsNoValueOfARow) {
  const std::string error =
      ErrorOf([&] { Run("SELECT CAST(p.s AS BIGINT) AS n, p.s FROM people AS p"); });
  EXPECT_TRUE(error.starts_with("transformations/t.sql: table t: a row breaks its SELECT: "))
      << error;
  EXPECT_EQ(error.find("person"), std::string::npos) << error;
}

TEST_F(SelectWriterTest, RemovesFiles) {
  const WrittenRows written = Run("SELECT p.n, p.s FROM people AS p");
  ASSERT_EQ(written.files.size(), 1U);
  EXPECT_TRUE(std::filesystem::exists(written.files[0].path));
  SelectWriter(session_, view_, project_, schema_).Remove(written.files);
  EXPECT_FALSE(std::filesystem::exists(written.files[0].path));
}

}  // namespace
}  // namespace stedi
