// simdjson's iterate_many over landing files: the same columns as the landing scan, with neither
// quarantine nor coercion, and nothing is kept.
#pragma once

#include "bench_feed.h"
#include "files/landing_files.h"

namespace stedi {

// Reads files on `threads` threads, a file at a time; of a single file on one (two with simdjson's
// own stage-1 thread). Holds a whole file in memory a thread. Throws Error at the first record that
// it cannot read.
FeedSums ScanWithSimdjson(const FeedListing& listing, const BenchFeed& feed, int threads);

}  // namespace stedi
