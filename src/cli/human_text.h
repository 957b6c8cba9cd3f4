// Numbers, times and foreign text as people read them on a terminal.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace stedi {

std::string GroupDigits(int64_t number);      // 1,234,567
std::string ReadableBytes(uint64_t bytes);    // 999 B, 1.5 MB: powers of 1000
std::string ReadableSeconds(double seconds);  // 0.04 s, 3.2 s, 2 min 05 s
std::string ReadableTime(int64_t ms);         // 2026-03-01 12:00:00, UTC; ms since 1970
// Text from data, safe on a terminal: control bytes and bytes that are not UTF-8 as \n, \t, \x1b.
std::string PrintableText(std::string_view text);
// Columns that printable text takes: one a code point.
size_t DisplayWidth(std::string_view text);
// `text` with spaces up to `width` columns.
std::string PadRight(std::string_view text, size_t width);
std::string PadLeft(std::string_view text, size_t width);

// Whether `stream` is a terminal that wants colours (NO_COLOR and TERM=dumb do not).
bool IsTerminal(std::FILE* stream);
bool WantsColor(std::FILE* stream);
// Columns of the terminal; 80 when unknown.
size_t TerminalWidth(std::FILE* stream);

}  // namespace stedi
