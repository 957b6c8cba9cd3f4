// Reads landing files with simdjson's iterate_many, for comparison: the same columns as the landing
// scan, but without quarantine or coercion, and values are only summed.
#pragma once

#include "bench_feed.h"
#include "files/landing_files.h"

namespace stedi {

// Reads the files on `threads` threads. A file is read by one thread, to which simdjson may add one
// for its stage 1, so that a single file does not become faster with more threads. Each thread
// holds a whole file in memory. Throws Error(kInvalid) when a record cannot be read.
FeedSums ScanWithSimdjson(const FeedListing& listing, const BenchFeed& feed, int threads);

}  // namespace stedi
