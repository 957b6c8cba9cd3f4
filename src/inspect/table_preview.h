// A preview of a table's rows that shows no personal data.
#pragma once

#include "inspect/lake_reader.h"

namespace stedi {

// Returns the first ten rows of `table`. Columns with personal data, and e-mail addresses in file
// names, are masked. The result must be read before the next call of `lake`, which must outlive it.
QueryResult PreviewTable(LakeReader& lake, const TableDetails& table);

}  // namespace stedi
