// Checks the files of a table against the checksums that were taken when they were written: its
// metadata file, and for each kept snapshot the manifest list, the manifests and the data files.
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

// Checks the table's metadata file before it is parsed.
FilesCheck CheckMetadataFile(const LakeSession& session, const std::string& table);

// Checks all files that the opened `table` names. A fault in a file that only older snapshots name
// is a note. Throws Error if a file of the current snapshot cannot be read.
FilesCheck CheckTableFiles(const LakeSession& session, const LakeTable& table);

}  // namespace stedi
