// Checks that a Parquet file holds the bytes that were written. It compares the CRC-32 of each
// page, which is part of the Parquet format, and the CRC-32 of the page headers and the footer,
// which stedi adds (parquet_file.h). It does not need DuckDB, and reads the pages only once.
#pragma once

#include <cstdint>
#include <string>

#include "base/file.h"

namespace stedi {

struct ParquetCheck {
  std::string fault;  // the first that was found; empty: none
  uint64_t pages = 0;
  uint64_t pages_without_crc = 0;  // written by another program, or by an earlier stedi
};

// Throws kUnavailable when the file cannot be read.
ParquetCheck CheckParquet(const ReadableFile& file);

}  // namespace stedi
