#include "run/folder_overlap.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "base/error.h"
#include "base/file_store.h"
#include "lake/lake_table.h"
#include "run/quarantine.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

// Returns the path without links, "." and "..", as far as it exists; for a remote path, the parts
// of its prefix.
fs::path RealPath(const fs::path& path) {
  if (IsRemote(path)) {
    fs::path parts;
    for (const fs::path& part : AbsoluteLocation(path)) {
      if (!part.empty()) parts /= part;
    }
    return parts;
  }
  std::error_code failure;
  const fs::path real = fs::weakly_canonical(path, failure);
  fs::path named = failure ? AbsoluteLocation(path) : real;
  // Makes "a/" equal to "a".
  if (!named.has_filename() && named.has_relative_path()) named = named.parent_path();
  return named;
}

struct PlaceOfLake {
  const char* what;
  fs::path path;
};

}  // namespace

bool IsAtOrBelow(const fs::path& path, const fs::path& folder) {
  if (IsRemote(path) != IsRemote(folder)) return false;
  const fs::path inner = RealPath(path);
  const fs::path outer = RealPath(folder);
  return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

void CheckApart(const LakePlace& place, const Feed& feed,
                const std::vector<fs::path>& places_outside) {
  const std::array<PlaceOfLake, 4> places = {{{"the lake", place.lake},
                                              {"the lake's catalog", place.catalog},
                                              {"the lake's lock", place.lock},
                                              {"the lake's temporary folder", place.temp_folder}}};
  const auto check = [&](const fs::path& folder, const std::string& what) {
    for (const PlaceOfLake& of_lake : places) {
      if (!IsAtOrBelow(of_lake.path, folder) && !IsAtOrBelow(folder, of_lake.path)) continue;
      throw Error(ErrorCode::kInvalid,
                  fmt::format("{} ({}) and {} ({}) are inside one another: name another --lake or "
                              "--landing",
                              of_lake.what, of_lake.path.string(), what, folder.string()));
    }
  };
  check(feed.folder, fmt::format("the landing folder of {}", feed.name));
  for (const fs::path& outside : places_outside) {
    check(outside, fmt::format("what a link in the landing folder of {} leads to", feed.name));
  }
}

void CheckPlaces(const LakePlace& place, const Project& project) {
  std::vector<fs::path> tables;
  const auto add = [&](const std::string& name) {
    tables.push_back(TableFolder(place.lake, {project.database, name}));
  };
  for (const Feed& feed : project.feeds) {
    CheckApart(place, feed, {});
    add(feed.name);
    if (feed.rejected.has_value()) add(feed.rejected->name);
  }
  for (const View& view : project.views) add(view.name);
  add(kQuarantineTable);
  CheckOwnPlaces(place, tables);
}

}  // namespace stedi
