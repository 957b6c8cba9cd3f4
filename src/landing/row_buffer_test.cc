#include "landing/row_buffer.h"

#include <gtest/gtest.h>

#include <string>

#include "landing/scan_transcript.h"

namespace stedi {
namespace {

const Contract& TestContract() {
  static const Contract contract = {{{"s", ColumnType::kString, false},
                                     {"n", ColumnType::kBigint, false},
                                     {"i", ColumnType::kInt, false},
                                     {"d", ColumnType::kDouble, false},
                                     {"b", ColumnType::kBoolean, false}}};
  return contract;
}

StringCell CellOf(const std::string& padded, size_t length) {
  return MakeStringCell(padded.data(), length);
}

TEST(RowBufferTest, CellsAreInlineUpToTwelveBytes) {
  const std::string text = "0123456789abcdefghijklmnop";
  for (size_t length = 0; length <= 20; ++length) {
    const StringCell cell = CellOf(text, length);
    EXPECT_EQ(cell.length, length);
    EXPECT_EQ(detail::TextOf(cell), text.substr(0, length));
    if (length > 12) {
      EXPECT_EQ(cell.pointer, text.data());
      continue;
    }
    // DuckDB compares inline cells as a whole: the rest must be zeros.
    StringCell expected = {};
    expected.length = static_cast<uint32_t>(length);
    std::memcpy(expected.prefix, text.data(), std::min<size_t>(length, 4));
    if (length > 4) std::memcpy(expected.rest, text.data() + 4, length - 4);
    EXPECT_EQ(std::memcmp(&cell, &expected, sizeof(cell)), 0) << length;
  }
}

TEST(RowBufferTest, GrowsAndShowsWhatWasCommitted) {
  RowBuffer rows(TestContract());
  const std::string text = "a text that does not fit into a cell";
  constexpr size_t kRows = 1000;
  for (int round = 0; round < 2; ++round) {
    rows.Clear();
    for (size_t row = 0; row < kRows; ++row) {
      rows.PrepareRow();
      rows.SetString(0, CellOf(text, text.size()));
      rows.SetBigint(1, static_cast<int64_t>(row) * 3);
      rows.SetInt(2, static_cast<int32_t>(row));
      rows.SetDouble(3, static_cast<double>(row) / 2);
      rows.SetBoolean(4, row % 2 == 0);
      if (row % 100 == 7) rows.SetNull(round == 0 ? 0 : 1);
      if (row % 100 == 8 && round == 0) rows.SetRescued("{\"more\":\"than twelve bytes\"}");
      rows.CommitRow(row * 10);
      // A row that is not committed leaves no trace.
      rows.PrepareRow();
      rows.SetBigint(1, -1);
    }
    RowBlock block;
    rows.FillBlock(block);
    ASSERT_EQ(block.rows, kRows);
    ASSERT_EQ(block.columns.size(), 5U);
    EXPECT_EQ(block.columns[2].validity, nullptr);
    EXPECT_EQ(block.columns[round == 0 ? 1 : 0].validity, nullptr);
    for (size_t row = 0; row < kRows; ++row) {
      ASSERT_EQ(detail::IsNull(block.columns[round == 0 ? 0 : 1], row), row % 100 == 7);
      ASSERT_EQ(detail::IsNull(block.rescued, row), row % 100 != 8 || round != 0);
      ASSERT_EQ(block.offsets[row], static_cast<int64_t>(row) * 10);
      ASSERT_EQ(detail::ValueAt<int32_t>(block.columns[2], row), static_cast<int32_t>(row));
      ASSERT_EQ(detail::ValueAt<double>(block.columns[3], row), static_cast<double>(row) / 2);
      ASSERT_EQ(detail::ValueAt<uint8_t>(block.columns[4], row), row % 2 == 0 ? 1 : 0);
    }
    if (round == 0) {
      EXPECT_EQ(detail::ShowValue(ColumnType::kString, block.rescued, 8),
                "{\"more\":\"than twelve bytes\"}");
      EXPECT_EQ(detail::ValueAt<StringCell>(block.columns[0], 7).length, 0U);
    }
  }
}

TEST(RowBufferTest, TextStaysWhereItIs) {
  RowBuffer rows(TestContract());
  std::vector<char*> places;
  for (size_t i = 0; i < 2000; ++i) {
    places.push_back(rows.AllocateText(100));
    std::memset(places.back(), static_cast<int>('a' + i % 26), 100);
  }
  std::memset(rows.AllocateText(1 << 20), '!', 1 << 20);
  for (size_t i = 0; i < places.size(); ++i) {
    EXPECT_EQ(std::string(places[i], 100), std::string(100, static_cast<char>('a' + i % 26)));
  }
}

}  // namespace
}  // namespace stedi
