// The files of a feed: found below its folder, each known by its path relative to it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file_store.h"
#include "files/compression.h"

namespace stedi {

struct LandingFile {
  std::string file;  // relative to the feed's folder, '/'-separated: the column _source_file
  std::filesystem::path path;  // to open it
  uint64_t size_bytes = 0;     // as stored
  int64_t mtime_ns = 0;
  // By the name: .gz, .zst, else none. The first bytes overrule it where they are those of a
  // compression (files/file_format.h).
  Compression compression = Compression::kNone;
  const FileStore* store = &LocalFiles();  // opens it

  std::unique_ptr<const ReadableFile> Open() const { return store->Open(path); }
};

// plain | gzip | zstd: how a file's bytes are read, as the catalog records it.
std::string DecodingName(Compression compression);
// The same of a file. Throws as its store's Open().
std::string DecodingOf(const LandingFile& file);

struct BadFile {
  std::string file;
  std::string problem;  // one line: what is wrong and what to do
};

// All are sorted by the path relative to the feed's folder.
struct FeedListing {
  std::vector<LandingFile> files;
  std::vector<BadFile> bad_files;  // not regular, a dangling link, a link that leaves the folder
  // Files whose names are not those of landing data. Hidden ones are not among them.
  std::vector<std::string> passed_over;
  // Where links that leave the folder lead to: real paths.
  std::vector<std::filesystem::path> places_outside;
};

// What of a folder a feed reads.
struct FileRule {
  std::vector<std::string> patterns;  // 'feed.files'; empty: files/file_names.h has the rule
  bool follow_links = false;          // also those that leave the feed's folder
};

// Lists `folder` and the folders in it. Names that start with '.' or '_' are hidden: they are left
// out without a word, as Spark does. Throws kInvalid when `folder` does not exist or is not a
// folder.
FeedListing ListFeed(const std::filesystem::path& folder, const FileRule& rule = {});

// One object as an object store lists it.
struct ListedObject {
  std::string path;  // folder, '/', and what is the file's path relative to it
  uint64_t size_bytes = 0;
  int64_t mtime_ns = 0;
};

// The same for the objects below `folder` in `store`, which must outlive the listing. An object of
// 0 bytes whose name ends in '/' stands for a folder and is no file.
FeedListing ListObjects(const std::string& folder, const std::vector<ListedObject>& objects,
                        const FileStore& store, const FileRule& rule = {});

}  // namespace stedi
