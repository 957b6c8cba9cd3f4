// Files that are written but that the catalog does not name yet. Until it does, another program may
// remove them: a cleanup of orphan files, or a careless rm.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "store/storage.h"

namespace stedi {

class StagedFiles {
 public:
  // Adds a file that was written. `crc` is the checksum of its bytes, if known. Any thread may call
  // it.
  void Add(const std::string& path, int64_t bytes, const std::string& crc = "");
  // Forgets all files so far: they will not be published.
  void Abandon();
  // Returns the checksum that was given to Add(); empty: not known.
  std::string CrcOf(const std::string& path) const;
  // Throws kUnavailable, naming the file, when one is missing or has another size. Files on S3 were
  // checked when their upload ended, and are not checked again: that would take a request per file.
  void Check(Storage& storage) const;

 private:
  mutable std::mutex mutex_;
  struct Written {
    int64_t bytes = 0;
    std::string crc;
  };
  std::map<std::string, Written> files_;  // by path
};

}  // namespace stedi
