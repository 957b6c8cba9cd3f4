#include "cli/license_index.h"

#include <fmt/format.h>

#include <sstream>

#include "base/error.h"
#include "base/file.h"

namespace stedi {

std::vector<LicenseRow> ReadLicenseIndex(const std::filesystem::path& folder) {
  const std::filesystem::path index = folder / "index.tsv";
  if (!StatFile(index).has_value()) {
    throw Error(ErrorCode::kNotFound,
                fmt::format("the licence texts are not beside the program ({}): build again with "
                            "make release",
                            index.string()));
  }
  std::vector<LicenseRow> rows;
  std::istringstream lines(ReadWholeFile(index));
  std::string line;
  for (size_t number = 1; std::getline(lines, line); ++number) {
    const size_t first = line.find('\t');
    const size_t second = first == std::string::npos ? first : line.find('\t', first + 1);
    if (second == std::string::npos || line.find('\t', second + 1) != std::string::npos) {
      throw Error(ErrorCode::kInvalid,
                  fmt::format("{}:{}: not component, version and licence", index.string(), number));
    }
    const std::string component = line.substr(0, first);
    const std::filesystem::path text = folder / (component + ".txt");
    if (!StatFile(text).has_value()) {
      throw Error(ErrorCode::kInvalid, fmt::format("{}:{}: the text of '{}' is not in its folder",
                                                   index.string(), number, component));
    }
    rows.push_back(
        {component, line.substr(first + 1, second - first - 1), line.substr(second + 1), text});
  }
  if (rows.empty()) {
    throw Error(ErrorCode::kInvalid, fmt::format("{}: lists no component", index.string()));
  }
  return rows;
}

}  // namespace stedi
