// The files that the catalog is about to name. Until it does, another program may remove them: a
// cleaner of old files, or a careless rm.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "store/storage.h"

namespace stedi {

class StagedFiles {
 public:
  // Adds a file that was written. `crc` is the checksum of its bytes, where that is known. Any
  // thread.
  void Add(const std::string& path, int64_t bytes, const std::string& crc = "");
  // Forgets all files so far: they will not be published.
  void Forget();
  std::string CrcOf(const std::string& path) const;
  // Throws kUnavailable, naming the file, when one is missing or has another size. Files on S3 are
  // not checked again, which would take a request for each: that was done when their upload ended.
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
