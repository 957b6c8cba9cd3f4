#include "files/landing_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "files/file_format.h"
#include "files/file_names.h"
#include "files/utf8.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

struct CompressionRow {
  std::string_view extension;
  Compression compression;
};
constexpr std::array<CompressionRow, 2> kCompressions = {
    {{".gz", Compression::kGzip}, {".zst", Compression::kZstd}}};

bool IsHidden(std::string_view name) { return name.starts_with('.') || name.starts_with('_'); }

// Whether the name of the file, or of a folder in its path, is hidden.
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
  std::sort(listing.passed_over.begin(), listing.passed_over.end());
}

// REQUIRES: neither path contains links.
bool IsInside(const fs::path& path, const fs::path& folder) {
  const auto [in_folder, in_path] = std::ranges::mismatch(folder, path);
  return in_folder == folder.end();
}

class FolderWalk {
 public:
  FolderWalk(const fs::path& folder, const FileRule& rule, FeedListing& listing)
      : rule_(rule), listing_(listing) {
    std::error_code failure;
    root_ = fs::canonical(folder, failure);
    Visit(folder, "");
  }

 private:
  // `prefix` is the folder's path relative to the feed's folder, ending in '/', or "" for that
  // folder itself.
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
      if (!IsHidden(name)) VisitEntry(*entry, prefix + name, name);
    }
    if (failure) AddBad(prefix, fmt::format("cannot be listed: {}", failure.message()));
    ancestors_.pop_back();
  }

  void VisitEntry(const fs::directory_entry& entry, const std::string& file,
                  const std::string& name) {
    const fs::path& path = entry.path();
    // Invalid bytes are replaced, because a name that is not UTF-8 cannot be stored in any table.
    const std::string shown = FindInvalidUtf8(file) == nullptr ? file : ReplaceInvalidUtf8(file);
    std::optional<FileStatus> status;
    std::string problem;
    try {
      status = StatFile(path);
      if (!status) problem = "is a link to nothing: remove it or restore what it names";
    } catch (const Error& error) {
      problem = error.what();
    }
    const bool is_folder = status && status->is_folder;
    if (!is_folder && !IsLandingName(name, rule_.patterns)) {
      listing_.passed_over.push_back(shown);
      return;
    }
    if (FindInvalidUtf8(file) != nullptr) problem = kNotUtf8;
    if (problem.empty() && !is_folder && !status->is_regular) {
      problem = "is not a regular file: move it elsewhere, or begin its name with '_'";
    }
    if (problem.empty() && !MayFollow(entry)) {
      problem =
          "is a link that leaves the feed's folder: put what it names there, or give the feed "
          "'feed.follow_links' = 'true'";
    }
    if (!problem.empty()) {
      AddBad(shown, problem);
    } else if (is_folder) {
      Visit(path, file + "/");
    } else {
      listing_.files.push_back({file, path, status->size_bytes, status->mtime_ns,
                                CompressionOfName(path), &LocalFiles()});
    }
  }

  // Whether the entry is not a link, or is one that may be followed. Records the target of a link
  // that leaves the feed's folder and may be followed.
  bool MayFollow(const fs::directory_entry& entry) {
    std::error_code failure;
    if (!entry.is_symlink(failure) && !failure) return true;
    const fs::path real = fs::canonical(entry.path(), failure);
    if (!failure && IsInside(real, root_)) return true;
    if (failure || !rule_.follow_links) return false;
    listing_.places_outside.push_back(real);
    return true;
  }

  void AddBad(std::string file, std::string problem) {
    listing_.bad_files.push_back({std::move(file), std::move(problem)});
  }

  const FileRule& rule_;
  FeedListing& listing_;
  fs::path root_;
  std::vector<fs::path>
      ancestors_;  // real paths of the folders being visited: links can form a cycle
};

}  // namespace

Compression CompressionOfName(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  for (const CompressionRow& row : kCompressions) {
    if (row.extension == extension) return row.compression;
  }
  return Compression::kNone;
}

std::string DecodingName(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return "plain";
    case Compression::kGzip:
      return "gzip";
    case Compression::kZstd:
      return "zstd";
  }
  return "";
}

std::string DecodingOf(const LandingFile& file) {
  std::string first(std::min<uint64_t>(kFormatBytes, file.size_bytes), '\0');
  first.resize(file.Open()->ReadAt(0, first));
  const Compression found = CompressionOfBytes(first);
  return DecodingName(found == Compression::kNone ? file.compression : found);
}

FeedListing ListFeed(const std::filesystem::path& folder, const FileRule& rule) {
  const std::optional<FileStatus> status = StatFile(folder);
  if (!status || !status->is_folder) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("the landing folder {} {}: check the feed's path and --landing",
                            folder.string(), status ? "is not a folder" : "does not exist"));
  }
  FeedListing listing;
  const FolderWalk walk(folder, rule, listing);
  SortByFile(listing);
  return listing;
}

FeedListing ListObjects(const std::string& folder, const std::vector<ListedObject>& objects,
                        const FileStore& store, const FileRule& rule) {
  FeedListing listing;
  for (const ListedObject& object : objects) {
    const std::string file = object.path.substr(std::min(object.path.size(), folder.size() + 1));
    const bool is_marker = object.size_bytes == 0 && object.path.ends_with('/');
    if (is_marker || HasHiddenPart(file)) continue;
    const bool is_utf8 = FindInvalidUtf8(file) == nullptr;
    if (!IsLandingName(file.substr(file.rfind('/') + 1), rule.patterns)) {
      listing.passed_over.push_back(is_utf8 ? file : ReplaceInvalidUtf8(file));
    } else if (!is_utf8) {
      listing.bad_files.push_back({ReplaceInvalidUtf8(file), std::string(kNotUtf8)});
    } else {
      listing.files.push_back({file, object.path, object.size_bytes, object.mtime_ns,
                               CompressionOfName(object.path), &store});
    }
  }
  SortByFile(listing);
  return listing;
}

}  // namespace stedi
