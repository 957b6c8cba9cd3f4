// Splits SQL into tokens: just enough to read the beginning of a CREATE statement and to find what
// a SELECT must not contain. Does not know keywords.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stedi {

struct SqlToken {
  enum class Kind : uint8_t {
    kWord,        // customers, SELECT
    kNumber,      // 12, 1.5, 1e3; also followed by letters: 1L
    kString,      // 'a'; '' inside does not end it
    kQuotedName,  // "a" and `a`
    kSymbol,  // one character, or one of ::, ||, <=>, <=, >=, <>, !=, ==, ->, ->>, //, :=, =>, **
    kUnterminated,  // a literal or comment without its end; the last token before kEnd
    kEnd,           // exactly one, at the end, empty
  };
  Kind kind = Kind::kEnd;
  size_t begin = 0;  // bytes [begin, end) of the text
  size_t end = 0;
  std::string_view text;  // points into the text that was given to TokenizeSql()
};

// Tokens of `text` without white space and comments. Never fails; any bytes are allowed.
std::vector<SqlToken> TokenizeSql(std::string_view text);

// Returns the offset one past the comment that begins at `at`, which is `--` to the end of its line
// or a /* */ that may be nested; returns `at` when no comment begins there. A /* without an end
// reaches to the end of the text.
size_t SkipComment(std::string_view text, size_t at);

// True when `token` is the word `word`, which must be in upper case; the case of `token` does not
// matter.
bool IsWord(const SqlToken& token, std::string_view word);
bool IsOneOf(const SqlToken& token, std::initializer_list<std::string_view> words);
bool IsSymbol(const SqlToken& token, std::string_view symbol);

// Returns `select` without the DISTINCT at its beginning, if the only effect of the DISTINCT is
// that each row comes once: no WITH, set operation, LIMIT or DISTINCT ON. Otherwise returns
// nothing.
std::optional<std::string> WithoutDistinct(std::string_view select);

}  // namespace stedi
