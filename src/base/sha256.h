// SHA-256 (FIPS 180-4): for what must not give away the secret in it. No library of ours has it but
// DuckDB, and what asks for it must not have to open a database first.
#pragma once

#include <string>
#include <string_view>

namespace stedi {

// 64 hexadecimal digits.
std::string Sha256(std::string_view bytes);

}  // namespace stedi
