// Writes the rows of a SELECT into the Parquet data files of an Iceberg table.
#pragma once

#include <string>
#include <vector>

#include "rows/new_data_files.h"
#include "rows/row_tally.h"
#include "store/storage.h"

namespace stedi {

// Writes the rows of `select`, whose columns have the schema's names and are cast to its types. If
// it has an ORDER BY, the rows of each row group are in that order, and the groups nearly so. The
// files are compressed with zstd, have the size that the store asks for, fresh names, and mode
// 0600. When it returns, all files are stored for good; without rows there is no file. `tally`
// looks at each row, and may drop some. When it throws an Error it leaves no file, where the store
// can remove them.
std::vector<DataFile> WriteDataFiles(Connection& connection, Storage& storage,
                                     const std::string& select, const DataTarget& target,
                                     RowTally* tally = nullptr);

}  // namespace stedi
