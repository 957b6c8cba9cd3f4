// The secret that turns e-mails into pseudonyms.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace stedi {

struct PseudonymKey {
  std::string value;
  std::optional<std::filesystem::path> new_file;  // set when the key was made just now
};

// From STEDI_PSEUDONYM_KEY, else from <config folder>/stedi/pseudonym.key (XDG_CONFIG_HOME or
// ~/.config), made 0600 with 256 random bits at first use. Throws kInvalid for a key that is too
// short or holds a quote or a control character.
PseudonymKey GetPseudonymKey();
// The same, but no key is made: nothing where there is none.
std::optional<PseudonymKey> FindPseudonymKey();

}  // namespace stedi
