// The files of a feed. They are found below its folder, and each is identified by its path relative
// to that folder.
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
  std::filesystem::path path;  // the path that opens it
  uint64_t size_bytes = 0;     // as stored
  int64_t mtime_ns = 0;
  // The compression that the name tells: .gz, .zst, otherwise none. If the first bytes are those of
  // a compression, they take precedence (files/file_format.h).
  Compression compression = Compression::kNone;
  const FileStore* store = &LocalFiles();  // the store that opens it

  std::unique_ptr<const ReadableFile> Open() const { return store->Open(path); }
};

// Returns the compression that the extension of a name or path tells.
Compression CompressionOfName(const std::filesystem::path& path);
// Returns plain, gzip or zstd: the name under which the catalog records how a file's bytes are
// read.
std::string DecodingName(Compression compression);
// Returns how `file` is decoded, by its first bytes and its name. Throws as its store's Open()
// does.
std::string DecodingOf(const LandingFile& file);

struct BadFile {
  std::string file;
  std::string problem;  // one line: what is wrong and what to do
};

// All lists but `places_outside` are sorted by the path relative to the feed's folder.
struct FeedListing {
  std::vector<LandingFile> files;
  // Files and folders that cannot be read: not a regular file, a link to nothing, a link that
  // leaves the folder or leads back to a folder around it, a name that is not UTF-8, a folder that
  // cannot be listed.
  std::vector<BadFile> bad_files;
  // Files whose names are not those of landing data. Hidden files are in none of the lists.
  std::vector<std::string> passed_over;
  // The targets of links that leave the folder, as real paths.
  std::vector<std::filesystem::path> places_outside;
};

// Which files of its folder a feed reads.
struct FileRule {
  std::vector<std::string> patterns;  // of 'feed.files'; empty: the default rule
  bool follow_links = false;          // also follow links that leave the feed's folder
};

// Lists `folder` and the folders in it. Names that start with '.' or '_' are hidden: they are
// skipped silently, as Spark does. Throws kInvalid when `folder` does not exist or is not a folder.
FeedListing ListFeed(const std::filesystem::path& folder, const FileRule& rule = {});

// One object as an object store lists it.
struct ListedObject {
  std::string path;  // the folder, '/', and the file's path relative to the folder
  uint64_t size_bytes = 0;
  int64_t mtime_ns = 0;
};

// Does the same for the objects that an object store has below `folder`. `store` must outlive the
// listing. An object of 0 bytes whose name ends in '/' stands for a folder and is not a file.
FeedListing ListObjects(const std::string& folder, const std::vector<ListedObject>& objects,
                        const FileStore& store, const FileRule& rule = {});

}  // namespace stedi
