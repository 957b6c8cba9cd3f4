// Numbers, times and foreign text as people read them on a terminal.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/printable_text.h"

namespace stedi {

std::string GroupDigits(int64_t number);      // 1,234,567
std::string ReadableBytes(uint64_t bytes);    // 999 B, 1.5 MB: powers of 1000
std::string ReadableSeconds(double seconds);  // 0.04 s, 3.2 s, 2 min 05 s
std::string ReadableTime(int64_t ms);         // 2026-03-01 12:00:00, UTC; ms since 1970
// Columns that printable text takes: one a code point.
size_t DisplayWidth(std::string_view text);
// `text` with spaces up to `width` columns.
std::string PadRight(std::string_view text, size_t width);
std::string PadLeft(std::string_view text, size_t width);

// All that a command prints for people goes through here: nothing in a line steers a terminal,
// hides or changes the order of letters, whatever stands in a file name, a message or a value. JSON
// and CSV are data and are printed as they are.
void WriteText(std::FILE* out, std::string_view lines);
// Each value that is a text becomes one line, PrintableText.
template <typename... Values>
void Print(std::FILE* out, fmt::format_string<Values...> format, const Values&... values) {
  [[maybe_unused]] const auto printable = []<typename Value>(const Value& value) {
    if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
      return PrintableText(value);
    } else {
      return value;
    }
  };
  WriteText(out, fmt::vformat(format, fmt::make_format_args(printable(values)...)));
}
template <typename... Values>
void Print(fmt::format_string<Values...> format, const Values&... values) {
  Print(stdout, format, values...);
}
// What is data, as it is, on stdout. Whether all of it was written is asked at the end of the
// program.
void WriteData(std::string_view data);
// Nobody reads the standard output any more, as after `stedi run | head`.
bool OutputIsClosed();

// The last line of a command that fails, on stderr.
void PrintError(std::string_view message);

// Whether `stream` is a terminal that wants colours (NO_COLOR and TERM=dumb do not).
bool IsTerminal(std::FILE* stream);
bool WantsColor(std::FILE* stream);
// Columns of the terminal; 80 when unknown.
size_t TerminalWidth(std::FILE* stream);

}  // namespace stedi
