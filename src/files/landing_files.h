// The files of a feed. They are found below its folder, and each is known by its path relative to
// that folder.
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
  std::filesystem::path path;  // under which it is opened
  uint64_t size_bytes = 0;     // as stored
  int64_t mtime_ns = 0;
  // What the name says: .gz, .zst, else none. First bytes that are those of a compression overrule
  // it (files/file_format.h).
  Compression compression = Compression::kNone;
  const FileStore* store = &LocalFiles();  // opens it

  std::unique_ptr<const ReadableFile> Open() const { return store->Open(path); }
};

// plain | gzip | zstd: how a file's bytes are read, as the catalog records it.
std::string DecodingName(Compression compression);
// How `file` is decoded, by its name and its first bytes. Throws as its store's Open() does.
std::string DecodingOf(const LandingFile& file);

struct BadFile {
  std::string file;
  std::string problem;  // one line: what is wrong and what to do
};

// All lists are sorted by the path relative to the feed's folder.
struct FeedListing {
  std::vector<LandingFile> files;
  std::vector<BadFile> bad_files;  // not regular, a dangling link, a link that leaves the folder
  // Files whose names are not those of landing data; hidden files are not listed here.
  std::vector<std::string> passed_over;
  // The targets of links that leave the folder, as real paths.
  std::vector<std::filesystem::path> places_outside;
};

// Which files of its folder a feed reads.
struct FileRule {
  std::vector<std::string> patterns;  // of 'feed.files'; none: the default rule
  bool follow_links = false;          // including links that leave the feed's folder
};

// Lists `folder` and the folders in it. Names that start with '.' or '_' are hidden: they are left
// out silently, as Spark does. Throws kInvalid when `folder` does not exist or is not a folder.
FeedListing ListFeed(const std::filesystem::path& folder, const FileRule& rule = {});

// One object as an object store lists it.
struct ListedObject {
  std::string path;  // the folder, '/', and the file's path relative to the folder
  uint64_t size_bytes = 0;
  int64_t mtime_ns = 0;
};

// The same for the objects below `folder` of an object store. `store` must outlive the listing. An
// object of 0 bytes whose name ends in '/' stands for a folder and is no file.
FeedListing ListObjects(const std::string& folder, const std::vector<ListedObject>& objects,
                        const FileStore& store, const FileRule& rule = {});

}  // namespace stedi
