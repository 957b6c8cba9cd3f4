// The files of a feed: found below its folder, each known by its path relative to it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace stedi {

enum class Compression : uint8_t { kNone, kGzip, kZstd };  // by file name: .gz, .zst, else none

struct LandingFile {
  std::string file;  // relative to the feed's folder, '/'-separated: the column _source_file
  std::filesystem::path path;  // to open it
  uint64_t size_bytes = 0;     // as stored
  int64_t mtime_ns = 0;
  Compression compression = Compression::kNone;
};

struct BadFile {
  std::string file;
  std::string problem;  // one line: what is wrong and what to do
};

struct FeedListing {
  std::vector<LandingFile> files;  // sorted by `file`
  std::vector<BadFile>
      bad_files;  // not regular, a folder named like a file (x.json/), a dangling link
};

// Lists `folder` and the folders in it. Names that start with '.' or '_' are passed over, as Spark
// does. Throws kInvalid when `folder` does not exist or is not a folder.
FeedListing ListFeed(const std::filesystem::path& folder);

}  // namespace stedi
