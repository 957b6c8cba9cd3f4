// The full, strict parser of one landing record (RFC 8259 object): what it finds, or where it
// fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stedi {

inline constexpr size_t kDepthMax = 128;

// Where lexing stands inside a record: enough to go on after a fault.
struct LexicalState {
  std::string open;   // open brackets, '{' or '[', outermost first
  char previous = 0;  // last token: one of { } [ ] : , or v for a value; 0 = none
  bool in_string = false;
};

enum class ValueKind : uint8_t { kString, kNumber, kTrue, kFalse, kNull, kObject, kArray };

// One member of the record itself (not of nested objects). Views point into the parsed text.
struct Member {
  std::string_view key;    // raw, between the quotes
  std::string_view value;  // raw; of a string with its quotes
  ValueKind kind = ValueKind::kNull;
  bool key_escaped = false;
  bool value_escaped = false;
};

enum class ParseEnd : uint8_t {
  kComplete,  // `position` is one past the closing bracket
  kFault,     // `position` is the first byte that cannot continue
  kMore,      // the text ended before the value did
  kTooDeep,   // `position` is the bracket that is too much
};

struct ParseResult {
  ParseEnd end = ParseEnd::kMore;
  size_t position = 0;
  LexicalState state;        // with kFault, kMore, kTooDeep
  bool has_control = false;  // a raw control byte inside a string
};

// Parses the JSON value at text[0] ('{', '[' or any other value). Members of an outermost object
// are appended to `members`, which is cleared first. Strings may hold raw control bytes
// (has_control tells).
ParseResult ParseValue(std::string_view text, std::vector<Member>& members);

// Whether `text` is wholly a JSON number.
bool IsNumber(std::string_view text);

// Replaces the escapes of a string's inside. False: an unpaired surrogate, which is no Unicode
// text.
bool Unescape(std::string_view raw, std::string& out);

}  // namespace stedi
