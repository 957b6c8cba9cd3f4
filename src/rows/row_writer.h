// Writes rows that come cell by cell, on one thread, into the data files of a table. However many
// rows there are, it takes only the memory of one row group.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "rows/new_data_files.h"

namespace stedi {

class RowWriter {
 public:
  // `store` and the target's schema must outlive it.
  RowWriter(const FileStore& store, DataTarget target);

  // Adds the next cell of the row, in the order of the schema's columns. Numbers are words as
  // plain_value.h defines them.
  void AddNumber(int64_t word) { group_.column(column_++).AddNumber(word); }
  void AddText(std::string_view text);
  void AddNull() { group_.column(column_++).AddNull(); }
  // REQUIRES: every column has its cell.
  void EndRow();

  int64_t rows() const { return rows_; }
  // Returns the files; without rows there is none. Call it once.
  std::vector<DataFile> Finish();

 private:
  void WriteGroup();

  const FileStore& store_;
  const DataTarget target_;
  NewDataFiles files_;
  RowGroupEncoder group_;
  size_t column_ = 0;
  uint64_t next_order_ = 0;
  int64_t rows_ = 0;
};

}  // namespace stedi
