// What the program is made of: the libraries that it is linked with or was compiled with, and the
// DuckDB extensions beside it.
#pragma once

#include <string>
#include <vector>

namespace stedi {

struct ProgramPart {
  std::string name;  // as in licenses/index.tsv
  std::string version;
};

// The parts, by name. A shared library tells its version itself, so that it is the version that
// runs; the other libraries are those of the build.
std::vector<ProgramPart> ProgramParts();

}  // namespace stedi
