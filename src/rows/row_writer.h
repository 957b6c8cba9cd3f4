// Rows that come cell by cell, on one thread, into the data files of a table. Takes as much memory
// as one row group, however many rows there are.
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

  // The next cell of the row, in the order of the schema's columns. Numbers are words as
  // plain_value.h has them.
  void AddNumber(int64_t word) { group_.column(column_++).AddNumber(word); }
  void AddText(std::string_view text);
  void AddNull() { group_.column(column_++).AddNull(); }
  // When all columns have their cell.
  void EndRow();

  int64_t rows() const { return rows_; }
  // Without rows there is no file. Once.
  std::vector<DataFile> Finish();

 private:
  void WriteGroup();

  const FileStore& store_;
  const DataTarget target_;
  NewDataFiles files_;
  RowGroupEncoder group_;
  size_t column_ = 0;
  uint64_t next_place_ = 0;
  int64_t rows_ = 0;
};

}  // namespace stedi
