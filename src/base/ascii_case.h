// Converts and compares the case of ASCII letters, independently of the locale. Other bytes are not
// changed, so valid UTF-8 stays valid.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace stedi {

// Both functions return a character that is not an ASCII letter unchanged.
constexpr char LowerLetter(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr char UpperLetter(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

inline std::string LowerCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = LowerLetter(c);
  return out;
}

inline std::string UpperCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = UpperLetter(c);
  return out;
}

inline bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return LowerLetter(x) == LowerLetter(y); });
}

// Every text, even an empty one, contains an empty `part`.
inline bool ContainsIgnoringCase(std::string_view text, std::string_view part) {
  const auto* found = std::search(text.begin(), text.end(), part.begin(), part.end(),
                                  [](char x, char y) { return LowerLetter(x) == LowerLetter(y); });
  return found != text.end() || part.empty();
}

}  // namespace stedi
