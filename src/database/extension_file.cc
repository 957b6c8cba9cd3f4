#include "database/extension_file.h"

#include <algorithm>
#include <array>

#include "base/file.h"

namespace stedi {
namespace {

constexpr size_t kFieldBytes = 32;
constexpr size_t kFieldCount = 8;
constexpr std::string_view kMagic = "4";

}  // namespace

std::optional<ExtensionFile> ReadExtensionFooter(std::string_view name, std::string_view footer) {
  if (footer.size() != kExtensionFooterBytes) return std::nullopt;
  std::array<std::string, kFieldCount> fields;
  for (size_t i = 0; i < kFieldCount; ++i) {
    const std::string_view field = footer.substr(i * kFieldBytes, kFieldBytes);
    fields[kFieldCount - 1 - i] = field.substr(0, field.find('\0'));
  }
  if (fields[0] != kMagic) return std::nullopt;
  return ExtensionFile{std::string(name), fields[3], fields[2], fields[1]};
}

std::vector<ExtensionFile> ExtensionFilesIn(const std::filesystem::path& folder) {
  std::vector<ExtensionFile> files;
  if (!StatFile(folder).has_value()) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".duckdb_extension") continue;
    const InputFile file(entry.path());
    const uint64_t size = file.status().size_bytes;
    std::string footer(kExtensionFooterBytes, '\0');
    const uint64_t offset = size < footer.size() ? 0 : size - footer.size();
    footer.resize(file.ReadAt(offset, footer));
    const std::string name = entry.path().stem().string();
    files.push_back(ReadExtensionFooter(name, footer).value_or(ExtensionFile{name, "", "", ""}));
  }
  std::ranges::sort(files, {}, &ExtensionFile::name);
  return files;
}

}  // namespace stedi
