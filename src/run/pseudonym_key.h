// The secret that turns e-mails into pseudonyms.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace stedi {

// The environment variable that holds it.
inline constexpr const char* kKeyVariable = "STEDI_PSEUDONYM_KEY";

struct PseudonymKey {
  std::string value;
  std::optional<std::filesystem::path>
      new_file;  // set when the key is new: SaveKey writes it there
};

// `key` without line ends behind it. Throws kInvalid, naming `source`, for a key that is too short
// or holds a quote, a space, a backslash or a control character.
std::string CheckedKey(std::string key, const std::string& source);

// From STEDI_PSEUDONYM_KEY, else from <config folder>/stedi/pseudonym.key (XDG_CONFIG_HOME or
// ~/.config); nothing where there is neither. Throws kInvalid as CheckedKey does.
std::optional<PseudonymKey> FindPseudonymKey();
// The same; where there is none, a new key of 256 random bits that is not written down yet.
PseudonymKey FindOrMakePseudonymKey();
// Writes a new key to its file, 0600. Nothing to do for a key that was found.
void SaveKey(const PseudonymKey& key);

}  // namespace stedi
