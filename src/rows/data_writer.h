// Writes the rows of a SELECT into the Parquet data files of an Iceberg table.
#pragma once

#include <string>
#include <vector>

#include "rows/new_data_files.h"
#include "rows/row_tally.h"
#include "store/storage.h"

namespace stedi {

// Writes the rows of `select`, which must have the schema's columns by name; they are cast to its
// types. If it has an ORDER BY, the rows of each row group are in that order, and the row groups
// nearly so. Pages are compressed with zstd where that makes them smaller. The files have the size
// that the store asks for, names that no other file has, and mode 0600. When the function returns,
// all files are durable; without rows there is no file. `tally` sees each row and may drop it. When
// the function throws, it leaves no file behind, if the store can remove files.
std::vector<DataFile> WriteDataFiles(Connection& connection, Storage& storage,
                                     const std::string& select, const DataTarget& target,
                                     RowTally* tally = nullptr);

}  // namespace stedi
