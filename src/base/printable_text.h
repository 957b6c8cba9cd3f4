// Makes text from data safe to print on a terminal: nothing in the result controls the terminal, is
// invisible, or changes the order in which letters are shown.
#pragma once

#include <string>
#include <string_view>

namespace stedi {

// Returns one line. Control characters and bytes that are not valid UTF-8 are written as \n, \r, \t
// or \x1b. Invisible characters, and characters that set the text direction or end a line, are
// written as \u202e.
std::string PrintableText(std::string_view text);
// Does the same, but keeps each \n, so that the result may have several lines.
std::string PrintableLines(std::string_view text);

}  // namespace stedi
