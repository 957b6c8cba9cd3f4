// The files of a feed: found below its folder, each known by its path relative to it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file_store.h"

namespace stedi {

enum class Compression : uint8_t { kNone, kGzip, kZstd };

struct LandingFile {
  std::string file;  // relative to the feed's folder, '/'-separated: the column _source_file
  std::filesystem::path path;  // to open it
  uint64_t size_bytes = 0;     // as stored
  int64_t mtime_ns = 0;
  // By the name: .gz, .zst, else none. What is none by its name is decoded, too, if its first bytes
  // say so (landing/file_format.h).
  Compression compression = Compression::kNone;
  const FileStore* store = &LocalFiles();  // opens it

  std::unique_ptr<const ReadableFile> Open() const { return store->Open(path); }
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

// One object as an object store lists it.
struct ListedObject {
  std::string path;  // folder, '/', and what is the file's path relative to it
  uint64_t size_bytes = 0;
  int64_t mtime_ns = 0;
};

// The same for the objects below `folder` in `store`, which must outlive the listing. An object of
// 0 bytes whose name ends in '/' stands for a folder and is no file.
FeedListing ListObjects(const std::string& folder, const std::vector<ListedObject>& objects,
                        const FileStore& store);

}  // namespace stedi
