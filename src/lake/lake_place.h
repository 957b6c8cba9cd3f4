// Where the parts of a lake are, and which catalog it belongs to. Its files are at its location,
// which may be on S3; its catalog, lock and temporary folder are always on a disk.
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

// An empty `catalog` means <lake>/catalog.db. Throws kInvalid when a lake on S3 comes without a
// catalog, or when the catalog is on S3.
LakePlace PlaceOf(const std::filesystem::path& lake, const std::filesystem::path& catalog);

// Throws kInvalid when one of the paths that a run writes to is a symbolic link, so that nothing is
// written outside the named lake. Also throws it when the lake has no catalog yet but its temporary
// folder is not empty: no run can have filled it. `tables` are the folders of the run's tables.
void CheckOwnPlaces(const LakePlace& place, const std::vector<std::filesystem::path>& tables);

// Throws kInvalid when `catalog` says that it belongs to another lake.
void CheckCatalogIsOf(const LakePlace& place, const SqlCatalog& catalog);

// Ties the catalog and the lake together before the first run, by an id that is written into both.
// Throws kConflict when one of them belongs to another. A catalog at <lake>/catalog.db needs no id:
// only the check is made. REQUIRES: the lock is held.
void ClaimLake(const LakePlace& place, Storage& storage, SqlCatalog& catalog);
// Called before tables are published. Checks the same again, because another catalog may have
// claimed the lake meanwhile, and writes a mark of this commit into the lake and the catalog. An
// older copy of the catalog lacks the mark, and is refused from then on. Does nothing for
// <lake>/catalog.db.
void MarkCommit(const LakePlace& place, Storage& storage, SqlCatalog& catalog);

// Whether the mark in the lake was written with another catalog, or another copy of this one.
bool IsForked(const LakePlace& place, Storage& storage, const SqlCatalog& catalog);
// Makes the lake belong to this catalog under `id`, whatever catalog it belonged to.
void TakeLake(const LakePlace& place, Storage& storage, SqlCatalog& catalog, const std::string& id);
// Returns the id that is written in the lake itself; nothing if there is none.
std::optional<std::string> IdInLake(const LakePlace& place, Storage& storage);

inline constexpr const char* kLakeIdSetting = "lake_id";
inline constexpr const char* kLakeLocationSetting = "lake_location";

}  // namespace stedi
