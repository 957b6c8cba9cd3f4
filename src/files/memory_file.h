// For tests and fuzzing: bytes that can be listed and read as a landing file.
#pragma once

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "files/landing_files.h"

namespace stedi {

// Bytes that can be opened by a path without touching a disk.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes)
      : size_bytes_(bytes.size()), fd_(::memfd_create("landing", MFD_CLOEXEC)) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written <= 0) throw Error(ErrorCode::kUnavailable, "cannot write to memory");
      bytes.remove_prefix(static_cast<size_t>(written));
    }
  }
  ~MemoryFile() { ::close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  LandingFile Listed(Compression compression = Compression::kNone) const {
    return {"file", fmt::format("/proc/self/fd/{}", fd_), size_bytes_, 0, compression};
  }

 private:
  uint64_t size_bytes_;
  int fd_;
};

}  // namespace stedi
