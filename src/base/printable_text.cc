#include "base/printable_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stedi {
namespace {

// The length of the UTF-8 sequence at the start of `text`, or 0 when there is none (no overlong
// forms, no surrogates).
size_t SequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto follows = [&](size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80U) return 1;
  if (first >= 0xC2U && first <= 0xDFU) return follows(1) ? 2 : 0;
  if (first >= 0xE0U && first <= 0xEFU) {
    const unsigned second = byte(1);
    const bool is_bad = (first == 0xE0U && second < 0xA0U) || (first == 0xEDU && second > 0x9FU);
    return !is_bad && follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0U && first <= 0xF4U) {
    const unsigned second = byte(1);
    const bool is_bad = (first == 0xF0U && second < 0x90U) || (first == 0xF4U && second > 0x8FU);
    return !is_bad && follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

char32_t CodePoint(std::string_view sequence) {
  constexpr std::array<unsigned, 5> kFirstByteMasks = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t code = static_cast<unsigned char>(sequence[0]) & kFirstByteMasks.at(sequence.size());
  for (const char c : sequence.substr(1))
    code = code << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  return code;
}

struct Range {
  char32_t first;
  char32_t last;
};
// Control characters, line and paragraph separators, and format characters that are invisible.
constexpr auto kUnprintable = std::to_array<Range>({
    {0x00, 0x1F},        // C0 controls, ESC among them
    {0x7F, 0x9F},        // DEL and C1 controls, which control a terminal as C0 controls do
    {0xAD, 0xAD},        // soft hyphen
    {0x034F, 0x034F},    // combining grapheme joiner
    {0x061C, 0x061C},    // Arabic letter mark
    {0x115F, 0x1160},    // Hangul fillers
    {0x17B4, 0x17B5},    // invisible Khmer vowels
    {0x180B, 0x180F},    // Mongolian selectors and separator
    {0x200B, 0x200F},    // zero width characters, left-to-right and right-to-left marks
    {0x2028, 0x202E},    // line and paragraph separators, embeddings, overrides
    {0x2060, 0x206F},    // word joiner, isolates, deprecated format characters
    {0x3164, 0x3164},    // Hangul filler
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFA0, 0xFFA0},    // halfwidth Hangul filler
    {0xFFF0, 0xFFFB},    // interlinear annotation
    {0x1BCA0, 0x1BCA3},  // shorthand format controls
    {0x1D173, 0x1D17A},  // musical format controls
    {0xE0000, 0xE0FFF},  // tags and selectors
});

bool IsPrintable(char32_t code) {
  if (code >= U' ' && code <= U'~') return true;
  return std::ranges::none_of(kUnprintable, [code](const Range& range) {
    return code >= range.first && code <= range.last;
  });
}

std::string Escaped(std::string_view bytes) {
  if (bytes == "\n") return "\\n";
  if (bytes == "\r") return "\\r";
  if (bytes == "\t") return "\\t";
  std::string out;
  for (const char c : bytes) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::string Printable(std::string_view text, bool keeps_line_ends) {
  constexpr char32_t kLastControl = 0x9F;
  std::string out;
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    const char32_t code = length == 0 ? 0 : CodePoint(sequence);
    if (IsPrintable(code) || (keeps_line_ends && code == U'\n')) {
      out += sequence;
    } else if (code <= kLastControl) {
      out += Escaped(sequence);
    } else {
      out += fmt::format("\\u{:04x}", static_cast<uint32_t>(code));
    }
    text.remove_prefix(sequence.size());
  }
  return out;
}

}  // namespace

std::string PrintableText(std::string_view text) { return Printable(text, false); }
std::string PrintableLines(std::string_view text) { return Printable(text, true); }

}  // namespace stedi
