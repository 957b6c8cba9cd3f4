// Formats numbers, times and text from outside for people who read them on a terminal.
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
// The number of columns that printable text takes on a terminal, counted as one per code point.
size_t DisplayWidth(std::string_view text);
// Adds spaces up to `width` columns; never cuts `text`.
std::string PadRight(std::string_view text, size_t width);
std::string PadLeft(std::string_view text, size_t width);

// Everything that a command prints for people goes through WriteText. It escapes what could steer a
// terminal, hide letters or change their order, wherever that comes from: a file name, a message or
// a value. JSON and CSV are data and are not escaped.
void WriteText(std::FILE* out, std::string_view lines);
// Formats like fmt::print. Each value that is text becomes one line through PrintableText.
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
// Writes `data` to stdout unchanged. It does not check whether all of it was written; commands
// check that at their end.
void WriteData(std::string_view data);
// Whether stdout is a pipe that nobody reads any more, as after `stedi run | head`.
bool OutputIsClosed();

// Prints the last line of a command that fails, on stderr.
void PrintError(std::string_view message);

bool IsTerminal(std::FILE* stream);
// Whether `stream` is a terminal and neither NO_COLOR nor TERM=dumb rules out colours.
bool WantsColor(std::FILE* stream);
// The width of the terminal in columns; 80 when it is unknown.
size_t TerminalWidth(std::FILE* stream);

}  // namespace stedi
