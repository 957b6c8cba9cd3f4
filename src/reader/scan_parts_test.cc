#include "reader/scan_parts.h"

#include <gtest/gtest.h>

#include "files/memory_file.h"
#include "landing/rejected_values.h"
#include "reader/reader_transcript.h"
#include "reader/row_batch.h"

namespace stedi {
namespace {

Contract TestContract() {
  return {{{"name", ColumnType::kString},
           {"big", ColumnType::kBigint},
           {"small", ColumnType::kInt},
           {"x", ColumnType::kDouble},
           {"ok", ColumnType::kBoolean}},
          false,
          {0, 1, 2, 3, 4}};
}

class ScanPartsTest : public testing::Test {
 protected:
  ScanPartsTest()
      : file_(""),
        scan_(TestContract(), {file_.Listed(), file_.Listed()}, {}),
        names_(FileNames(scan_.files())),
        path_(std::filesystem::temp_directory_path() / fmt::format("stedi-parts-{}", ::getpid())) {}
  ~ScanPartsTest() override { std::filesystem::remove(path_); }

  void Write(const RejectionBuffer& rejections) { RejectionSpool(path_).Append(1, rejections); }

  MemoryFile file_;
  LandingScan scan_;
  std::shared_ptr<const ArrowColumn> names_;
  std::filesystem::path path_;
};

TEST_F(ScanPartsTest, RejectionsComeInBatches) {
  RejectionBuffer rejections;
  for (size_t i = 0; i < kPartBatchRows + 1; ++i) {
    rejections.Add({i, 2, i + 1, RejectReason::kTypeMismatch, {FoundKind::kText, 1}}, "ab");
  }
  Write(rejections);
  RejectionSpoolReader spool(path_);
  ArrowSchema schema = {};
  ExportSchema(RejectionFields(), schema);
  std::vector<ReaderRow> rows;
  std::vector<int64_t> lengths;
  ArrowArray batch = {};
  while (ExportRejections(scan_, names_, spool, batch)) {
    lengths.push_back(batch.length);
    AppendReaderRows(schema, batch, rows);
    batch.release(&batch);
  }
  schema.release(&schema);
  EXPECT_EQ(lengths, std::vector<int64_t>({kPartBatchRows, 1}));
  EXPECT_EQ(rows[7], ReaderRow({{"file", "file"},
                                {"byte_offset", "7"},
                                {"byte_length", "2"},
                                {"fault_offset", "8"},
                                {"reason", "type_mismatch"},
                                {"column_name", "big"},
                                {"found", rows[7]["found"]},
                                {"wanted", "BIGINT"},
                                {"raw", "ab"},
                                {"is_one_record", "true"}}));
}

TEST_F(ScanPartsTest, RejectedRowsHaveTheTypesOfTheirColumns) {
  RejectionBuffer rejected;
  rejected.Add({5, 2, 6, RejectReason::kMalformed},
               EncodeRejectedRow({"ann", "-9223372036854775808", "-7", "1e-07", "true"}));
  rejected.Add({9, 2, 6, RejectReason::kMalformed},
               EncodeRejectedRow({std::nullopt, "1", std::nullopt, std::nullopt, "false"}));
  Write(rejected);
  RejectionSpoolReader spool(path_);
  ArrowSchema schema = {};
  ArrowArray batch = {};
  ExportSchema(RejectedRowFields(TestContract()), schema);
  ASSERT_TRUE(ExportRejectedRows(scan_, names_, spool, batch));
  std::vector<ReaderRow> rows;
  AppendReaderRows(schema, batch, rows);
  batch.release(&batch);
  schema.release(&schema);
  EXPECT_FALSE(ExportRejectedRows(scan_, names_, spool, batch));
  const std::vector<ReaderRow> expected = {{{"name", "ann"},
                                            {"big", "-9223372036854775808"},
                                            {"small", "-7"},
                                            {"x", "1e-07"},
                                            {"ok", "true"},
                                            {"_source_file", "file"},
                                            {"_offset", "5"},
                                            {"_reason", "malformed"}},
                                           {{"big", "1"},
                                            {"ok", "false"},
                                            {"_source_file", "file"},
                                            {"_offset", "9"},
                                            {"_reason", "malformed"}}};
  EXPECT_EQ(rows, expected);
}

TEST_F(ScanPartsTest, ThereIsAReportForEachFile) {
  LandingReader reader(scan_);
  EXPECT_EQ(reader.NextBlock(), nullptr);
  ArrowSchema schema = {};
  ArrowArray batch = {};
  ExportSchema(ReportFields(), schema);
  ExportReports(scan_, batch);
  std::vector<ReaderRow> rows;
  AppendReaderRows(schema, batch, rows);
  batch.release(&batch);
  schema.release(&schema);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]["decoding"], "plain");
  EXPECT_EQ(rows[0]["content_hash"].size(), 32U);
  EXPECT_FALSE(rows[0].contains("problem"));
}

}  // namespace
}  // namespace stedi
