// Finds out where a lake was made. Iceberg metadata holds absolute paths, so a lake that was moved
// or copied still names files in its old folder. It is neither read nor written to until `stedi
// relocate` has replaced these paths.
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
// Opens no file of the lake.
void CheckIsAtHome(const LakePlace& place, const SqlCatalog& catalog);

// A location as another program may spell it: "file://" and "/a/b".
struct SpelledPlace {
  std::string scheme;  // "file://", "file:", "s3a://" or "s3n://"; empty for a plain path
  std::string path;    // begins with "/", or is s3://..
};
SpelledPlace SplitPlace(std::string_view location);

// Whether `path` is in `folder`, judged by its name alone.
bool IsBelow(std::string_view path, std::string_view folder);

// Whether both paths name the same existing folder on a disk.
bool IsSameFolder(const std::filesystem::path& a, const std::filesystem::path& b);

// Returns the folder of the lake in which the table was made. On a disk, that is known only if the
// file that `pointer` names is found at the same relative path below `lake`; on S3 the file is not
// looked for. If nothing was moved, the result is `lake` itself or another name of it.
std::optional<std::string> FindOldFolder(const TablePointer& pointer,
                                         const std::filesystem::path& lake);

// Returns <root> of "<root>/<database>/<table>/metadata/<file>", which is stedi's layout of a
// table's files; nothing for another layout.
std::optional<std::string> RootOf(const TablePointer& pointer);

}  // namespace stedi
