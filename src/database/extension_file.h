// What the file of a DuckDB extension says about itself, read without loading it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stedi {

struct ExtensionFile {
  std::string name;            // "iceberg"
  std::string version;         // its own, "45163a28"
  std::string duckdb_version;  // the only one that loads it, "v1.5.5"
  std::string platform;        // "linux_amd64"
};

// The bytes at the end of an extension's file that ReadExtensionFooter needs.
inline constexpr size_t kExtensionFooterBytes = 512;

// Reads the last kExtensionFooterBytes bytes of an extension's file: eight fields of 32 bytes, the
// last one first, and a signature. Source: ParseExtensionMetaData in DuckDB's
// src/main/extension/extension_load.cpp. Returns nothing when they are not such a footer.
std::optional<ExtensionFile> ReadExtensionFooter(std::string_view name, std::string_view footer);

// The extensions in `folder`, by name; none when there is no such folder. A file that says nothing
// about itself has "" as its version. Throws kUnavailable, or std::system_error, when a file cannot
// be read.
std::vector<ExtensionFile> ExtensionFilesIn(const std::filesystem::path& folder);

}  // namespace stedi
