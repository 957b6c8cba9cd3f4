// Writes a Parquet file of flat columns (parquet.thrift of Apache Parquet, format version 1, data
// pages v1), of the types that stedi's Iceberg tables have. DuckDB's writer is not used, because it
// would take half the time of a run (docs/decisions/0017-own-parquet-writer.md).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "iceberg/data_file.h"
#include "iceberg/schema.h"
#include "parquet/column_encoder.h"

namespace stedi {

inline constexpr std::string_view kParquetMagic = "PAR1";
// Readers look for "<program> version <number>" in it. Files of version 2 have checksums.
inline constexpr std::string_view kCreatedBy = "stedi version 2";
// Key in the footer's metadata. Its value is the CRC-32 of all page headers, in the file's order,
// and of the footer with zeros in place of these digits. The contents of pages have their own
// checksums.
inline constexpr std::string_view kCrcKey = "stedi.crc32";
inline constexpr size_t kCrcDigits = 8;

struct EncodedRowGroup {
  uint64_t order = 0;  // the footer lists the row groups by it
  int64_t rows = 0;
  std::vector<EncodedColumn> columns;
};

// The row group that is being filled. One thread at a time.
class RowGroupEncoder {
 public:
  static constexpr int64_t kRowsMax = 122'880;
  static constexpr size_t kTextBytesMax = 4 << 20;

  // Columns in `without_bounds` (by name) get counts, but no min and max.
  RowGroupEncoder(const Schema& schema, const std::set<std::string>& without_bounds);

  ColumnEncoder& column(size_t index) { return columns_[index]; }
  void AddRows(int64_t rows) { rows_ += rows; }  // REQUIRES: every column was given their values
  int64_t rows() const { return rows_; }
  bool IsFull() const;
  EncodedRowGroup Finish();
  // Like Finish, but leaves the columns of the result empty. The caller must then finish each
  // column() by itself, on any thread.
  EncodedRowGroup FinishRows();

 private:
  std::vector<ColumnEncoder> columns_;
  PageCompressor compressor_;
  int64_t rows_ = 0;
};

// One thread at a time.
class ParquetFile {
 public:
  using Append = std::function<void(std::string_view)>;
  // `append` is given the file's bytes front to back; what it throws is passed on. `schema` must
  // outlive this object.
  ParquetFile(const Schema& schema, Append append);

  void Add(EncodedRowGroup group);
  int64_t bytes() const { return bytes_; }
  int64_t rows() const { return rows_; }
  // Writes the footer, which lists the row groups in the order of EncodedRowGroup::order. Returns
  // statistics by column name.
  std::map<std::string, ColumnStatistics> Finish();

 private:
  struct ColumnChunk {
    int64_t offset = 0;    // in the file
    EncodedColumn column;  // without its pages and headers
  };
  struct RowGroup {
    uint64_t order = 0;
    int64_t rows = 0;
    std::vector<ColumnChunk> chunks;
  };
  void Write(std::string_view bytes);
  std::string Footer() const;
  std::string FooterWithCrc() const;

  const Schema& schema_;
  Append append_;
  int64_t bytes_ = 0;
  int64_t rows_ = 0;
  uint32_t headers_crc_ = 0;  // of the headers of all pages that were added
  std::vector<RowGroup> groups_;
};

}  // namespace stedi
