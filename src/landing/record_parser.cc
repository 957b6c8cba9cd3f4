#include "landing/record_parser.h"

#include <cstring>

namespace stedi {
namespace {

enum class Expect : uint8_t { kValue, kValueOrEnd, kKey, kKeyOrEnd, kColon, kCommaOrEnd };

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsDelimiter(char c) {
  return IsSpace(c) || c == ',' || c == '}' || c == ']' || c == '{' || c == '[' || c == '"' ||
         c == ':';
}

// How a scalar token ended: complete, faulty at `position`, or cut off by the end of the text.
struct Token {
  ParseEnd end = ParseEnd::kMore;
  size_t position = 0;
  bool escaped = false;
  bool has_control = false;
};

// A string from its opening quote at `begin`. A bad escape is a fault.
Token LexString(std::string_view text, size_t begin) {
  Token token;
  for (size_t i = begin + 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') return {ParseEnd::kComplete, i + 1, token.escaped, token.has_control};
    if (static_cast<unsigned char>(c) < 0x20) token.has_control = true;
    if (c != '\\') continue;
    token.escaped = true;
    if (++i == text.size()) break;
    if (std::strchr("\"\\/bfnrt", text[i]) != nullptr && text[i] != 0) continue;
    if (text[i] != 'u') return {ParseEnd::kFault, i, token.escaped, token.has_control};
    for (int digit = 0; digit < 4; ++digit) {
      if (++i == text.size()) return token;
      if (!IsHex(text[i])) return {ParseEnd::kFault, i, token.escaped, token.has_control};
    }
  }
  return token;
}

// RFC 8259 number, then a delimiter. At the end of the text it may go on: kMore.
Token LexNumber(std::string_view text, size_t begin) {
  size_t i = begin;
  const auto digits = [&] {
    const size_t first = i;
    while (i < text.size() && IsDigit(text[i])) ++i;
    return i > first;
  };
  const auto fault = [&]() -> Token {
    return {i == text.size() ? ParseEnd::kMore : ParseEnd::kFault, i, false, false};
  };
  if (i < text.size() && text[i] == '-') ++i;
  if (i < text.size() && text[i] == '0') {
    ++i;
  } else if (!digits()) {
    return fault();
  }
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!digits()) return fault();
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) return fault();
  }
  if (i == text.size() || !IsDelimiter(text[i])) return fault();
  return {ParseEnd::kComplete, i, false, false};
}

Token LexLiteral(std::string_view text, size_t begin, std::string_view literal) {
  for (size_t i = 0; i < literal.size(); ++i) {
    if (begin + i == text.size()) return {ParseEnd::kMore, text.size(), false, false};
    if (text[begin + i] != literal[i]) return {ParseEnd::kFault, begin + i, false, false};
  }
  const size_t end = begin + literal.size();
  if (end == text.size()) return {ParseEnd::kMore, end, false, false};
  if (!IsDelimiter(text[end])) return {ParseEnd::kFault, end, false, false};
  return {ParseEnd::kComplete, end, false, false};
}

Token LexScalar(std::string_view text, size_t begin, ValueKind& kind) {
  switch (text[begin]) {
    case '"':
      kind = ValueKind::kString;
      return LexString(text, begin);
    case 't':
      kind = ValueKind::kTrue;
      return LexLiteral(text, begin, "true");
    case 'f':
      kind = ValueKind::kFalse;
      return LexLiteral(text, begin, "false");
    case 'n':
      kind = ValueKind::kNull;
      return LexLiteral(text, begin, "null");
    default:
      kind = ValueKind::kNumber;
      return LexNumber(text, begin);
  }
}

class Parser {
 public:
  Parser(std::string_view text, std::vector<Member>& members) : text_(text), members_(members) {}

  ParseResult Run() {
    while (!done_) {
      while (i_ < text_.size() && IsSpace(text_[i_])) ++i_;
      if (i_ == text_.size()) return Stop(ParseEnd::kMore, i_);
      Step();
    }
    return result_;
  }

 private:
  ParseResult Stop(ParseEnd end, size_t position) {
    done_ = true;
    result_.end = end;
    result_.position = position;
    return result_;
  }

  std::string& open() { return result_.state.open; }
  bool in_outermost_object() { return open().size() == 1 && open()[0] == '{'; }

