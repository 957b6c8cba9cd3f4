// SHA-256 (FIPS 180-4), for hashes that must not reveal the secret that they are computed from. Of
// our libraries only DuckDB has it, and callers should not have to open a database first.
#pragma once

#include <string>
#include <string_view>

namespace stedi {

// Returns 64 hexadecimal digits.
std::string Sha256(std::string_view bytes);

}  // namespace stedi
