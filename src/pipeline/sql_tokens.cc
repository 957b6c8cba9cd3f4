#include "pipeline/sql_tokens.h"

#include <algorithm>
#include <array>

#include "base/ascii_case.h"

namespace stedi {
namespace {

// Longest first, because the first one that matches is taken.
constexpr std::array<std::string_view, 14> kLongSymbols = {
    "<=>", "->>", "::", "||", "<=", ">=", "<>", "!=", "==", "->", "//", ":=", "=>", "**"};

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Bytes of characters outside ASCII count as letters, so that a wrong name is one token.
bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || IsDigit(c) ||
         static_cast<unsigned char>(c) >= 0x80U;
}

// One past the quote that closes the one at `at`, or npos; a doubled quote does not close.
size_t QuotedEnd(std::string_view text, size_t at) {
  const char quote = text[at];
  size_t end = at + 1;
  while ((end = text.find(quote, end)) != std::string_view::npos) {
    if (end + 1 == text.size() || text[end + 1] != quote) return end + 1;
    end += 2;
  }
  return end;
}

size_t NumberEnd(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && (IsWordByte(text[end]) || text[end] == '.' ||
                               ((text[end] == '+' || text[end] == '-') &&
                                (text[end - 1] == 'e' || text[end - 1] == 'E')))) {
    ++end;
  }
  return end;
}

size_t SymbolEnd(std::string_view text, size_t at) {
  for (const std::string_view symbol : kLongSymbols) {
    if (text.substr(at).starts_with(symbol)) return at + symbol.size();
  }
  return at + 1;
}

// The token at `at`, which is neither white space nor a comment.
SqlToken TokenAt(std::string_view text, size_t at) {
  using Kind = SqlToken::Kind;
  const char c = text[at];
  const bool dot_number = c == '.' && at + 1 < text.size() && IsDigit(text[at + 1]) &&
                          (at == 0 || !IsWordByte(text[at - 1]));
  SqlToken token{Kind::kSymbol, at, at, {}};
  if (c == '\'' || c == '"' || c == '`') {
    token.end = QuotedEnd(text, at);
    token.kind = c == '\'' ? Kind::kString : Kind::kQuotedName;
    if (token.end == std::string_view::npos) {
      token.kind = Kind::kUnterminated;
      token.end = text.size();
    }
  } else if (IsDigit(c) || dot_number) {
    token.kind = Kind::kNumber;
    token.end = NumberEnd(text, at);
  } else if (IsWordByte(c)) {
    token.kind = Kind::kWord;
    token.end = at;
    while (token.end < text.size() && IsWordByte(text[token.end])) ++token.end;
  } else {
    token.end = SymbolEnd(text, at);
  }
  token.text = text.substr(token.begin, token.end - token.begin);
  return token;
}

// One past the */ that closes the /* at `at`, counting nested ones, or npos.
size_t BlockCommentEnd(std::string_view text, size_t at) {
  size_t depth = 0;
  while (at + 1 < text.size()) {
    const std::string_view two = text.substr(at, 2);
    if (two == "/*") ++depth;
    if (two == "*/" && --depth == 0) return at + 2;
    at += two == "/*" || two == "*/" ? 2 : 1;
  }
  return std::string_view::npos;
}

}  // namespace

size_t SkipComment(std::string_view text, size_t at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("--")) return std::min(text.find('\n', at), text.size());
  if (rest.starts_with("/*")) return std::min(BlockCommentEnd(text, at), text.size());
  return at;
}

std::vector<SqlToken> TokenizeSql(std::string_view text) {
  std::vector<SqlToken> tokens;
  for (size_t at = 0; at < text.size();) {
    if (IsSpace(text[at])) {
      ++at;
    } else if (const size_t comment_end = SkipComment(text, at); comment_end != at) {
      const bool is_block = text[at] == '/';
      if (is_block && BlockCommentEnd(text, at) == std::string_view::npos) {
        tokens.push_back({SqlToken::Kind::kUnterminated, at, text.size(), text.substr(at)});
      }
      at = comment_end;
    } else {
      tokens.push_back(TokenAt(text, at));
      at = tokens.back().end;
    }
  }
  tokens.push_back({SqlToken::Kind::kEnd, text.size(), text.size(), {}});
  return tokens;
}

bool IsWord(const SqlToken& token, std::string_view word) {
  return token.kind == SqlToken::Kind::kWord &&
         std::equal(token.text.begin(), token.text.end(), word.begin(), word.end(),
                    [](char a, char b) { return UpperLetter(a) == b; });
}

bool IsOneOf(const SqlToken& token, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return IsWord(token, word); });
}

bool IsSymbol(const SqlToken& token, std::string_view symbol) {
  return token.kind == SqlToken::Kind::kSymbol && token.text == symbol;
}

std::optional<std::string> WithoutDistinct(std::string_view select) {
  const std::vector<SqlToken> tokens = TokenizeSql(select);
  constexpr size_t kHead = 3;
  if (tokens.size() < kHead || !IsWord(tokens[0], "SELECT") || !IsWord(tokens[1], "DISTINCT") ||
      IsWord(tokens[2], "ON")) {
    return std::nullopt;
  }
  int depth = 0;
  for (const SqlToken& token : tokens) {
    if (IsSymbol(token, "(")) ++depth;
    if (IsSymbol(token, ")")) --depth;
    if (depth > 0) continue;
    if (IsOneOf(token, {"UNION", "EXCEPT", "INTERSECT", "MINUS", "LIMIT", "OFFSET", "FETCH"})) {
      return std::nullopt;
    }
  }
  std::string out(select);
  out.erase(tokens[1].begin, tokens[1].end - tokens[1].begin);
  return out;
}

}  // namespace stedi