  void Step() {
    const char c = text_[i_];
    switch (expect_) {
      case Expect::kKeyOrEnd:
        if (c == '}') return Close();
        [[fallthrough]];
      case Expect::kKey:
        if (c != '"') return static_cast<void>(Stop(ParseEnd::kFault, i_));
        return Key();
      case Expect::kColon:
        if (c != ':') return static_cast<void>(Stop(ParseEnd::kFault, i_));
        result_.state.previous = ':';
        expect_ = Expect::kValue;
        ++i_;
        return;
      case Expect::kValueOrEnd:
        if (c == ']') return Close();
        [[fallthrough]];
      case Expect::kValue:
        return Value(c);
      case Expect::kCommaOrEnd:
        if (c == ',') {
          result_.state.previous = ',';
          expect_ = open().back() == '{' ? Expect::kKey : Expect::kValue;
          ++i_;
          return;
        }
        if (c == (open().back() == '{' ? '}' : ']')) return Close();
        Stop(ParseEnd::kFault, i_);
        return;
    }
  }

  void Key() {
    const Token token = LexString(text_, i_);
    result_.has_control |= token.has_control;
    if (token.end != ParseEnd::kComplete) {
      result_.state.in_string = true;
      Stop(token.end, token.end == ParseEnd::kMore ? text_.size() : token.position);
      return;
    }
    if (in_outermost_object()) {
      members_.push_back({text_.substr(i_ + 1, token.position - i_ - 2),
                          {},
                          ValueKind::kNull,
                          token.escaped,
                          false});
    }
    result_.state.previous = 'v';
    i_ = token.position;
    expect_ = Expect::kColon;
  }

  void Value(char c) {
    if (c == '{' || c == '[') {
      if (open().size() == kDepthMax) return static_cast<void>(Stop(ParseEnd::kTooDeep, i_));
      if (in_outermost_object()) {
        members_.back().kind = c == '{' ? ValueKind::kObject : ValueKind::kArray;
        value_begin_ = i_;
      }
      open() += c;
      result_.state.previous = c;
      expect_ = c == '{' ? Expect::kKeyOrEnd : Expect::kValueOrEnd;
      ++i_;
      return;
    }
    ValueKind kind = ValueKind::kNull;
    const Token token = LexScalar(text_, i_, kind);
    result_.has_control |= token.has_control;
    if (token.end != ParseEnd::kComplete) {
      result_.state.in_string = kind == ValueKind::kString;
      Stop(token.end, token.end == ParseEnd::kMore ? text_.size() : token.position);
      return;
    }
    if (in_outermost_object()) {
      Member& member = members_.back();
      member.kind = kind;
      member.value = text_.substr(i_, token.position - i_);
      member.value_escaped = token.escaped;
    }
    AfterValue(token.position);
  }

  void Close() {
    result_.state.previous = text_[i_];
    open().pop_back();
    if (in_outermost_object() && !members_.empty()) {
      members_.back().value = text_.substr(value_begin_, i_ + 1 - value_begin_);
    }
    AfterValue(i_ + 1);
  }

  void AfterValue(size_t position) {
    if (open().empty()) {
      Stop(ParseEnd::kComplete, position);
      return;
    }
    if (text_[position - 1] != '}' && text_[position - 1] != ']') result_.state.previous = 'v';
    i_ = position;
    expect_ = Expect::kCommaOrEnd;
  }

  std::string_view text_;
  std::vector<Member>& members_;
  ParseResult result_;
  Expect expect_ = Expect::kValue;
  size_t i_ = 0;
  size_t value_begin_ = 0;
  bool done_ = false;
};

void AppendUtf8(uint32_t code, std::string& out) {
  const auto byte = [&](uint32_t value) { out += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 0x3F)), byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

// Four hex digits; the parser has seen that they are.
uint32_t Hex4(std::string_view digits) {
  uint32_t value = 0;
  for (const char c : digits) {
    value = value * 16 + static_cast<uint32_t>(IsDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

}  // namespace

ParseResult ParseValue(std::string_view text, std::vector<Member>& members) {
  members.clear();
  return Parser(text, members).Run();
}

bool IsNumber(std::string_view text) {
  if (text.empty()) return false;
  const std::string delimited = std::string(text) + ",";
  const Token token = LexNumber(delimited, 0);
  return token.end == ParseEnd::kComplete && token.position == text.size();
}

bool Unescape(std::string_view raw, std::string& out) {
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      out += raw[i];
      continue;
    }
    const char c = raw[++i];
    static constexpr std::string_view kFrom = "\"\\/bfnrt";
    static constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    if (const size_t at = kFrom.find(c); at != std::string_view::npos) {
      out += kTo[at];
      continue;
    }
    uint32_t code = Hex4(raw.substr(i + 1, 4));
    i += 4;
    if (code >= 0xDC00 && code < 0xE000) return false;
    if (code >= 0xD800 && code < 0xDC00) {
      if (raw.size() - i - 1 < 6) return false;
      if (raw[i + 1] != '\\' || raw[i + 2] != 'u') return false;
      const uint32_t low = Hex4(raw.substr(i + 3, 4));
      if (low < 0xDC00 || low >= 0xE000) return false;
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      i += 6;
    }
    AppendUtf8(code, out);
  }
  return true;
}

}  // namespace stedi
