// Rewrites, for one table of a moved lake, everything that names files, bottom up and under new
// names: the position delete files, manifests, manifest lists and metadata.json of all kept
// snapshots. Data files name no files and stay as they are.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "database/database.h"
#include "lake/moved_places.h"
#include "store/storage.h"

namespace stedi {

class PlaceEditor;

// What was written for a table.
struct RelocatedTable {
  std::string location;                     // of its metadata.json
  std::string old_uuid;                     // only set in a copy
  std::string new_uuid;                     // only set in a copy
  std::vector<std::string> outdated_files;  // paths that nothing names once the catalog is changed
};

// Writes the files of several tables; the old ones are not touched. A file is named after the one
// that it replaces, so that a second attempt overwrites what the first one left.
class TableRelocation {
 public:
  // `scratch` is a folder on a disk. `is_copy`: each table gets a new uuid.
  TableRelocation(Connection& connection, Storage& storage, MovedPlaces& places,
                  std::filesystem::path scratch, bool is_copy);

  // Returns nothing when every file that the table names is where the table says. Throws kInvalid
  // when a file is missing, has the wrong size, is outside the lake, or cannot be rewritten.
  std::optional<RelocatedTable> Relocate(const TablePointer& pointer);
  size_t files_written() const { return files_written_; }

 private:
  struct NewFileName {
    std::string place;
    uint64_t size_bytes = 0;
    bool is_new = false;
    std::string crcs = {};      // of a manifest, or of a list and its manifests as in kManifestCrcs
    std::string old_crcs = {};  // the same for the files before relocation
  };
  struct FileNaming {
    std::string prefix;
    std::string suffix;
  };
  friend class ManifestEditor;
  friend class ManifestListEditor;

  NewFileName RelocateList(const std::string& place);
  NewFileName RelocateManifest(const std::string& place);
  NewFileName RelocateDeletes(const std::string& place);
  NewFileName EditAvro(const std::string& place, const FileNaming& naming, PlaceEditor& editor);
  NewFileName Write(const std::string& old_place, const FileNaming& naming,
                    const std::string& bytes);
  std::string Read(const std::string& place);
  // Returns those data file paths in the rows of a position delete file that change: old -> new.
  std::map<std::string, std::string> RenamedRows(const std::string& path);
  static void CheckCrcs(const std::string& noted, const NewFileName& list);
  bool EditMetadata(nlohmann::json& metadata);
  bool Rename(nlohmann::json& object, const char* key);

  Connection& connection_;
  Storage& storage_;
  MovedPlaces& places_;
  std::filesystem::path scratch_;
  bool is_copy_;
  std::map<std::string, NewFileName> done_;  // by old place
  std::vector<std::string> outdated_;        // of this table
  size_t files_written_ = 0;
};

}  // namespace stedi
