// The licences of what the program is made of: licenses/index.tsv beside the program, written by
// tools/licenses.py.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace stedi {

struct LicenseRow {
  std::string component;
  std::string version;
  std::string license;         // an SPDX expression
  std::filesystem::path text;  // the file of its text
};

// Reads `folder`/index.tsv. Throws kNotFound when there is none, kUnavailable when it cannot be
// read, kInvalid when it has no rows, when a line is no row or when a component has no text.
std::vector<LicenseRow> ReadLicenseIndex(const std::filesystem::path& folder);

}  // namespace stedi
