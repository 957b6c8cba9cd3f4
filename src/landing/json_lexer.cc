#include "landing/json_lexer.h"

#include <algorithm>
#include <cstring>

#include "files/byte_scan.h"
#include "files/utf8.h"

namespace stedi {
namespace {

// Returns 0 to 15, or -1 when `c` is not a hexadecimal digit.
int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool IsOneOf(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

constexpr int kHexDigits = 4;

uint32_t ReadHex(const char* p) {
  uint32_t value = 0;
  for (int i = 0; i < kHexDigits; ++i) {
    value = value * 16 + static_cast<uint32_t>(HexDigit(p[i]));
  }
  return value;
}

bool IsHighSurrogate(uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool IsLowSurrogate(uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

char UnescapeByte(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

}  // namespace

bool JsonLexer::Fail(LexStatus status) {
  status_ = status;
  return false;
}

bool JsonLexer::SkipSpace() {
  while (position_ < end_ && IsJsonSpace(*position_)) ++position_;
  return NeedByte();
}

bool JsonLexer::Expect(char c) {
  if (!NeedByte()) return false;
  if (*position_ != c) return Fail(LexStatus::kSyntaxError);
  ++position_;
  return true;
}

bool JsonLexer::ReadEscape() {
  ++position_;  // the backslash
  if (!NeedByte()) return false;
  if (!IsOneOf(*position_, "\"\\/bfnrtu")) return Fail(LexStatus::kSyntaxError);
  const bool is_unicode = *position_ == 'u';
  ++position_;
  for (int i = 0; is_unicode && i < kHexDigits; ++i) {
    if (!NeedByte()) return false;
    if (HexDigit(*position_) < 0) return Fail(LexStatus::kSyntaxError);
    ++position_;
  }
  return true;
}

bool JsonLexer::ReadString(JsonValue& value) {
  if (!Expect('"')) return false;
  value.kind = JsonKind::kString;
  value.has_escape = false;
  const char* const begin = position_;
  while (true) {
    const StringScan scan = ScanString(position_, end_);
    non_ascii_ |= scan.non_ascii;
    position_ = scan.stop;
    if (!NeedByte()) return false;
    if (*position_ == '"') break;
    if (*position_ == '\\') {
      value.has_escape = true;
      if (!ReadEscape()) return false;
      continue;
    }
    if (first_control_ == nullptr) first_control_ = position_;
    ++position_;
  }
  value.text = std::string_view(begin, static_cast<size_t>(position_ - begin));
  ++position_;
  return true;
}

bool JsonLexer::ReadDigits() {
  if (!NeedByte()) return false;
  if (!IsDigit(*position_)) return Fail(LexStatus::kSyntaxError);
  while (position_ < end_ && IsDigit(*position_)) ++position_;
  return true;
}

bool JsonLexer::ReadNumber() {
  if (*position_ == '-') ++position_;
  if (!NeedByte()) return false;
  if (*position_ == '0') {
    ++position_;
  } else if (!ReadDigits()) {
    return false;
  }
  if (position_ < end_ && *position_ == '.') {
    ++position_;
    if (!ReadDigits()) return false;
  }
  if (position_ < end_ && IsOneOf(*position_, "eE")) {
    ++position_;
    if (!NeedByte()) return false;
    if (IsOneOf(*position_, "+-")) ++position_;
    if (!ReadDigits()) return false;
  }
  return true;
}

bool JsonLexer::ReadLiteral(std::string_view literal) {
  for (const char c : literal) {
    if (!Expect(c)) return false;
  }
  return true;
}

bool JsonLexer::ReadObject(int depth) {
  ++position_;
  if (!SkipSpace()) return false;
  if (*position_ == '}') return Expect('}');
  while (true) {
    JsonValue ignored;
    if (!ReadString(ignored) || !SkipSpace() || !Expect(':') || !SkipSpace()) return false;
    if (!ReadValue(ignored, depth) || !SkipSpace()) return false;
    if (*position_ == '}') return Expect('}');
    if (!Expect(',') || !SkipSpace()) return false;
  }
}

bool JsonLexer::ReadArray(int depth) {
  ++position_;
  if (!SkipSpace()) return false;
  if (*position_ == ']') return Expect(']');
  while (true) {
    JsonValue ignored;
    if (!ReadValue(ignored, depth) || !SkipSpace()) return false;
    if (*position_ == ']') return Expect(']');
    if (!Expect(',') || !SkipSpace()) return false;
  }
}

bool JsonLexer::ReadValue(JsonValue& value, int depth) {
  if (!NeedByte()) return false;
  const char* const begin = position_;
  const char first = *begin;
  bool ok = false;
  switch (first) {
    case '"':
      return ReadString(value);
    case '{':
    case '[':
      if (depth >= kDepthMax) return Fail(LexStatus::kTooDeep);
      value.kind = first == '{' ? JsonKind::kObject : JsonKind::kArray;
      ok = first == '{' ? ReadObject(depth + 1) : ReadArray(depth + 1);
      break;
    case 't':
      value.kind = JsonKind::kTrue;
      ok = ReadLiteral("true");
      break;
    case 'f':
      value.kind = JsonKind::kFalse;
      ok = ReadLiteral("false");
      break;
    case 'n':
      value.kind = JsonKind::kNull;
      ok = ReadLiteral("null");
      break;
    default:
      if (first != '-' && !IsDigit(first)) return Fail(LexStatus::kSyntaxError);
      value.kind = JsonKind::kNumber;
      ok = ReadNumber();
      break;
  }
  value.text = std::string_view(begin, static_cast<size_t>(position_ - begin));
  return ok;
}

bool IsJsonNumber(std::string_view text) {
  if (text.empty() || (text.front() != '-' && !IsDigit(text.front()))) return false;
  const char* const end = text.data() + text.size();
  JsonLexer lexer(text.data(), end);
  JsonValue value;
  return lexer.ReadValue(value, 0) && lexer.position() == end;
}

const char* ScanPaddedNumber(const char* p) {
  if (*p == '-') ++p;
  if (!IsDigit(*p)) return nullptr;
  if (*p == '0') {
    ++p;
  } else {
    while (IsDigit(*p)) ++p;
  }
  if (*p == '.') {
    ++p;
    if (!IsDigit(*p)) return nullptr;
    while (IsDigit(*p)) ++p;
  }
  if (*p == 'e' || *p == 'E') {
    ++p;
    if (*p == '+' || *p == '-') ++p;
    if (!IsDigit(*p)) return nullptr;
    while (IsDigit(*p)) ++p;
  }
  return p;
}

Unescaped Unescape(std::string_view text, char* out) {
  Unescaped result;
  char* const begin = out;
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p < end) {
    if (*p != '\\') {
      *out++ = *p++;
      continue;
    }
    if (p[1] != 'u') {
      *out++ = UnescapeByte(p[1]);
      p += 2;
      continue;
    }
    uint32_t code_point = ReadHex(p + 2);
    p += 6;
    const bool pair_follows = end - p >= 6 && p[0] == '\\' && p[1] == 'u';
    if (IsHighSurrogate(code_point) && pair_follows && IsLowSurrogate(ReadHex(p + 2))) {
      code_point = 0x10000 + ((code_point - 0xD800) << 10U) + (ReadHex(p + 2) - 0xDC00);
      p += 6;
    } else if (code_point >= 0xD800 && code_point < 0xE000) {
      result.valid = false;
      code_point = '?';
    }
    out = WriteUtf8(code_point, out);
  }
  result.length = static_cast<size_t>(out - begin);
  return result;
}

}  // namespace stedi
