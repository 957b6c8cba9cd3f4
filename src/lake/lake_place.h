// Where the parts of a lake are, and whose lake it is. Its files are at its location, which may be
// on S3; its catalog, lock and temporary folder are always on a disk.
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
  std::filesystem::path lock;         // only its holder may write to the catalog
  std::filesystem::path temp_folder;  // emptied by each run
  bool catalog_is_inside = true;      // <lake>/catalog.db
};

// `catalog` empty: <lake>/catalog.db. Throws kInvalid when a lake on S3 comes without a catalog.
LakePlace PlaceOf(const std::filesystem::path& lake, const std::filesystem::path& catalog);

// Throws kInvalid when one of the places that a run writes to is a link, or when the lake has no
// catalog yet but its temporary folder is not empty: no run can have filled it. `tables` are the
// folders of the run's tables. So nothing is written outside the lake that was named.
void CheckOwnPlaces(const LakePlace& place, const std::vector<std::filesystem::path>& tables);

// Throws kInvalid when `catalog` says that it belongs to another lake.
void CheckCatalogIsOf(const LakePlace& place, const SqlCatalog& catalog);

// Ties the catalog and the lake together before the first run, by an id that is written into both;
// throws kConflict when one of them belongs elsewhere. For <lake>/catalog.db nothing is done,
// unless the lake belongs to another catalog. REQUIRES: the lock is held.
void ClaimLake(const LakePlace& place, Storage& storage, SqlCatalog& catalog);
// Before tables are published: checks the same once more, because another catalog may have claimed
// the lake meanwhile, and writes a mark of this commit into the lake and the catalog. A copy of the
// catalog lacks the mark, and is refused from then on.
void MarkCommit(const LakePlace& place, Storage& storage, SqlCatalog& catalog);

// Whether the last commit was made with another copy of the catalog than this one.
bool IsForked(const LakePlace& place, Storage& storage, const SqlCatalog& catalog);
// Gives the lake to this catalog, whatever catalog it belonged to, under `id`.
void TakeLake(const LakePlace& place, Storage& storage, SqlCatalog& catalog, const std::string& id);
// The id that is written in the lake itself.
std::optional<std::string> IdInLake(const LakePlace& place, Storage& storage);

inline constexpr const char* kLakeIdSetting = "lake_id";
inline constexpr const char* kLakeLocationSetting = "lake_location";

}  // namespace stedi
