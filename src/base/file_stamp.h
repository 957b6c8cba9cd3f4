// The size and modification time of a file, which show whether it has changed without opening it.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace stedi {

struct FileStamp {
  uint64_t size_bytes = 0;  // as stored
  int64_t mtime_ns = 0;     // since 1970, UTC
  bool operator==(const FileStamp&) const = default;
};

// `File` is a FileStatus, a LandingFile, or the catalog's record of a file.
template <class File>
FileStamp StampOf(const File& file) {
  return {file.size_bytes, file.mtime_ns};
}

// Returns text such as "1200 1700000000123456789", which goes into hashes.
inline std::string ToString(const FileStamp& stamp) {
  return fmt::format("{} {}", stamp.size_bytes, stamp.mtime_ns);
}

}  // namespace stedi
