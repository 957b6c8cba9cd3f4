// The listing of a feed's folder as a batch.
#pragma once

#include <vector>

#include "files/landing_files.h"
#include "reader/arrow_batch.h"

namespace stedi {

std::vector<ArrowField> ListingFields();

// Sets `out` to the files, the bad files and those that were passed over, in this order. It may
// have no rows. Throws std::bad_alloc.
void ExportFiles(const FeedListing& listing, ArrowArray& out);

}  // namespace stedi
