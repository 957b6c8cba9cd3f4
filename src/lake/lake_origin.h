// Where a lake was made. Iceberg metadata holds absolute places, so a lake that was moved or copied
// still names the files of its old folder: it is not read, nor written to, before `stedi relocate`
// has given them their new names.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/sql_catalog.h"
#include "lake/lake_place.h"

namespace stedi {

// Whether `location` is in the folder `lake`, under this name or another one of the same folder: a
// symbolic link, a bind mount. (A link inside the lake counts as a part of it.)
bool IsInLake(const std::string& location, const std::filesystem::path& lake);

// Throws kInvalid, with what to do, when a table is in another folder by the catalog. Reads no file
// of the lake.
void CheckIsAtHome(const LakePlace& place, const SqlCatalog& catalog);

// A place as another program may spell it: "file://" and "/a/b".
struct SpelledPlace {
  std::string scheme;  // with its slashes; empty for a plain path
  std::string path;    // begins with "/", or is s3://..
};
SpelledPlace SplitPlace(std::string_view location);

// Whether `path` is in `folder` by its name.
bool IsBelow(std::string_view path, std::string_view folder);

// Whether both are names of one folder on a disk that is there.
bool IsSameFolder(const std::filesystem::path& a, const std::filesystem::path& b);

// The folder that a table was made in, when the file that `pointer` names is found at the same
// place in `lake`. That is `lake` itself, or another name of it, where nothing was moved. (On S3
// nothing is looked for.)
std::optional<std::string> FindOldFolder(const TablePointer& pointer,
                                         const std::filesystem::path& lake);

// "<root>/<database>/<table>/metadata/<file>" -> root, where a table is as stedi lays it out.
std::optional<std::string> RootOf(const TablePointer& pointer);

}  // namespace stedi
