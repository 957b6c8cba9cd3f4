// Which landing files of a feed are news, by what the catalog knows of earlier runs (the rules:
// docs/pipelines.md).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "catalog/run_record.h"
#include "landing/landing_files.h"

namespace stedi {

struct FeedNews {
  std::vector<LandingFile> to_load;  // new content, or a known path with new content
  std::vector<FileRecord> settled;   // without loading: re-delivered, or touched but the same
  std::set<std::string> outdated;    // known paths whose rows in the table are no longer true
  uint64_t redelivered = 0;          // among `settled`
};

// Same path, size and mtime: not opened. Same content as a loaded file, elsewhere: re-delivered.
// Files are read (hashed, on all threads) only where sizes are equal. `reload`: everything counts
// as news. Throws kUnavailable.
FeedNews FindNews(const std::string& feed, const std::vector<LandingFile>& files,
                  const std::vector<FileRecord>& known, bool reload);

}  // namespace stedi
