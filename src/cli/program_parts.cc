#include "cli/program_parts.h"

#include <fmt/format.h>
#include <xxhash.h>
#include <zlib.h>
#include <zstd.h>

#include <CLI/Version.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/program_folder.h"
#include "catalog/sqlite_statement.h"
#include "database/database.h"
#include "database/extension_file.h"

namespace stedi {
namespace {

// Returns the text of three numbers that are digits of `number` in base 100.
std::string ThreeNumbers(int number) {
  constexpr int kBase = 100;
  return fmt::format("{}.{}.{}", number / kBase / kBase, number / kBase % kBase, number % kBase);
}

}  // namespace

std::vector<ProgramPart> ProgramParts() {
  std::string duckdb(DuckdbVersion());
  if (duckdb.starts_with('v')) duckdb.erase(0, 1);
  std::vector<ProgramPart> parts = {
      {"cli11", CLI11_VERSION},
      {"duckdb", duckdb},
      {"fmt", ThreeNumbers(FMT_VERSION)},
      {"nlohmann-json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR,
                                    NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
      {"sqlite", std::string(SqliteVersion())},
      {"xxhash", ThreeNumbers(XXH_VERSION_NUMBER)},
      {"yaml-cpp", YAML_CPP_VERSION},
      {"zlib", zlibVersion()},
      {"zstd", ZSTD_versionString()},
  };
  for (const ExtensionFile& file : ExtensionFilesIn(ProgramFolder() / "extensions")) {
    parts.push_back({"duckdb-" + file.name, file.version.empty() ? "unknown" : file.version});
  }
  std::ranges::sort(parts, {}, &ProgramPart::name);
  return parts;
}

}  // namespace stedi
