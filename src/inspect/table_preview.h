// What of a table's rows may be shown to anybody who looks over a shoulder.
#pragma once

#include "inspect/lake_reader.h"

namespace stedi {

// The first ten rows of `table`. Values of columns with personal data are masked, and e-mail
// addresses in file names. The result must be read before the next call of `lake`, which must
// outlive it.
QueryResult PreviewTable(LakeReader& lake, const TableDetails& table);

}  // namespace stedi
