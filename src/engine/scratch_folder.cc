#include "engine/scratch_folder.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "base/error.h"

namespace stedi {

ScratchFolder::ScratchFolder(std::string_view name) {
  std::string pattern =
      (std::filesystem::temp_directory_path() / fmt::format("{}-XXXXXX", name)).string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw Error(
        ErrorCode::kUnavailable,
        fmt::format("{}: cannot make a folder for temporary files: {}; TMPDIR names another",
                    pattern, std::generic_category().message(errno)));
  }
  path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;  // what is left behind is for its owner alone
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace stedi
