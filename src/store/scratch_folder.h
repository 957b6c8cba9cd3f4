// A folder for spilled rows of a command that must not write to a lake: below the system's
// temporary folder ($TMPDIR), 0700, gone at the end. Spilled rows are personal data: those of a
// command that was killed are removed by the next one.
#pragma once

#include <filesystem>
#include <string_view>

namespace stedi {

class ScratchFolder {
 public:
  // Throws kUnavailable when it cannot be made.
  explicit ScratchFolder(std::string_view name);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int fd_ = -1;  // locked as long as the folder is in use
};

}  // namespace stedi
