// A folder for spilled rows of a command that must not write to a lake: below the system's
// temporary folder ($TMPDIR), 0700, gone at the end.
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
};

}  // namespace stedi
