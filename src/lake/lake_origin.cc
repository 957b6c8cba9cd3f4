#include "lake/lake_origin.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

namespace stedi {

bool IsBelow(std::string_view path, std::string_view folder) {
  while (folder.ends_with('/')) folder.remove_suffix(1);
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

bool IsSameFolder(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code is_not_there;
  return std::filesystem::equivalent(a, b, is_not_there) && !is_not_there;
}

namespace {

// Whether the lake was moved up, from a folder below its present one: the old folder is below
// `lake` by its name, but the table's file is at the same relative path in `lake` itself.
bool IsMovedUp(const TablePointer& pointer, const std::filesystem::path& lake) {
  const std::optional<std::string> root = RootOf(pointer);
  if (IsRemote(lake) || !root.has_value() || !IsBelow(*root, lake.string())) return false;
  const std::string path = SplitPlace(pointer.location).path;
  return StatFile(lake.string() + path.substr(root->size())).has_value();
}

}  // namespace

std::optional<std::string> FindOldFolder(const TablePointer& pointer,
                                         const std::filesystem::path& lake) {
  const std::string path = SplitPlace(pointer.location).path;
  std::optional<std::string> root = RootOf(pointer);
  if (IsRemote(lake)) return root;
  if (root.has_value() && StatFile(lake.string() + path.substr(root->size()))) return root;
  for (size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
    if (at > 0 && StatFile(lake.string() + path.substr(at))) return path.substr(0, at);
  }
  return std::nullopt;
}

SpelledPlace SplitPlace(std::string_view location) {
  if (location.starts_with("file:///")) return {"file://", std::string(location.substr(7))};
  if (location.starts_with("file:/")) return {"file:", std::string(location.substr(5))};
  for (const std::string_view scheme : {"s3a://", "s3n://"}) {
    if (location.starts_with(scheme)) {
      return {std::string(scheme), "s3://" + std::string(location.substr(scheme.size()))};
    }
  }
  return {"", std::string(location)};
}

std::optional<std::string> RootOf(const TablePointer& pointer) {
  const std::string path = SplitPlace(pointer.location).path;
  const std::string folder =
      fmt::format("/{}/{}/metadata/", pointer.table.database, pointer.table.name);
  const size_t at = path.rfind(folder);
  if (at == std::string::npos || at == 0) return std::nullopt;
  return path.substr(0, at);
}

bool IsInLake(const std::string& location, const std::filesystem::path& lake) {
  const std::string path = AbsoluteLocation(SplitPlace(location).path).string();
  if (IsBelow(path, lake.string())) return true;
  if (IsRemote(path) || IsRemote(lake)) return false;
  for (std::filesystem::path folder = std::filesystem::path(path).parent_path();
       folder != folder.root_path(); folder = folder.parent_path()) {
    if (IsSameFolder(folder, lake)) return true;
  }
  return false;
}

void CheckIsAtHome(const LakePlace& place, const SqlCatalog& catalog) {
  for (const TablePointer& pointer : catalog.ListPointers()) {
    if (IsInLake(pointer.location, place.lake) && !IsMovedUp(pointer, place.lake)) continue;
    const std::optional<std::string> old_folder = FindOldFolder(pointer, place.lake);
    if (!old_folder.has_value()) {
      throw Error(ErrorCode::kInvalid,
                  fmt::format("the table {} of the lake at {} is outside of it, at {}: name the "
                              "lake that it belongs to, or take it out of the catalog",
                              pointer.table.name, place.lake.string(), pointer.location));
    }
    std::string command = fmt::format("stedi relocate {}", place.lake.string());
    if (!place.catalog_is_inside) command += fmt::format(" --catalog {}", place.catalog.string());
    throw Error(ErrorCode::kInvalid,
                fmt::format("this lake was made at {} and is now at {}: {}; if it is a copy of a "
                            "lake that is still in use: the same with --copy",
                            *old_folder, place.lake.string(), command));
  }
}

}  // namespace stedi
