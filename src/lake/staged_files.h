// The files that the catalog is about to name. Between their writing and that moment another
// program may remove them: a cleaner of old files, a careless rm.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "store/storage.h"

namespace stedi {

class StagedFiles {
 public:
  // Any thread. `crc`: of its bytes, where it is known.
  void Add(const std::string& path, int64_t bytes, const std::string& crc = "");
  // Those so far are not to be published.
  void Forget();
  std::string CrcOf(const std::string& path) const;
  // Throws kUnavailable, naming the first that is not there as it was written. What is on S3 was
  // looked for when its upload ended: to ask again would take a request for each file.
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
