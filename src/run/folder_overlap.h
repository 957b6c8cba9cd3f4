// Refuses a lake and a landing folder that are inside one another: each run would read what the
// last one wrote, or write among the files that it reads.
#pragma once

#include <filesystem>
#include <vector>

#include "lake/lake_place.h"
#include "pipeline/project.h"

namespace stedi {

// Whether `path` is `folder` or below it. On a disk, links and relative parts are resolved; parts
// that do not exist yet are compared by name. On S3, the parts of the prefixes are compared.
bool IsAtOrBelow(const std::filesystem::path& path, const std::filesystem::path& folder);

// Throws kInvalid when the lake, its catalog, its lock or its temporary folder and the feed's
// folder are inside one another. The same holds for `places_outside`, the targets of links in the
// feed's folder.
void CheckApart(const LakePlace& place, const Feed& feed,
                const std::vector<std::filesystem::path>& places_outside);

// Checks the places of a lake before a run writes anything: CheckApart for each feed, and
// CheckOwnPlaces.
void CheckPlaces(const LakePlace& place, const Project& project);

}  // namespace stedi
