// Where the parts of a lake are, and whose lake it is: files at its location, which may be on S3;
// its catalog, lock and temporary folder always on a disk.
#pragma once

#include <filesystem>

#include "catalog/sql_catalog.h"
#include "engine/storage.h"

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

// Throws kInvalid when `catalog`, by what it says, is that of another lake.
void CheckCatalogIsOf(const LakePlace& place, const SqlCatalog& catalog);

// Makes the catalog and the lake belong together before the first run, by an id that stands in
// both; throws kConflict when one of them belongs elsewhere. Nothing to do for <lake>/catalog.db,
// unless another catalog has the lake. Hold the lock.
void ClaimLake(const LakePlace& place, Storage& storage, SqlCatalog& catalog);
// The same question once more, before tables are published: another catalog may have claimed the
// lake at the same moment.
void CheckClaim(const LakePlace& place, Storage& storage, const SqlCatalog& catalog);

}  // namespace stedi
