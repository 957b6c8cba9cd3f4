#include "lake/moved_places.h"

#include <fmt/format.h>

#include <utility>

namespace stedi {
namespace {

// Returns `path` with the scheme of `old`, if both are on a disk or both are on S3.
std::string Spelled(const SpelledPlace& old, const std::string& path) {
  constexpr size_t kSchemeBytes = 5;  // s3://
  if (old.scheme.empty() || IsRemote(old.path) != IsRemote(path)) return path;
  return old.scheme + (IsRemote(path) ? path.substr(kSchemeBytes) : path);
}

}  // namespace

MovedPlaces::MovedPlaces(Storage& storage, std::filesystem::path lake)
    : storage_(storage), lake_(std::move(lake)) {}

void MovedPlaces::AddTable(const TablePointer& pointer) {
  const std::optional<std::string> folder = FindOldFolder(pointer, lake_);
  if (!folder.has_value() || *folder == lake_.string()) return;
  old_folders_[*folder] = !IsRemote(lake_) && IsSameFolder(*folder, lake_);
}

std::string MovedPlaces::Rename(const std::string& place) const {
  const SpelledPlace old = SplitPlace(place);
  // The longest matching folder counts: one may be inside another.
  std::string folder = IsBelow(old.path, lake_.string()) ? lake_.string() : "";
  for (const auto& [candidate, is_same] : old_folders_) {
    if (candidate.size() > folder.size() && IsBelow(old.path, candidate)) folder = candidate;
  }
  if (folder.empty() || folder == lake_.string()) return place;
  return Spelled(old, lake_.string() + old.path.substr(folder.size()));
}

std::string MovedPlaces::Find(const std::string& place, uint64_t& size_bytes) {
  std::string renamed = Rename(place);
  const std::string path = SplitPlace(renamed).path;
  if (!IsBelow(path, lake_.string())) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("{}: a file that the lake at {} names is outside of the lake: relocate "
                            "cannot tell where it is now",
                            place, lake_.string()));
  }
  const std::optional<FileStatus> status = storage_.StoreOf(path).Stat(path);
  if (!status.has_value()) {
    throw Error(
        ErrorCode::kInvalid,
        fmt::format("{}: is missing, so the lake is not whole: bring the file there, it was "
                    "at {}",
                    path, place));
  }
  size_bytes = status->size_bytes;
  return renamed;
}

}  // namespace stedi
