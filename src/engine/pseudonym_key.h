// The secret that turns e-mails into pseudonyms.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace stedi {

struct PseudonymKey {
  std::string value;
  std::optional<std::filesystem::path>
      new_file;  // set when the key is new: SaveKey writes it there
};

// From STEDI_PSEUDONYM_KEY, else from <config folder>/stedi/pseudonym.key (XDG_CONFIG_HOME or
// ~/.config); nothing where there is neither. Throws kInvalid for a key that is too short or holds
// a quote or a control character.
std::optional<PseudonymKey> FindPseudonymKey();
// The same; where there is none, a new key of 256 random bits that is not written down yet.
PseudonymKey FindOrMakePseudonymKey();
// Writes a new key to its file, 0600. Nothing to do for a key that was found.
void SaveKey(const PseudonymKey& key);

}  // namespace stedi
