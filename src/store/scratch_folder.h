// A folder for the spilled rows of a command that must not write to a lake. It is below the
// system's temporary folder ($TMPDIR), has mode 0700, and is removed at the end. Spilled rows are
// personal data: if a command is killed, the next one removes its folder.
#pragma once

#include <filesystem>
#include <string_view>

namespace stedi {

class ScratchFolder {
 public:
  // Throws kUnavailable when the folder cannot be created.
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
