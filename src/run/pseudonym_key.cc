#include "run/pseudonym_key.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/error.h"
#include "base/file.h"

namespace stedi {
namespace {

constexpr size_t kKeyCharsMin = 16;

std::filesystem::path KeyFile() {
  if (const char* config = std::getenv("XDG_CONFIG_HOME"); config != nullptr && *config != '\0') {
    return std::filesystem::path(config) / "stedi" / "pseudonym.key";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    return std::filesystem::path(home) / ".config" / "stedi" / "pseudonym.key";
  }
  throw Error(ErrorCode::kInvalid,
              fmt::format("no place for the pseudonym key: set {}, or HOME", kKeyVariable));
}

std::string RandomKey() {
  std::array<unsigned char, 32> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw Error(ErrorCode::kUnavailable, "the system gave no random bytes for a pseudonym key");
  }
  std::string hex;
  for (const unsigned char byte : bytes) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace

std::string CheckedKey(std::string key, const std::string& source) {
  while (!key.empty() && key.back() == '\n') key.pop_back();
  const bool plain = std::ranges::all_of(
      key, [](char c) { return c > ' ' && c < 0x7f && c != '\'' && c != '"' && c != '\\'; });
  if (key.size() < kKeyCharsMin || !plain) {
    throw Error(ErrorCode::kInvalid, fmt::format("the pseudonym key in {} must be {} or more "
                                                 "printable characters without quotes, spaces or "
                                                 "backslashes",
                                                 source, kKeyCharsMin));
  }
  return key;
}

std::optional<PseudonymKey> FindPseudonymKey() {
  if (const char* value = std::getenv(kKeyVariable); value != nullptr && *value != '\0') {
    return PseudonymKey{CheckedKey(value, kKeyVariable), std::nullopt};
  }
  const std::filesystem::path path = KeyFile();
  if (!StatFile(path).has_value()) return std::nullopt;
  return PseudonymKey{CheckedKey(ReadWholeFile(path), path.string()), std::nullopt};
}

PseudonymKey FindOrMakePseudonymKey() {
  if (std::optional<PseudonymKey> key = FindPseudonymKey()) return std::move(*key);
  return {RandomKey(), KeyFile()};
}

void SaveKey(const PseudonymKey& key) {
  if (!key.new_file.has_value()) return;
  MakeFolders(key.new_file->parent_path());
  WriteNewFile(*key.new_file, key.value + "\n");
}

}  // namespace stedi
