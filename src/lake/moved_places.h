// Which names the files of a moved lake have: by those that its metadata gives them.
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

  // Learns from `pointer` in which folder the lake was: places below it are renamed from now on.
  void Learn(const TablePointer& pointer);
  // The folders that the lake was in, other names of its own folder among them.
  const std::map<std::string, bool>& old_folders() const { return old_folders_; }
  const std::filesystem::path& lake() const { return lake_; }

  // What the file at `place` is called in the lake, in the same spelling; `place` itself where it
  // is of none of the folders.
  std::string Rename(const std::string& place) const;
  // The same of a file that must be there; its size is put into `size_bytes`. Throws kInvalid when
  // it is outside the lake or missing.
  std::string Find(const std::string& place, uint64_t& size_bytes);

 private:
  Storage& storage_;
  std::filesystem::path lake_;
  std::map<std::string, bool> old_folders_;  // -> whether it is the lake's folder by another name
};

}  // namespace stedi
