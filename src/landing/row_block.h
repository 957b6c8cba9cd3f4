// Rows as the scan hands them to DuckDB, column by column, without a copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace stedi {

// A string as DuckDB's vectors hold it: up to 12 bytes inline, longer ones as a 4-byte prefix and a
// pointer. It points into the RowBlock's buffers. src/database asserts that the two layouts are the
// same.
struct StringCell {
  uint32_t length;
  char prefix[4];
  union {
    const char* pointer;
    char rest[8];
  };
};
static_assert(sizeof(StringCell) == 16);

// The values of one column of a RowBlock. `data` holds `rows` values of the type's width:
// StringCell, int64_t (BIGINT), int32_t (INT), double, or uint8_t (BOOLEAN); NULL slots are
// unspecified.
struct ColumnData {
  const void* data = nullptr;
  // Bit i of word i / 64 set = not NULL; nullptr = no NULL at all.
  const uint64_t* validity = nullptr;
};

// Rows of one block of one file, valid until the reader's next NextBlock().
struct RowBlock {
  size_t rows = 0;
  std::string_view file;            // LandingFile::file
  size_t file_index = 0;            // into LandingScan::files()
  std::vector<ColumnData> columns;  // in the order of the contract
  // The position of each record's '{', in decoded bytes from the beginning of the file.
  const int64_t* offsets = nullptr;
  ColumnData rescued;  // StringCell: JSON object of unknown keys and unfit values
  ColumnData unfit;    // StringCell: names of unfit columns; only with Contract::keep_unfit
};

}  // namespace stedi
