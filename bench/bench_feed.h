// The three feeds of the demo data, as the benchmarks read them.
#pragma once

#include <string>
#include <vector>

#include "landing/contract.h"

namespace stedi {

struct BenchColumn {
  std::string key;  // as the files spell it
  ColumnType type;
};

struct BenchFeed {
  const char* name;
  std::vector<BenchColumn> columns;
};

// What one way of reading a feed found; equal for all ways.
struct FeedSums {
  double rows = 0;
  std::vector<double> columns;  // in the order of the feed: sums, of text the sum of its bytes
};

}  // namespace stedi
