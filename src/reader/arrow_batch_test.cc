#include "reader/arrow_batch.h"

#include <gtest/gtest.h>

#include <utility>

#include "reader/reader_transcript.h"

namespace stedi {
namespace {

std::vector<ArrowField> TestFields() {
  return {{"file", kInt32Format, false, true},
          {"number", kInt64Format, true},
          {"text", kUtf8Format, true},
          {"flag", kBoolFormat},
          {"fraction", kDoubleFormat}};
}

std::vector<ArrowColumn> Columns() {
  TextColumnBuilder names;
  names.Add("first");
  names.Add("second");
  NumberColumnBuilder files(kInt32Format);
  NumberColumnBuilder numbers;
  TextColumnBuilder texts;
  NumberColumnBuilder flags(kBoolFormat);
  NumberColumnBuilder fractions(kDoubleFormat);
  files.Add(1);
  files.Add(0);
  numbers.Add(-5);
  numbers.AddNull();
  texts.AddOrNull("");
  texts.AddOrNull("a text");
  flags.Add(1);
  flags.Add(0);
  fractions.AddDouble(0.5);
  fractions.AddDouble(-1e300);
  std::vector<ArrowColumn> columns;
  columns.push_back(files.Finish());
  columns.back().dictionary = std::make_shared<const ArrowColumn>(names.Finish());
  columns.push_back(numbers.Finish());
  columns.push_back(texts.Finish());
  columns.push_back(flags.Finish());
  columns.push_back(fractions.Finish());
  return columns;
}

TEST(ArrowBatchTest, ExportsColumnsAndSchema) {
  ArrowSchema schema = {};
  ArrowArray batch = {};
  ExportSchema(TestFields(), schema);
  ExportBatch(Columns(), 2, batch);
  EXPECT_STREQ(schema.format, "+s");
  EXPECT_EQ(schema.children[1]->flags, ARROW_FLAG_NULLABLE);
  EXPECT_STREQ(schema.children[0]->dictionary->format, "u");
  EXPECT_EQ(batch.children[1]->null_count, 1);
  EXPECT_EQ(batch.children[3]->null_count, 0);
  std::vector<ReaderRow> rows;
  AppendReaderRows(schema, batch, rows);
  EXPECT_EQ(
      rows[0],
      ReaderRow({{"file", "second"}, {"number", "-5"}, {"flag", "true"}, {"fraction", "0.5"}}));
  EXPECT_EQ(
      rows[1],
      ReaderRow(
          {{"file", "first"}, {"text", "a text"}, {"flag", "false"}, {"fraction", "-1e+300"}}));
  batch.release(&batch);
  schema.release(&schema);
}

// A consumer may move a column out of its batch and release the batch first.
TEST(ArrowBatchTest, ColumnOutlivesItsBatch) {
  ArrowArray batch = {};
  ExportBatch(Columns(), 2, batch);
  ArrowArray moved = std::exchange(*batch.children[0], ArrowArray{});
  batch.release(&batch);
  EXPECT_EQ(detail::TextAt(*moved.dictionary, 1), "second");
  moved.release(&moved);
}

TEST(ArrowBatchTest, BuffersAreAligned) {
  const ArrowBuffer buffer = MakeArrowBuffer(3);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.get()) % kArrowAlignBytes, 0U);
}

}  // namespace
}  // namespace stedi
