#include "engine/lake_place.h"

#include <fmt/format.h>

#include "iceberg/identifiers.h"

namespace stedi {
namespace {

constexpr const char* kIdFile = "stedi-lake-id";
constexpr const char* kIdSetting = "lake_id";
constexpr const char* kLocationSetting = "lake_location";

std::filesystem::path Beside(const std::filesystem::path& file, const char* ending) {
  return file.string() + ending;
}

// What stands in the lake itself.
std::optional<std::string> IdInLake(const LakePlace& place, Storage& storage) {
  const FileStore& files = storage.Of(place.lake);
  const std::filesystem::path path = place.lake / kIdFile;
  // A missing bucket is told from a missing object by a listing alone.
  if (IsRemote(path) && !storage.S3().HasObjects(path.string())) return std::nullopt;
  if (!files.Stat(path).has_value()) return std::nullopt;
  std::string id = ReadToEnd(*files.Open(path));
  while (id.ends_with('\n')) id.pop_back();
  return id;
}

[[noreturn]] void ThrowTaken(const LakePlace& place, const std::string& id) {
  throw Error(ErrorCode::kConflict,
              fmt::format("the lake at {} belongs to another catalog than {} (its id is {}): name "
                          "its own with --catalog, or choose another --lake",
                          place.lake.string(), place.catalog.string(), id));
}

}  // namespace

LakePlace PlaceOf(const std::filesystem::path& lake, const std::filesystem::path& catalog) {
  CheckLocation(lake);
  LakePlace place;
  place.lake = AbsoluteLocation(lake);
  const std::filesystem::path inside = place.lake / "catalog.db";
  if (catalog.empty() && IsRemote(lake)) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("the catalog of the lake at {} is a file on a disk: name it with "
                            "--catalog FILE",
                            lake.string()));
  }
  if (IsRemote(catalog)) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("--catalog {}: the catalog is a file on a disk", catalog.string()));
  }
  place.catalog = catalog.empty() ? inside : AbsoluteLocation(catalog);
  place.catalog_is_inside = place.catalog == inside;
  place.lock = place.catalog_is_inside ? place.lake / "lock" : Beside(place.catalog, ".lock");
  place.temp_folder = place.catalog_is_inside ? place.lake / "tmp" : Beside(place.catalog, ".tmp");
  return place;
}

void CheckCatalogIsOf(const LakePlace& place, const SqlCatalog& catalog) {
  if (place.catalog_is_inside) return;
  const std::optional<std::string> location = catalog.GetSetting(kLocationSetting);
  if (location == place.lake.string()) return;
  if (location.has_value()) {
    throw Error(ErrorCode::kConflict,
                fmt::format("{} is the catalog of the lake at {}, not of {}: name that lake, or "
                            "another --catalog",
                            place.catalog.string(), *location, place.lake.string()));
  }
  if (catalog.ListRuns(1).empty()) return;
  throw Error(ErrorCode::kConflict,
              fmt::format("{} is the catalog of another lake: name that lake, or another --catalog",
                          place.catalog.string()));
}

void ClaimLake(const LakePlace& place, Storage& storage, SqlCatalog& catalog) {
  CheckCatalogIsOf(place, catalog);
  if (!place.catalog_is_inside && !IsRemote(place.lake) &&
      StatFile(place.lake / "catalog.db").has_value()) {
    ThrowTaken(place, "in its catalog.db");
  }
  const std::optional<std::string> there = IdInLake(place, storage);
  const std::optional<std::string> own = catalog.GetSetting(kIdSetting);
  if (there.has_value()) {
    if (there != own) ThrowTaken(place, *there);
    return;
  }
  if (place.catalog_is_inside) return;
  // The catalog first: a run that dies in between can be repeated.
  const std::string id = own.value_or(NewUuid());
  catalog.SetSetting(kLocationSetting, place.lake.string());
  catalog.SetSetting(kIdSetting, id);
  storage.Of(place.lake).MakeFolder(place.lake);
  storage.Of(place.lake).WriteNew(place.lake / kIdFile, id + "\n");
  CheckClaim(place, storage, catalog);
}

void CheckClaim(const LakePlace& place, Storage& storage, const SqlCatalog& catalog) {
  if (place.catalog_is_inside) return;
  const std::optional<std::string> there = IdInLake(place, storage);
  if (there == catalog.GetSetting(kIdSetting)) return;
  ThrowTaken(place, there.value_or("gone"));
}

}  // namespace stedi
