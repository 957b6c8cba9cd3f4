// The feeds that the benchmarks read, and the result of reading one.
#pragma once

#include <string>
#include <vector>

#include "landing/contract.h"

namespace stedi {

struct BenchColumn {
  std::string key;  // spelled as in the files
  ColumnType type;
};

struct BenchFeed {
  const char* name;
  std::vector<BenchColumn> columns;
};

// The result of reading a feed. It must be equal for all readers.
struct FeedSums {
  double rows = 0;
  std::vector<double> columns;  // per column of the feed: the sum; for text the sum of its bytes
};

}  // namespace stedi
