#include "pipeline/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/printable_text.h"

namespace stedi {
namespace {

constexpr std::string_view kBold = "\033[1m";
constexpr std::string_view kRed = "\033[1;31m";
constexpr std::string_view kYellow = "\033[1;33m";
constexpr std::string_view kGreen = "\033[1;32m";
constexpr std::string_view kReset = "\033[0m";
constexpr size_t kLineCharactersMax = 160;  // a longer line is shown in part, around the mistake

struct Excerpt {
  std::string line;
  std::string padding;  // the white space before the caret
};

// The number of code points in `text`, which must be printable.
size_t CharacterCount(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// The part of the line around `column`, made printable. Code points are kept whole, and tabs are
// kept in the line and in the padding, so that the caret is aligned whatever the width of a tab.
Excerpt Cut(std::string_view line, uint32_t column) {
  std::vector<size_t> starts;  // byte offset at which each character begins
  for (size_t i = 0; i < line.size(); ++i) {
    if ((static_cast<unsigned char>(line[i]) & 0xC0U) != 0x80U) starts.push_back(i);
  }
  const size_t caret = std::min<size_t>(column == 0 ? 0 : column - 1, starts.size());
  size_t first = 0;
  if (starts.size() > kLineCharactersMax && caret > kLineCharactersMax / 2) {
    first = caret - kLineCharactersMax / 2;
  }
  const size_t last = std::min(starts.size(), first + kLineCharactersMax);
  const auto byte_of = [&](size_t character) {
    return character < starts.size() ? starts[character] : line.size();
  };
  Excerpt excerpt;
  for (size_t i = first; i < last; ++i) {
    const std::string_view character = line.substr(starts[i], byte_of(i + 1) - starts[i]);
    const std::string shown = character == "\t" ? "\t" : PrintableText(character);
    excerpt.line += shown;
    if (i >= caret) continue;
    excerpt.padding += shown == "\t" ? shown : std::string(CharacterCount(shown), ' ');
  }
  return excerpt;
}

}  // namespace

std::string Render(const Diagnostic& diagnostic, bool color) {
  const bool is_error = diagnostic.severity == Severity::kError;
  const auto paint = [&](std::string_view style, std::string_view text) {
    return color ? fmt::format("{}{}{}", style, text, kReset) : std::string(text);
  };
  const SourcePosition& position = diagnostic.position;
  std::string place = PrintableText(position.path) + ":";
  if (position.line > 0) place += fmt::format("{}:", position.line);
  if (position.line > 0 && position.column > 0) place += fmt::format("{}:", position.column);
  std::string out = fmt::format("{} {} {}\n", paint(kBold, place),
                                is_error ? paint(kRed, "error:") : paint(kYellow, "warning:"),
                                PrintableText(diagnostic.message));
  if (!diagnostic.line_text.empty()) {
    const Excerpt excerpt = Cut(diagnostic.line_text, position.column);
    out += fmt::format("  {}\n", excerpt.line);
    if (position.column > 0) out += fmt::format("  {}{}\n", excerpt.padding, paint(kGreen, "^"));
  }
  if (!diagnostic.hint.empty()) out += fmt::format("  hint: {}\n", PrintableText(diagnostic.hint));
  return out;
}

bool HasErrors(std::span<const Diagnostic> diagnostics) {
  return std::ranges::any_of(diagnostics,
                             [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

}  // namespace stedi
