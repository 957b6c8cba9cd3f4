// One table of a moved lake: everything that names files is written anew, bottom up and under new
// names: position delete files, manifests, manifest lists, metadata.json, of all kept snapshots.
// Data files name none and stay as they are.
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

// What a table was, and is now.
struct RelocatedTable {
  std::string location;                     // of its metadata.json
  std::string old_uuid;                     // of a copy
  std::string new_uuid;                     // of a copy
  std::vector<std::string> outdated_files;  // paths that nothing names once the catalog is changed
};

// Writes the files of several tables. Old ones are not touched. A file is named after the one that
// it takes the place of, so that a second attempt writes over what the first one left.
class TableRelocation {
 public:
  // `scratch` is a folder on a disk. `is_copy`: tables get uuids of their own.
  TableRelocation(Connection& connection, Storage& storage, MovedPlaces& places,
                  std::filesystem::path scratch, bool is_copy);

  // Nothing when all that the table names is where it says. Throws kInvalid when a file is missing
  // or has not the size that it should have, is outside, or cannot be written anew.
  std::optional<RelocatedTable> Relocate(const TablePointer& pointer);
  size_t files_written() const { return files_written_; }

 private:
  struct NewFileName {
    std::string place;
    uint64_t size_bytes = 0;
    bool is_new = false;
    std::string crcs = {};  // of a manifest; of a list and its manifests, as kManifestCrcs has them
    std::string old_crcs = {};  // the same of the files as they were
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
  // The names in rows of a position delete file that are others now: old -> new.
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
