// Text from data as a line that is safe on a terminal: nothing in it steers the terminal, hides or
// changes the order in which letters are shown.
#pragma once

#include <string>
#include <string_view>

namespace stedi {

// Gives one line. Control characters and bytes that are not UTF-8 are written as \n, \t or \x1b;
// invisible characters, which set the direction of letters or end a line, as \u202e.
std::string PrintableText(std::string_view text);
// The same for several lines: each \n stays.
std::string PrintableLines(std::string_view text);

}  // namespace stedi
