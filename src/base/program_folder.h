// Where the program is: its libraries, DuckDB's extensions and the licence texts are beside it.
#pragma once

#include <filesystem>

namespace stedi {

// The folder of the running executable, whatever link it was started by. Throws
// std::filesystem::filesystem_error where /proc cannot be read.
inline std::filesystem::path ProgramFolder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

}  // namespace stedi
