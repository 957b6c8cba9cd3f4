// A strict RFC 8259 lexer for bytes that may end too early. It is relaxed in one point: a raw
// control byte does not end a string, but is noted, so that the record around it can be rejected as
// a whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stedi {

inline constexpr int kDepthMax = 128;  // how many brackets may be open at one time

enum class LexStatus : uint8_t {
  kOk,
  kNeedMore,     // the bytes end where more must follow
  kSyntaxError,  // position() is the first byte that is not allowed
  kTooDeep,      // position() is the bracket that is one too many
};

enum class JsonKind : uint8_t { kNull, kTrue, kFalse, kNumber, kString, kObject, kArray };

struct JsonValue {
  JsonKind kind = JsonKind::kNull;
  bool has_escape = false;  // only of a string
  std::string_view text;    // its bytes in the buffer; of a string, those between the quotes
};

// Each Read and Skip function either moves position() forward and returns true, or leaves it at the
// fault, sets status() and returns false. All views point into the buffer that was passed to the
// constructor.
class JsonLexer {
 public:
  JsonLexer(const char* begin, const char* end) : position_(begin), end_(end) {}

  // Skips white space. When it returns true, position() is at a byte that is not white space.
  bool SkipSpace();
  // Skips the byte `c`; any other byte is a syntax error.
  bool Expect(char c);
  // REQUIRES: position() is at an opening quote.
  bool ReadString(JsonValue& value);
  // REQUIRES: position() is at the first byte of a value. `depth` brackets are open around it.
  bool ReadValue(JsonValue& value, int depth);

  const char* position() const { return position_; }
  char Peek() const { return *position_; }  // only after SkipSpace() returned true
  LexStatus status() const { return status_; }
  bool non_ascii() const { return non_ascii_; }  // a string contained a byte of 0x80 or more
  const char* first_control() const { return first_control_; }  // in a string; nullptr: none

 private:
  bool Fail(LexStatus status);
  bool NeedByte() { return position_ < end_ || Fail(LexStatus::kNeedMore); }
  bool ReadEscape();
  bool ReadDigits();
  bool ReadNumber();
  bool ReadLiteral(std::string_view literal);
  bool ReadObject(int depth);
  bool ReadArray(int depth);

  const char* position_;
  const char* const end_;
  const char* first_control_ = nullptr;
  LexStatus status_ = LexStatus::kOk;
  bool non_ascii_ = false;
};

// Whether all of `text` is one JSON number.
bool IsJsonNumber(std::string_view text);

// Returns one past the JSON number at `p`, or nullptr when there is none. REQUIRES: a zero byte
// follows the text.
const char* ScanPaddedNumber(const char* p);

struct Unescaped {
  size_t length = 0;
  bool valid = true;  // false: it contains a lone surrogate
};
// Unescapes `text`, the inside of a valid string. `out` needs room for text.size() bytes, which
// always suffices. A lone surrogate becomes '?'.
Unescaped Unescape(std::string_view text, char* out);

}  // namespace stedi
