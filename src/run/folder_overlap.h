// A lake and a landing folder inside one another: each run would read what the last one wrote, or
// write among the files that it is to read.
#pragma once

#include <filesystem>
#include <vector>

#include "lake/lake_place.h"
#include "pipeline/project.h"

namespace stedi {

// Whether `path` is `folder` or below it: on a disk by where they really are, through links and
// relative parts; on S3 by the parts of their prefixes. What does not exist yet is taken by name.
bool IsAtOrBelow(const std::filesystem::path& path, const std::filesystem::path& folder);

// Throws kInvalid when a folder of the lake (also its catalog, lock or temporary folder) and the
// feed's are inside one another. `places_outside`: where links in the feed's folder lead to.
void CheckApart(const LakePlace& place, const Feed& feed,
                const std::vector<std::filesystem::path>& places_outside);

// All that a run asks of the places of a lake before it writes anything: CheckApart of each feed,
// and CheckOwnPlaces.
void CheckPlaces(const LakePlace& place, const Project& project);

}  // namespace stedi
