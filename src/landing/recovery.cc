#include "landing/recovery.h"

#include <algorithm>
#include <utility>

namespace stedi {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Skips at most kWhitespaceMax; npos when there is more.
size_t SkipSpace(std::string_view text, size_t at) {
  const size_t first = at;
  while (at < text.size() && IsSpace(text[at])) ++at;
  return at - first <= kWhitespaceMax ? at : std::string_view::npos;
}

}  // namespace

bool BeginsRecord(std::string_view text, size_t at) {
  if (at >= text.size() || text[at] != '{') return false;
  size_t i = SkipSpace(text, at + 1);
  if (i >= text.size() || text[i] != '"') return false;
  const size_t key = ++i;
  while (i < text.size() && i - key <= kKeyBytesMax && text[i] != '"' && text[i] != '\\' &&
         static_cast<unsigned char>(text[i]) >= 0x20) {
    ++i;
  }
  if (i >= text.size() || text[i] != '"' || i == key || i - key > kKeyBytesMax) return false;
  i = SkipSpace(text, i + 1);
  return i < text.size() && text[i] == ':';
}

Recovery::Recovery(LexicalState state, char previous_byte, bool in_array)
    : state_(std::move(state)),
      previous_byte_(previous_byte),
      top_level_(state_.open.empty()),
      in_array_(in_array) {}

bool Recovery::CanNest() const {
  if (too_deep_ > 0) return true;  // the kind of bracket around is not known: never a row
  if (state_.open.empty()) return false;
  return state_.open.back() == '{' ? state_.previous == ':'
                                   : state_.previous == '[' || state_.previous == ',';
}

bool Recovery::Advance(std::string_view text, size_t at, bool is_last) {
  const size_t limit = is_last ? text.size() : text.size() - std::min(text.size(), kLookAheadBytes);
  position_ = at;
  for (; position_ < limit; ++position_) {
    const char c = text[position_];
    if (c == '{') {
      if (previous_byte_ == '}' && BeginsRecord(text, position_)) return true;
      if (!state_.in_string && !CanNest()) return true;
    }
    if (!IsSpace(c)) previous_byte_ = c;
    if (state_.in_string) {
      if (c == '\n') {
        state_.in_string = escaped_ = false;
      } else if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        state_.in_string = false;
        state_.previous = 'v';
      }
      if (!(top_level_ && state_.open.empty() && c == '\n')) continue;
    }
    const bool outside = top_level_ && state_.open.empty() && too_deep_ == 0;
    if (outside && (c == '\n' || (in_array_ && (c == ',' || c == ']')))) return true;
    switch (c) {
      case '"':
        state_.in_string = true;
        break;
      case '{':
      case '[':
        if (state_.open.size() == kDepthMax) {
          ++too_deep_;
        } else {
          state_.open += c;
        }
        state_.previous = c;
        break;
      case '}':
      case ']':
        state_.previous = c;
        if (too_deep_ > 0) {
          --too_deep_;
        } else if (!state_.open.empty()) {
          state_.open.pop_back();
          if (state_.open.empty()) {
            ++position_;
            return true;
          }
        }
        break;
      case ':':
      case ',':
        state_.previous = c;
        break;
      default:
        if (!IsSpace(c)) state_.previous = 'v';
    }
  }
  return is_last;
}

}  // namespace stedi
