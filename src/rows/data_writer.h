// Rows of a SELECT into the Parquet data files of an Iceberg table.
#pragma once

#include <string>
#include <vector>

#include "rows/new_data_files.h"
#include "rows/row_tally.h"
#include "store/storage.h"

namespace stedi {

// Writes the rows of `select` (its columns named as the schema's, cast to its types) ; each
// row group in the order of its ORDER BY, if it has one, and the groups nearly so: zstd, files of
// the store's size, fresh names, 0600. When it returns all files are stored for good; without rows
// there is none. `tally` looks at each row, and may drop some. Throws Error; leaves nothing then,
// where the store can remove.
std::vector<DataFile> WriteDataFiles(Connection& connection, Storage& storage,
                                     const std::string& select, const DataTarget& target,
                                     RowTally* tally = nullptr);

}  // namespace stedi
