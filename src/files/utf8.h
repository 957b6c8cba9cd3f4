// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stedi {

// Returns the first byte of the first invalid sequence, or nullptr when all of `text` is valid.
const char* FindInvalidUtf8(std::string_view text);

// Returns the text with U+FFFD in place of every byte that is not part of a valid sequence.
std::string ReplaceInvalidUtf8(std::string_view text);

// Writes the 1 to 4 bytes of a code point and returns one past them. REQUIRES: the code point is
// not a surrogate and is at most U+10FFFF.
char* WriteUtf8(uint32_t code_point, char* out);

}  // namespace stedi
