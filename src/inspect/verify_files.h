// The files of a table against the checksums that were taken when they were written: its metadata
// file, and for each kept snapshot the manifest list, the manifests and the data files.
#pragma once

#include <string>
#include <vector>

#include "lake/lake_session.h"
#include "lake/lake_table.h"

namespace stedi {

struct FilesCheck {
  std::vector<std::string> faults;  // "<path>: <what is wrong>"
  std::vector<std::string> notes;
};

// Of the table's metadata file, before it is parsed.
FilesCheck CheckMetadataFile(const LakeSession& session, const std::string& table);

// Of all files that `table`, which is open, names: what is wrong with files of older snapshots
// alone is a note. Throws Error where one of the current snapshot's cannot be read.
FilesCheck CheckTableFiles(const LakeSession& session, const LakeTable& table);

}  // namespace stedi
