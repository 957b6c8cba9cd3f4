// The rows of one block, column by column, in the layout of a RowBlock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "files/byte_scan.h"
#include "landing/contract.h"
#include "landing/key_counts.h"
#include "landing/row_block.h"

namespace stedi {

// Returns a cell for the `length` bytes at `p`. Unless they fit into the cell, they are not copied
// and must stay there. REQUIRES: 16 bytes are readable at `p`.
inline StringCell MakeStringCell(const char* p, size_t length) {
  StringCell cell;
  cell.length = static_cast<uint32_t>(length);
  if (length <= sizeof(cell.prefix) + sizeof(cell.rest)) {
    char padded[sizeof(cell.prefix) + sizeof(cell.rest)];
    CopyShortPadded(p, length, padded);
    std::memcpy(cell.prefix, padded, sizeof(cell.prefix));
    std::memcpy(cell.rest, padded + sizeof(cell.prefix), sizeof(cell.rest));
  } else {
    std::memcpy(cell.prefix, p, sizeof(cell.prefix));
    cell.pointer = p;
  }
  return cell;
}

// A row is written slot by slot and counts once it is committed. A row that is not committed leaves
// no trace, provided that SetNull, SetRescued and SetUnfit are called only once it is certain that
// the row will be committed.
class RowBuffer {
 public:
  explicit RowBuffer(const Contract& contract);

  void Clear();
  size_t rows() const { return rows_; }

  // Makes room for the slots of the next row; call it before writing any of them. Returns true when
  // this has moved the slots of all rows.
  bool PrepareRow() {
    if (rows_ < capacity_rows_) return false;
    Grow();
    return true;
  }
  // The column's slots from row 0 on, for callers that write them without the functions below.
  char* Slots(size_t column) { return columns_[column].data.get(); }
  // Values of the next row; the column must be of that type.
  void SetString(size_t column, StringCell cell) { Put(column, cell); }
  void SetBigint(size_t column, int64_t value) { Put(column, value); }
  void SetInt(size_t column, int32_t value) { Put(column, value); }
  void SetDouble(size_t column, double value) { Put(column, value); }
  void SetBoolean(size_t column, bool value) { Put(column, static_cast<uint8_t>(value)); }
  void SetNull(size_t column);
  void SetRescued(std::string_view text);  // copies it
  void SetUnfit(std::string_view text);    // copies it; only with Contract::keep_unfit
  // The keys of all rows that the contract does not name.
  KeyCounts& other_keys() { return other_keys_; }
  void CommitRow(uint64_t offset) { offsets_[rows_++] = static_cast<int64_t>(offset); }

  // Memory for text that lives as long as the rows; 16 bytes are readable after it.
  char* AllocateText(size_t bytes);

  // Makes `block` point to the rows. It is valid until the next change of this buffer.
  void FillBlock(RowBlock& block) const;

 private:
  struct Column {
    ColumnType type = ColumnType::kString;
    std::unique_ptr<char[]> data;
    std::vector<uint64_t> validity;
    bool has_null = false;
    bool has_value = false;  // only of a sparse column
  };

  template <class Value>
  void Put(size_t column, const Value& value) {
    std::memcpy(columns_[column].data.get() + rows_ * sizeof(Value), &value, sizeof(Value));
  }
  void Grow();
  // These columns hold text that most rows do not have: unlike in the other columns, a row is NULL
  // unless its value was set.
  void GrowSparse(Column& column, size_t capacity_rows) const;
  void SetSparse(Column& column, std::string_view text);
  static void ClearSparse(Column& column);

  std::vector<Column> columns_;
  Column rescued_;
  Column unfit_;  // has slots only with Contract::keep_unfit
  bool keep_unfit_;
  KeyCounts other_keys_;
  std::vector<int64_t> offsets_;
  size_t rows_ = 0;
  size_t capacity_rows_ = 0;
  std::vector<std::unique_ptr<char[]>> text_;
  size_t text_left_ = 0;  // unused bytes of the last chunk of text_
  char* text_next_ = nullptr;
};

}  // namespace stedi
