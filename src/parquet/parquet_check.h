// Checks that a Parquet file holds the bytes that were written, by the CRC-32 of each page, for
// which Parquet has a place, and that of the page headers and the footer, which stedi adds
// (parquet_file.h). It needs no DuckDB, and reads each byte once.
#pragma once

#include <cstdint>
#include <string>

#include "base/file.h"

namespace stedi {

struct ParquetCheck {
  std::string fault;  // empty: none was found
  uint64_t pages = 0;
  uint64_t pages_without_crc = 0;  // of other programs, or of an earlier stedi
};

// Throws kUnavailable when the file cannot be read.
ParquetCheck CheckParquet(const ReadableFile& file);

}  // namespace stedi
