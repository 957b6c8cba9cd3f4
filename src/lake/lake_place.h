// Where the parts of a lake are, and whose lake it is: files at its location, which may be on S3;
// its catalog, lock and temporary folder always on a disk.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "catalog/sql_catalog.h"
#include "store/storage.h"

namespace stedi {

struct LakePlace {
  std::filesystem::path lake;         // absolute, or s3://bucket/prefix
  std::filesystem::path catalog;      // the SQLite file
  std::filesystem::path lock;         // who holds it writes to the catalog
  std::filesystem::path temp_folder;  // emptied by each run
  bool catalog_is_inside = true;      // <lake>/catalog.db
};

// `catalog` empty: <lake>/catalog.db. Throws kInvalid when a lake on S3 has no catalog named.
LakePlace PlaceOf(const std::filesystem::path& lake, const std::filesystem::path& catalog);

// Throws kInvalid when one of the places that a run writes to is a link, or when the temporary
// folder of a lake that has no catalog yet holds something: that is not a run's. `tables` are the
// folders of the run's tables. Nothing is written outside the lake that was named.
void CheckOwnPlaces(const LakePlace& place, const std::vector<std::filesystem::path>& tables);

// Throws kInvalid when `catalog`, by what it says, is that of another lake.
void CheckCatalogIsOf(const LakePlace& place, const SqlCatalog& catalog);

// Makes the catalog and the lake belong together before the first run, by an id that stands in
// both; throws kConflict when one of them belongs elsewhere. Nothing to do for <lake>/catalog.db,
// unless another catalog has the lake. Hold the lock.
void ClaimLake(const LakePlace& place, Storage& storage, SqlCatalog& catalog);
// Before tables are published: asks the same once more, as another catalog may have claimed the
// lake at the same moment, and leaves a mark of this commit in the lake and in the catalog. A copy
// of the catalog does not have it, and is refused from then on.
void MarkCommit(const LakePlace& place, Storage& storage, SqlCatalog& catalog);

// Whether the last commit was made with another copy of the catalog than this one.
bool IsForked(const LakePlace& place, Storage& storage, const SqlCatalog& catalog);
// Makes the lake that of this catalog, whatever catalog it belonged to: under `id`.
void TakeLake(const LakePlace& place, Storage& storage, SqlCatalog& catalog, const std::string& id);
// The id that stands in the lake itself.
std::optional<std::string> IdInLake(const LakePlace& place, Storage& storage);

inline constexpr const char* kLakeIdSetting = "lake_id";
inline constexpr const char* kLakeLocationSetting = "lake_location";

}  // namespace stedi
