// SHA-256 (FIPS 180-4): for what must not reveal the secret that it was made from. Of our libraries
// only DuckDB has it, and those who need it should not have to open a database first.
#pragma once

#include <string>
#include <string_view>

namespace stedi {

// Returns 64 hexadecimal digits.
std::string Sha256(std::string_view bytes);

}  // namespace stedi
