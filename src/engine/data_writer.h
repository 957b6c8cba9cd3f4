// Rows of a SELECT into the Parquet data files of an Iceberg table.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "engine/row_tally.h"
#include "engine/storage.h"
#include "iceberg/data_file.h"
#include "iceberg/schema.h"

namespace stedi {

// Writes the rows of `select` (its columns named as the schema's, cast to its types) below
// `folder`, which is made if needed: zstd, Parquet v1, files of about 512 MB, fresh names, 0600.
// When it returns all files are stored for good; one without rows is removed and not listed.
// Columns in `without_bounds` get no bounds. `tally` looks at each row, and may drop some. Throws
// SqlError; leaves nothing listed then.
std::vector<DataFile> WriteDataFiles(Connection& connection, Storage& storage,
                                     const std::string& select, const Schema& schema,
                                     const std::filesystem::path& folder,
                                     const std::set<std::string>& without_bounds,
                                     const RowTally* tally = nullptr);

}  // namespace stedi
