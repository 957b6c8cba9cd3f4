#include "files/file_names.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/ascii_case.h"
#include "base/mask.h"

namespace stedi {
namespace {

constexpr std::array<std::string_view, 3> kDataEndings = {"json", "jsonl", "ndjson"};
// The extensions of compressed files and archives, including those that cannot be decoded.
constexpr std::array<std::string_view, 16> kPackedEndings = {
    "gz",  "gzip", "zst", "zstd", "bz2", "xz", "lzma", "lz4",
    "zip", "tar",  "tgz", "7z",   "rar", "z",  "br",   "snappy"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsInsideCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

bool IsOneOf(std::string_view ending, std::span<const std::string_view> endings) {
  return std::ranges::any_of(
      endings, [&](std::string_view known) { return EqualIgnoringCase(ending, known); });
}

// Returns `name` without a number at its end and the '.' or '-' before the number, or `name` itself
// when it does not end like that.
std::string_view WithoutNumber(std::string_view name) {
  size_t end = name.size();
  while (end > 0 && IsDigit(name[end - 1])) --end;
  const bool is_number = end < name.size() && end > 1;
  return is_number && (name[end - 1] == '.' || name[end - 1] == '-') ? name.substr(0, end - 1)
                                                                     : name;
}

std::string_view EndingOf(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

bool HoldsAddress(std::string_view part) {
  return part.find('@') != std::string_view::npos || part.find("%40") != std::string_view::npos;
}

}  // namespace

bool MatchesName(std::string_view name, std::string_view pattern) {
  size_t at = 0;
  size_t in_pattern = 0;
  // The position of the last '*' in the pattern, and the position in the name where its match ends
  // so far.
  size_t star = std::string_view::npos;
  size_t retry = 0;
  while (at < name.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      retry = at;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == '?' &&
               !IsInsideCharacter(name[at])) {
      ++in_pattern;
      ++at;
      while (at < name.size() && IsInsideCharacter(name[at])) ++at;
    } else if (in_pattern < pattern.size() &&
               LowerLetter(pattern[in_pattern]) == LowerLetter(name[at])) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

bool IsLandingName(std::string_view name) {
  if (name.ends_with('~') || name.starts_with('#')) return false;  // copies that editors keep
  bool is_packed = false;
  std::string_view rest = name;
  for (;;) {
    const std::string_view shorter = WithoutNumber(rest);
    if (shorter.size() < rest.size()) {
      rest = shorter;
    } else if (const std::string_view ending = EndingOf(rest); IsOneOf(ending, kPackedEndings)) {
      is_packed = true;
      rest.remove_suffix(ending.size() + 1);
    } else {
      break;
    }
  }
  if (rest.find('.') != std::string_view::npos) return IsOneOf(EndingOf(rest), kDataEndings);
  return is_packed || std::ranges::any_of(name, IsDigit);
}

bool IsLandingName(std::string_view name, const std::vector<std::string>& patterns) {
  if (patterns.empty()) return IsLandingName(name);
  return std::ranges::any_of(
      patterns, [&](const std::string& pattern) { return MatchesName(name, pattern); });
}

std::string ShownFile(std::string_view file, bool is_personal) {
  if (is_personal) return std::string(kMask);
  std::string shown;
  while (true) {
    const size_t end = std::min(file.find('/'), file.size());
    const std::string_view part = file.substr(0, end);
    if (!HoldsAddress(part)) {
      shown += part;
    } else {
      // In user=ann@example.com, only the key before the '=' may be shown.
      const size_t equals = part.find('=');
      if (equals != std::string_view::npos && !HoldsAddress(part.substr(0, equals))) {
        shown += part.substr(0, equals + 1);
      }
      shown += kMask;
    }
    if (end == file.size()) return shown;
    shown += '/';
    file.remove_prefix(end + 1);
  }
}

}  // namespace stedi
