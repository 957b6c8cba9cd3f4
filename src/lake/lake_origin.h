// Tells where a lake was made. Iceberg metadata holds absolute places, so a lake that was moved or
// copied still names the files of its old folder: it is neither read nor written to until `stedi
// relocate` has given them their new names.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/sql_catalog.h"
#include "lake/lake_place.h"

namespace stedi {

// Whether `location` is in the folder `lake`, by this name or by another name of the same folder,
// such as a symbolic link or a bind mount. (A link inside the lake counts as a part of it.)
bool IsInLake(const std::string& location, const std::filesystem::path& lake);

// Throws kInvalid, saying what to do, when the catalog says that a table is in another folder.
// Reads no file of the lake.
void CheckIsAtHome(const LakePlace& place, const SqlCatalog& catalog);

// A place as another program may spell it: "file://" and "/a/b".
struct SpelledPlace {
  std::string scheme;  // with its slashes; empty for a plain path
  std::string path;    // begins with "/", or is s3://..
};
SpelledPlace SplitPlace(std::string_view location);

// Whether `path` is in `folder`, judged by its name alone.
bool IsBelow(std::string_view path, std::string_view folder);

// Whether both are names of one folder that exists on a disk.
bool IsSameFolder(const std::filesystem::path& a, const std::filesystem::path& b);

// The folder of the lake that a table was made in, if the file that `pointer` names is found at the
// same place below `lake`; on S3 it is not looked for. Where nothing was moved, that is `lake`
// itself or another name of it.
std::optional<std::string> FindOldFolder(const TablePointer& pointer,
                                         const std::filesystem::path& lake);

// "<root>/<database>/<table>/metadata/<file>" -> root, where a table's files are laid out as stedi
// does it.
std::optional<std::string> RootOf(const TablePointer& pointer);

}  // namespace stedi
