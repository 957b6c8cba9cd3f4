#include "reader/row_batch.h"

#include <gtest/gtest.h>

#include "landing/row_buffer.h"
#include "reader/reader_transcript.h"

namespace stedi {
namespace {

Contract TestContract() {
  return {{{"text", ColumnType::kString},
           {"big", ColumnType::kBigint, true},
           {"small", ColumnType::kInt},
           {"fraction", ColumnType::kDouble},
           {"flag", ColumnType::kBoolean}},
          true};
}

StringCell CellOf(RowBuffer& rows, std::string_view text) {
  char* const copy = rows.AllocateText(text.size());
  std::copy(text.begin(), text.end(), copy);
  return MakeStringCell(copy, text.size());
}

// Row `i` has NULLs where `i` is divisible by 3, and short and long texts.
std::string TextOf(size_t i) {
  return i % 2 == 0 ? fmt::format("t{}", i) : fmt::format("a text of more than 12 bytes {}", i);
}

void Fill(RowBuffer& rows, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    rows.PrepareRow();
    rows.SetBigint(1, static_cast<int64_t>(i) - 5);
    if (i % 3 == 0) {
      for (const size_t column : {0U, 2U, 3U, 4U}) rows.SetNull(column);
      rows.SetRescued("{\"z\":1}");
      rows.SetUnfit("small");
    } else {
      rows.SetString(0, CellOf(rows, TextOf(i)));
      rows.SetInt(2, static_cast<int32_t>(i));
      rows.SetDouble(3, 0.5);
      rows.SetBoolean(4, i % 2 == 1);
    }
    rows.CommitRow(i * 10);
  }
}

TEST(RowBatchTest, CopiesRowsWithAndWithoutNulls) {
  const std::vector<LandingFile> files = {{"0.json", {}}, {"1.json", {}}};
  for (const size_t count : {1U, 2U, 63U, 64U, 65U, 1000U}) {
    ArrowSchema schema = {};
    ArrowArray batch = {};
    {
      RowBuffer buffer(TestContract());
      Fill(buffer, count);
      RowBlock block;
      buffer.FillBlock(block);
      block.file_index = 1;
      ExportSchema(RowFields(TestContract()), schema);
      ExportRows(TestContract(), block, FileNames(files), batch);
    }  // the rows' memory is gone
    std::vector<ReaderRow> rows;
    AppendReaderRows(schema, batch, rows);
    ASSERT_EQ(rows.size(), count);
    for (size_t i = 0; i < count; ++i) {
      ReaderRow expected = {{"big", fmt::format("{}", static_cast<int64_t>(i) - 5)},
                            {"_source_file", "1.json"},
                            {"_offset", fmt::format("{}", i * 10)}};
      if (i % 3 == 0) {
        expected.insert({{"_rescued", "{\"z\":1}"}, {"_unfit", "small"}});
      } else {
        expected.insert({{"text", TextOf(i)},
                         {"small", fmt::format("{}", i)},
                         {"fraction", "0.5"},
                         {"flag", i % 2 == 1 ? "true" : "false"}});
      }
      EXPECT_EQ(rows[i], expected);
    }
    EXPECT_EQ(batch.children[0]->null_count, static_cast<int64_t>((count + 2) / 3));
    EXPECT_EQ(batch.children[1]->buffers[0], nullptr) << "a column without NULL has no bitmap";
    batch.release(&batch);
    schema.release(&schema);
  }
}

}  // namespace
}  // namespace stedi
