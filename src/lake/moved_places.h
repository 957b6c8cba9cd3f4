// Maps the paths in the metadata of a moved lake to the paths that its files have now.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "lake/lake_origin.h"

namespace stedi {

class MovedPlaces {
 public:
  // `storage` must outlive it.
  MovedPlaces(Storage& storage, std::filesystem::path lake);

  // Learns from `pointer` in which folder the lake was. From now on, paths below it are renamed.
  void AddTable(const TablePointer& pointer);
  // The folders that the lake was in, including other names of its present folder.
  const std::map<std::string, bool>& old_folders() const { return old_folders_; }
  const std::filesystem::path& lake() const { return lake_; }

  // Returns the path that the file at `place` has now, spelled the same way (with its scheme);
  // `place` itself if it is in none of the old folders.
  std::string Rename(const std::string& place) const;
  // The same for a file that must exist; sets `size_bytes` to its size. Throws kInvalid when it is
  // outside the lake or missing.
  std::string Find(const std::string& place, uint64_t& size_bytes);

 private:
  Storage& storage_;
  std::filesystem::path lake_;
  std::map<std::string, bool> old_folders_;  // -> whether it is the lake's folder by another name
};

}  // namespace stedi
