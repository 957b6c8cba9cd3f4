// What tells without opening a file whether it is as it was: its size and when it was written.
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

// Of a FileStatus, a LandingFile, or the record of one.
template <class File>
FileStamp StampOf(const File& file) {
  return {file.size_bytes, file.mtime_ns};
}

// "1200 1700000000123456789", for a hash.
inline std::string ToString(const FileStamp& stamp) {
  return fmt::format("{} {}", stamp.size_bytes, stamp.mtime_ns);
}

}  // namespace stedi
