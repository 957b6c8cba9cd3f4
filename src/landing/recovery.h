// Finds where reading can start again after damage. It keeps the lexical state of the damaged
// record (open brackets, inside a string or not) and goes on until a byte that nothing whole can
// contain: either a '{' that cannot be nested where it stands, or `}{"key":`, which in valid JSON
// can be neither nested nor part of a string.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "landing/json_lexer.h"

namespace stedi {

// The pattern `{ "key" :` must be complete within so many bytes of its '{' to count.
inline constexpr size_t kLookAheadBytesMax = 4096;
inline constexpr size_t kKeyBytesMax = 256;

enum class Lookahead : uint8_t { kNo, kYes, kNeedMore };
// Whether ws* "key" ws* : follows; `p` stands after the '{'. kNeedMore: it depends on bytes at
// `end`.
Lookahead KeyFollows(const char* p, const char* end);

// The first '{' in bytes[from, to) that ends the pattern `}{` (in a top-level array: `},{`, white
// space anywhere) and that a key follows: where a record seems to begin, to be confirmed by reading
// up to there.
std::optional<size_t> FindRecordStart(std::string_view bytes, size_t from, size_t to,
                                      bool in_array);

class RecoveryScanner {
 public:
  // At top level: no bracket is open. `ends_at_separator`: inside a top-level array, where ',' and
  // ']' end garbage.
  explicit RecoveryScanner(bool ends_at_separator) : ends_at_separator_(ends_at_separator) {}

  // Takes in the valid beginning of a record without looking for an end.
  void Observe(const char* begin, const char* end);

  enum class Status : uint8_t {
    kFound,     // reading starts again at `stop`
    kNeedMore,  // everything before `stop` is taken in; show bytes from there on, and more of them
  };
  struct Result {
    Status status;
    const char* stop;
  };
  // `at_end`: no bytes follow `end`; then the result is always kFound.
  Result Scan(const char* begin, const char* end, bool at_end);

 private:
  enum class Verdict : uint8_t { kGoOn, kStopBefore, kStopAfter, kNeedMore };
  Verdict Step(const char* p, const char* end, bool at_end);
  Verdict StepAtBrace(const char* p, const char* end, bool at_end);
  void StepInString(char c);
  bool CanNest() const;
  void Push(char bracket);
  bool Pop();  // true when that was the last one

  std::array<char, kDepthMax> brackets_ = {};
  size_t depth_ = 0;  // may exceed kDepthMax: brackets deeper down are only counted
  bool in_string_ = false;
  bool escaped_ = false;
  char previous_token_ = 0;  // last byte that counts outside strings; '"' after a string
  char previous_byte_ = 0;   // last byte that is not white space, inside strings too
  bool ends_at_separator_;
};

}  // namespace stedi
