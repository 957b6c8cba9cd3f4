#include "landing/landing_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "landing/utf8.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

struct CompressionRow {
  std::string_view extension;
  Compression compression;
};
constexpr std::array<CompressionRow, 2> kCompressions = {
    {{".gz", Compression::kGzip}, {".zst", Compression::kZstd}}};

// A folder with such a name is most likely a mistake (or another tool's output), not a partition.
constexpr std::array<std::string_view, 5> kFileExtensions = {".json", ".ndjson", ".jsonl", ".gz",
                                                             ".zst"};

Compression CompressionOf(const fs::path& path) {
  const std::string extension = path.extension().string();
  for (const CompressionRow& row : kCompressions) {
    if (row.extension == extension) return row.compression;
  }
  return Compression::kNone;
}

bool IsHidden(std::string_view name) { return name.starts_with('.') || name.starts_with('_'); }

// Whether the file, or a folder on the way to it, has a name that is passed over.
bool HasHiddenPart(std::string_view file) {
  while (!IsHidden(file)) {
    const size_t slash = file.find('/');
    if (slash == std::string_view::npos) return false;
    file.remove_prefix(slash + 1);
  }
  return true;
}

constexpr std::string_view kNotUtf8 = "has a name that is not UTF-8: rename it";

void SortByFile(FeedListing& listing) {
  const auto by_file = [](const auto& a, const auto& b) { return a.file < b.file; };
  std::sort(listing.files.begin(), listing.files.end(), by_file);
  std::sort(listing.bad_files.begin(), listing.bad_files.end(), by_file);
}

bool IsNamedLikeAFile(const fs::path& path) {
  const std::string extension = path.extension().string();
  return std::find(kFileExtensions.begin(), kFileExtensions.end(), extension) !=
         kFileExtensions.end();
}

class FolderWalk {
 public:
  explicit FolderWalk(FeedListing& listing) : listing_(listing) {}

  // `prefix` is what stands before the names of its entries in LandingFile::file.
  void Visit(const fs::path& folder, const std::string& prefix) {
    std::error_code failure;
    const fs::path real = fs::canonical(folder, failure);
    if (std::find(ancestors_.begin(), ancestors_.end(), real) != ancestors_.end()) {
      AddBad(prefix.substr(0, prefix.size() - 1), "is a link to a folder that holds it: remove it");
      return;
    }
    ancestors_.push_back(real);
    fs::directory_iterator entry(folder, failure);
    for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
      const std::string name = entry->path().filename().string();
      if (IsHidden(name)) continue;
      VisitEntry(entry->path(), prefix + name);
    }
    if (failure) AddBad(prefix, fmt::format("cannot be listed: {}", failure.message()));
    ancestors_.pop_back();
  }

 private:
  void VisitEntry(const fs::path& path, const std::string& file) {
    if (FindInvalidUtf8(file) != nullptr) {
      // Shown with its odd bytes replaced: the name itself could not stand in any table.
      AddBad(ReplaceInvalidUtf8(file), std::string(kNotUtf8));
      return;
    }
    std::optional<FileStatus> status;
    try {
      status = StatFile(path);
    } catch (const Error& error) {
      AddBad(file, error.what());
      return;
    }
    if (!status) {
      AddBad(file, "is a link to nothing: remove it or restore what it names");
    } else if (status->is_folder && IsNamedLikeAFile(path)) {
      AddBad(file, "is a folder with the name of a file: rename it, or begin its name with '_'");
    } else if (status->is_folder) {
      Visit(path, file + "/");
    } else if (!status->is_regular) {
      AddBad(file, "is not a regular file: move it elsewhere, or begin its name with '_'");
    } else {
      listing_.files.push_back(
          {file, path, status->size_bytes, status->mtime_ns, CompressionOf(path), &LocalFiles()});
    }
  }

  void AddBad(std::string file, std::string problem) {
    listing_.bad_files.push_back({std::move(file), std::move(problem)});
  }

  FeedListing& listing_;
  std::vector<fs::path>
      ancestors_;  // real paths of the folders being visited: links can make a circle
};

}  // namespace

FeedListing ListFeed(const std::filesystem::path& folder) {
  const std::optional<FileStatus> status = StatFile(folder);
  if (!status || !status->is_folder) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("the landing folder {} {}: check the feed's path and --landing",
                            folder.string(), status ? "is not a folder" : "does not exist"));
  }
  FeedListing listing;
  FolderWalk(listing).Visit(folder, "");
  SortByFile(listing);
  return listing;
}

FeedListing ListObjects(const std::string& folder, const std::vector<ListedObject>& objects,
                        const FileStore& store) {
  FeedListing listing;
  for (const ListedObject& object : objects) {
    const std::string file = object.path.substr(std::min(object.path.size(), folder.size() + 1));
    const bool is_marker = object.size_bytes == 0 && object.path.ends_with('/');
    if (is_marker || HasHiddenPart(file)) continue;
    if (FindInvalidUtf8(file) != nullptr) {
      listing.bad_files.push_back({ReplaceInvalidUtf8(file), std::string(kNotUtf8)});
    } else {
      listing.files.push_back({file, object.path, object.size_bytes, object.mtime_ns,
                               CompressionOf(object.path), &store});
    }
  }
  SortByFile(listing);
  return listing;
}

}  // namespace stedi
