// The secret key with which pseudonyms are made from e-mail addresses.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "pipeline/built_in_parameters.h"

namespace stedi {

struct PseudonymKey {
  std::string value;
  std::optional<std::filesystem::path>
      new_file;  // set when the key is new: SaveKey writes it there
};

// Returns `key` without the newlines at its end. Throws kInvalid, naming `source`, for a key that
// is shorter than 16 characters or contains anything but printable ASCII characters, or a quote, a
// space or a backslash.
std::string CheckedKey(std::string key, const std::string& source);

// Returns the key of STEDI_PSEUDONYM_KEY, else that of the file <config folder>/stedi/pseudonym.key
// (XDG_CONFIG_HOME or ~/.config); nothing if there is neither. Throws kInvalid as CheckedKey does,
// and when there is no config folder.
std::optional<PseudonymKey> FindPseudonymKey();
// The same, but if there is no key, returns a new one of 256 random bits that is not saved yet.
PseudonymKey FindOrMakePseudonymKey();
// Writes a new key to its file, with mode 0600. Does nothing for a key that was found.
void SaveKey(const PseudonymKey& key);

}  // namespace stedi
