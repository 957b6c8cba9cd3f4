#include "rows/data_writer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

#include "iceberg/identifiers.h"

namespace stedi {
namespace {

using Kind = IcebergType::Kind;

// Three row groups, of 122,880 rows each but the last.
constexpr int kRows = 300'000;

// All types of database/column_types.cc.
Schema AllTypes() {
  return {0,
          {{1, "s", {Kind::kString}},
           {2, "n", {Kind::kLong}},
           {3, "k", {Kind::kInt}},
           {4, "x", {Kind::kDouble}},
           {5, "y", {Kind::kFloat}},
           {6, "b", {Kind::kBoolean}},
           {7, "day", {Kind::kDate}},
           {8, "moment", {Kind::kTimestamptz}},
           {9, "local", {Kind::kTimestamp}},
           {10, "d4", {Kind::kDecimal, 4, 2}},
           {11, "d9", {Kind::kDecimal, 9, 0}},
           {12, "d18", {Kind::kDecimal, 18, 3}},
           {13, "d19", {Kind::kDecimal, 19, 2}},
           {14, "d38", {Kind::kDecimal, 38, 10}},
           {15, "bytes", {Kind::kBinary}}}};
}

// A SELECT list over the row number i. The columns have NULLs, special values of their types, and
// ordinary values.
constexpr const char* kAllColumns = R"(
  CASE WHEN i % 11 = 0 THEN NULL WHEN i % 11 = 1 THEN '' WHEN i % 11 = 2 THEN 'of ''few'' "'
       WHEN i % 5003 = 0 THEN repeat('long é', 999) || i ELSE 'text ' || (i * 7919) END AS s,
  CASE WHEN i % 13 = 0 THEN NULL WHEN i = 70 THEN -9223372036854775808
       WHEN i = 71 THEN 9223372036854775807 ELSE hash(i // 2)::HUGEINT - 9223372036854775808
       END AS n,
  CASE WHEN i = 80 THEN -2147483648 WHEN i = 81 THEN 2147483647 WHEN i % 2 = 0 THEN i // 3
       ELSE i % 5 END AS k,
  CASE i % 17 WHEN 0 THEN NULL WHEN 1 THEN 'nan'::DOUBLE WHEN 2 THEN -0.0::DOUBLE
       WHEN 3 THEN 0.0 WHEN 4 THEN 'inf'::DOUBLE WHEN 5 THEN '-inf'::DOUBLE
       ELSE (i - 1000) / 7 END AS x,
  CASE i % 19 WHEN 0 THEN NULL WHEN 1 THEN 'nan'::FLOAT WHEN 2 THEN -0.0::FLOAT WHEN 3 THEN 0.0
       WHEN 4 THEN 'inf'::FLOAT WHEN 5 THEN '-inf'::FLOAT ELSE i % 100 / 7 END AS y,
  CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN i % 2 = 0 ELSE i % 10 = 0 END AS b,
  CASE WHEN i % 23 = 0 THEN NULL WHEN i = 90 THEN DATE '0001-01-01'
       WHEN i = 91 THEN DATE '9999-12-31' WHEN i = 93 THEN 'infinity'::DATE
       ELSE DATE '1970-01-01' + (i - 200000)::INTEGER END AS day,
  CASE WHEN i % 29 = 0 THEN NULL WHEN i = 101 THEN 'infinity'::TIMESTAMPTZ
       WHEN i = 102 THEN '-infinity'::TIMESTAMPTZ
       ELSE make_timestamptz((i - 200000) * 86399999999) END AS moment,
  CASE WHEN i % 31 = 0 THEN NULL WHEN i = 110 THEN TIMESTAMP '0001-01-01 00:00:00.000001'
       ELSE make_timestamp(i * 1000001) END AS local,
  CASE WHEN i % 37 = 0 THEN NULL ELSE (i % 19999 - 9999) / 100 END::DECIMAL(4,2) AS d4,
  CASE WHEN i = 120 THEN -999999999 WHEN i = 121 THEN 999999999 ELSE -i END::DECIMAL(9,0) AS d9,
  CASE WHEN i = 130 THEN -999999999999999.999 WHEN i = 131 THEN 999999999999999.999
       ELSE (i - 200000)::DECIMAL(15,3) * 0.001 END::DECIMAL(18,3) AS d18,
  CASE WHEN i % 41 = 0 THEN NULL WHEN i = 140 THEN -99999999999999999.99
       WHEN i = 142 THEN 99999999999999999.99 ELSE (i - 200000)::DECIMAL(15,2) * 0.25
       END::DECIMAL(19,2) AS d19,
  CASE WHEN i = 150 THEN '-9999999999999999999999999999.9999999999'
       WHEN i = 151 THEN '9999999999999999999999999999.9999999999'
       ELSE ((i - 200000) % 50) || '.0000000001' END::DECIMAL(38,10) AS d38,
  CASE i % 43 WHEN 0 THEN NULL WHEN 1 THEN ''::BLOB WHEN 2 THEN '\x00\xFF\x80'::BLOB
       ELSE ('b' || i)::BLOB END AS bytes)";

std::string Rows(const std::string& columns, int rows) {
  return fmt::format("SELECT {} FROM range({}) AS v(i)", columns, rows);
}

template <class Value>
std::string BytesOf(Value value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

class DataWriterTest : public testing::Test {
 protected:
  DataWriterTest()
      : folder_(std::filesystem::temp_directory_path() /
                fmt::format("stedi data_writer_test it's {}",
                            testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(spill_);
  }
  ~DataWriterTest() override {
    std::filesystem::remove_all(folder_);
    std::filesystem::remove_all(spill_);
  }

  std::vector<DataFile> Write(const std::string& select, const Schema& schema,
                              const std::set<std::string>& without_bounds = {},
                              RowTally* tally = nullptr) {
    return WriteDataFiles(connection_, storage_, select,
                          {schema, folder_, without_bounds, NewUuidV7()}, tally);
  }

  // A table function over all files of the folder.
  std::string Read() const {
    return fmt::format("read_parquet({})", QuoteLiteral((folder_ / "*.parquet").string()));
  }

  size_t FilesInFolder() const {
    size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      files += entry.path().empty() ? 0 : 1;
    }
    return files;
  }

  std::filesystem::path folder_;
  std::filesystem::path spill_ = folder_.string() + ".spill";
  Database database_{DatabaseOptions{2, 0, {}, true}};
  Connection connection_{database_};
  Storage storage_{database_};
};

TEST_F(DataWriterTest, AllTypesComeBack) {
  connection_.Execute(
      "CREATE TABLE wanted (s VARCHAR, n BIGINT, k INTEGER, x DOUBLE, y FLOAT, "
      "b BOOLEAN, day DATE, moment TIMESTAMPTZ, local TIMESTAMP, d4 DECIMAL(4,2), "
      "d9 DECIMAL(9,0), d18 DECIMAL(18,3), d19 DECIMAL(19,2), d38 DECIMAL(38,10), "
      "bytes BLOB)");
  connection_.Execute("INSERT INTO wanted " + Rows(kAllColumns, kRows));
  const std::vector<DataFile> files = Write("FROM wanted", AllTypes());
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].record_count, kRows);
  EXPECT_EQ(files[0].file_size_bytes,
            static_cast<int64_t>(std::filesystem::file_size(files[0].path)));
  EXPECT_EQ(std::filesystem::status(files[0].path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  // As texts -0.0 and 0.0 differ. No two rows have the same d9.
  const std::string compared = "SELECT * REPLACE (x::VARCHAR AS x, y::VARCHAR AS y) FROM ";
  EXPECT_EQ(connection_.Integer("SELECT count(*) FROM " + Read()), kRows);
  EXPECT_EQ(connection_.Integer(fmt::format(
                "SELECT count(*) FROM ({}) AS w JOIN ({}) AS r ON w.d9 = r.d9 WHERE w IS NOT "
                "DISTINCT FROM r",
                compared + "wanted", compared + Read())),
            kRows);
  const auto types_of = [&](const std::string& table) {
    return connection_
        .Query(fmt::format("SELECT column_name, column_type FROM (DESCRIBE FROM {})", table))
        .Rows();
  };
  EXPECT_EQ(types_of(Read()), types_of("wanted"));
  std::vector<TextRow> ids;
  const Schema schema = AllTypes();
  for (const Field& field : schema.fields) {
    ids.push_back({field.name, fmt::format("{}", field.id)});
  }
  EXPECT_EQ(connection_
                .Query(fmt::format("SELECT name, field_id::BIGINT FROM parquet_schema({}) WHERE "
                                   "name <> 'table'",
                                   QuoteLiteral(files[0].path)))
                .Rows(),
            ids);
}

TEST_F(DataWriterTest, RowGroupsAreInOrder) {
  struct Case {
    const char* name;
    std::string select;
    int threads;
    bool is_distinct = false;
  };
  const std::string texts = "repeat(md5(i::VARCHAR), 25) AS s";  // text bytes fill the row groups
  const std::string shuffled = "hash(i // 2) // 2 AS n, ";
  const Case cases[] = {
      {"two threads", Rows(shuffled + "'' AS s", kRows) + " ORDER BY n", 2},
      {"rows dropped", Rows(shuffled + "'' AS s", kRows) + " ORDER BY n", 1, true},
      {"rows dropped, two threads", Rows(shuffled + "'' AS s", kRows) + " ORDER BY n", 2, true},
      {"long texts", Rows(shuffled + texts, kRows / 2) + " ORDER BY n", 1},
      {"long texts, two threads", Rows(shuffled + texts, kRows / 2) + " ORDER BY n", 2},
  };
  const Schema schema{0, {{1, "n", {Kind::kLong}}, {2, "s", {Kind::kString}}}};
  for (const Case& row : cases) {
    std::filesystem::remove_all(folder_);
    connection_.Execute(fmt::format("SET threads = {}", row.threads));
    RowTally tally(uint64_t{1} << 30, RowTally::Rerun::kImpossible, spill_);
    const std::vector<DataFile> files =
        Write(row.select, schema, {}, row.is_distinct ? &tally : nullptr);
    ASSERT_EQ(files.size(), 1U) << row.name;
    const std::string file = QuoteLiteral(files[0].path);
    EXPECT_GT(connection_.Integer(fmt::format(
                  "SELECT count(DISTINCT row_group_id) FROM parquet_metadata({})", file)),
              1)
        << row.name;
    // Rows are in order throughout where one thread fills all row groups, else within each of them.
    EXPECT_EQ(
        connection_.Integer(fmt::format(
            "WITH firsts AS (SELECT sum(row_group_num_rows) OVER (ORDER BY row_group_id) AS place "
            "FROM parquet_metadata({0}) WHERE path_in_schema = 'n'), numbered AS (SELECT n, "
            "file_row_number AS place, lag(n) OVER (ORDER BY file_row_number) AS last FROM "
            "read_parquet({0}, file_row_number => true)) SELECT count(*) FROM numbered WHERE n < "
            "last AND ({1} = 1 OR place NOT IN (SELECT place FROM firsts))",
            file, row.threads)),
        0)
        << row.name;
  }
}

TEST_F(DataWriterTest, StatisticsOfTheFile) {
  const Schema schema{7,
                      {{3, "s", {Kind::kString}},
                       {4, "n", {Kind::kInt}},
                       {5, "x", {Kind::kDouble}},
                       {6, "d", {Kind::kDecimal, 38, 1}},
                       {8, "none", {Kind::kDate}},
                       {9, "secret", {Kind::kString}},
                       {10, "secret_n", {Kind::kLong}}}};
  const std::vector<DataFile> files = Write(
      "SELECT * FROM (VALUES ('b', 2, 'nan'::DOUBLE, -12.5, NULL, 'who', 1), "
      "('a quite long text', NULL, 0.0, 0.0, NULL, NULL, 2), (NULL, -1, -1.0, 1.5, NULL, 'she', "
      "NULL)) AS v(s, n, x, d, none, secret, secret_n)",
      schema, {"secret", "secret_n"});
  ASSERT_EQ(files.size(), 1U);
  const DataFile& file = files[0];
  using Counts = std::map<int32_t, int64_t>;
  using Bounds = std::map<int32_t, std::string>;
  EXPECT_EQ(file.record_count, 3);
  EXPECT_EQ(file.schema_id, 7);
  EXPECT_EQ(file.value_counts, (Counts{{3, 3}, {4, 3}, {5, 3}, {6, 3}, {8, 3}, {9, 3}, {10, 3}}));
  EXPECT_EQ(file.null_value_counts,
            (Counts{{3, 1}, {4, 1}, {5, 0}, {6, 0}, {8, 3}, {9, 1}, {10, 1}}));
  EXPECT_EQ(
      file.lower_bounds,
      (Bounds{
          {3, "a quite long tex"}, {4, BytesOf(int32_t{-1})}, {5, BytesOf(-1.0)}, {6, "\x83"}}));
  EXPECT_EQ(file.upper_bounds,
            (Bounds{{3, "b"}, {4, BytesOf(int32_t{2})}, {5, BytesOf(0.0)}, {6, "\x0f"}}));
  // The file itself has no bounds of personal data, nor of a column with NaN.
  const std::vector<TextRow> expected = {
      {"s", "a quite long text", "b", "1"},          {"n", "-1", "2", "1"},
      {"x", std::nullopt, std::nullopt, "0"},        {"d", "-12.5", "1.5", "0"},
      {"none", std::nullopt, std::nullopt, "3"},     {"secret", std::nullopt, std::nullopt, "1"},
      {"secret_n", std::nullopt, std::nullopt, "1"},
  };
  const std::string metadata = fmt::format("FROM parquet_metadata({})", QuoteLiteral(file.path));
  EXPECT_EQ(connection_
                .Query("SELECT path_in_schema, stats_min_value, stats_max_value, "
                       "stats_null_count::BIGINT " +
                       metadata)
                .Rows(),
            expected);
  int64_t column_bytes = 0;
  for (const auto& [id, bytes] : file.column_sizes) column_bytes += bytes;
  EXPECT_EQ(connection_.Integer("SELECT sum(total_compressed_size)::BIGINT " + metadata),
            column_bytes);
}

TEST_F(DataWriterTest, SmallShapesComeBack) {
  struct Case {
    const char* name;
    Schema schema;
    std::string select;
    std::vector<TextRow> rows;
  };
  const Case cases[] = {
      {"names with quotes",
       {0, {{1, "we\"ird 'name'", {Kind::kInt}}, {2, "Aé;--", {Kind::kString}}}},
       "SELECT 1 AS \"we\"\"ird 'name'\", 'x' AS \"Aé;--\"",
       {{"1", "x"}}},
      {"constants only",
       {0, {{1, "n", {Kind::kInt}}, {2, "s", {Kind::kString}}}},
       "SELECT NULL AS n, 'always' AS s FROM range(3)",
       {{std::nullopt, "always"}, {std::nullopt, "always"}, {std::nullopt, "always"}}},
      {"columns in another order, and more of them",
       {0, {{1, "n", {Kind::kInt}}, {2, "s", {Kind::kString}}}},
       "SELECT 'b' AS s, 5 AS more, 7 AS n -- a comment at the end",
       {{"7", "b"}}},
  };
  for (const Case& row : cases) {
    std::filesystem::remove_all(folder_);
    const std::vector<DataFile> files = Write(row.select, row.schema);
    ASSERT_EQ(files.size(), 1U) << row.name;
    EXPECT_EQ(connection_.Query("FROM " + Read()).Rows(), row.rows) << row.name;
    EXPECT_EQ(files[0].record_count, static_cast<int64_t>(row.rows.size())) << row.name;
  }
}

TEST_F(DataWriterTest, CompressesWhatShrinks) {
  const Schema schema{0,
                      {{1, "random_index", {Kind::kDouble}},
                       {2, "random_number", {Kind::kLong}},
                       {3, "long_dictionary", {Kind::kString}},
                       {4, "even", {Kind::kDouble}}}};
  const std::string rows = Rows(
      "(hash(i) % 401 / 100)::DOUBLE AS random_index, (hash(i) >> 1)::BIGINT AS random_number, "
      "'the same words, and ' || md5((hash(i) % 40000)::VARCHAR) AS long_dictionary, "
      "(i // 1000)::DOUBLE AS even",
      kRows);
  Write(rows, schema);
  const std::vector<TextRow> codecs =
      connection_
          .Query(fmt::format("SELECT path_in_schema, string_agg(DISTINCT compression) FROM "
                             "parquet_metadata({}) WHERE row_group_num_rows = 122880 GROUP BY 1 "
                             "ORDER BY min(column_id)",
                             QuoteLiteral((folder_ / "*.parquet").string())))
          .Rows();
  EXPECT_EQ(codecs, (std::vector<TextRow>{{"random_index", "UNCOMPRESSED"},
                                          {"random_number", "UNCOMPRESSED"},
                                          {"long_dictionary", "ZSTD"},
                                          {"even", "ZSTD"}}));
  EXPECT_EQ(connection_.Integer(
                fmt::format("SELECT count(*) FROM (FROM {} EXCEPT ALL ({}))", Read(), rows)),
            0);
  EXPECT_EQ(connection_.Integer("SELECT count(*) FROM " + Read()), kRows);
}

TEST_F(DataWriterTest, WithoutRowsThereIsNoFile) {
  const Schema schema{0, {{1, "n", {Kind::kInt}}}};
  EXPECT_TRUE(Write("SELECT 1 AS n WHERE false", schema).empty());
  EXPECT_EQ(FilesInFolder(), 0U);
}

TEST_F(DataWriterTest, AFailureLeavesNoFile) {
  struct Case {
    const char* name;
    std::string column;
    uint64_t distinct_bytes_max;
    ErrorCode code;
  };
  const Case cases[] = {
      {"an error of the SELECT in a late row",
       fmt::format("CASE WHEN i = {} THEN error('late') ELSE i END AS n", kRows - 10), 1 << 30,
       ErrorCode::kInvalid},
      {"a value that the schema's type does not take",
       fmt::format("CASE WHEN i = {} THEN 3000000000 ELSE i END AS n", kRows - 10), 1 << 30,
       ErrorCode::kInvalid},
      {"no memory for the set of distinct rows", "i AS n", 3 << 20, ErrorCode::kUnavailable},
  };
  const Schema schema{0, {{1, "n", {Kind::kInt}}}};
  for (const Case& row : cases) {
    RowTally tally(row.distinct_bytes_max, RowTally::Rerun::kImpossible, spill_);
    try {
      Write(Rows(row.column, kRows), schema, {}, &tally);
      ADD_FAILURE() << row.name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), row.code) << row.name << ": " << error.what();
    }
    EXPECT_EQ(FilesInFolder(), 0U) << row.name;
  }
}

TEST_F(DataWriterTest, DroppedRowsAreNotWritten) {
  RowTally tally(uint64_t{1} << 30, RowTally::Rerun::kImpossible, spill_);
  const std::vector<DataFile> files =
      Write(Rows("i % 1000 AS n", kRows), {0, {{1, "n", {Kind::kInt}}}}, {}, &tally);
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].record_count, 1'000);
  EXPECT_EQ(tally.checksum(), ChecksumOf(connection_, "FROM " + Read(), {"n"}));
}

TEST_F(DataWriterTest, RowsThatHadToWaitAreWrittenByALaterPass) {
  // Less than a set of kRows rows takes.
  RowTally tally(3 << 20, RowTally::Rerun::kPossible, spill_);
  const std::string rows = Rows("i % 250000 AS n", kRows) + " UNION ALL FROM range(1000)";
  int64_t written = 0;
  int passes = 0;
  do {
    for (const DataFile& file : Write(rows, {0, {{1, "n", {Kind::kInt}}}}, {}, &tally)) {
      written += file.record_count;
    }
    ++passes;
  } while (tally.NextPass());
  EXPECT_GT(passes, 1);
  EXPECT_EQ(written, 250'000);
  EXPECT_EQ(connection_.Integer("SELECT count(DISTINCT n) FROM " + Read()), 250'000);
  EXPECT_EQ(tally.checksum(), ChecksumOf(connection_, "FROM " + Read(), {"n"}));
}

}  // namespace
}  // namespace stedi
