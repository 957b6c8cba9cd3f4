#include "select/rank_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <vector>

#include "base/ascii_case.h"
#include "pipeline/sql_tokens.h"

namespace stedi {
namespace {

// Indices of the tokens of `row_number() OVER (ORDER BY e) AS place`.
struct Rank {
  size_t begin = 0;
  size_t end = 0;  // past the parentheses of OVER, or of the CAST
  size_t key = 0;  // the first token of e
  size_t key_end = 0;
  size_t name = 0;
};

class Ranks {
 public:
  explicit Ranks(std::string_view text) : text_(text), tokens_(TokenizeSql(text)) {}

  std::string Replaced() const {
    std::string out(text_);
    // Back to front, so that the offsets of the earlier ranks stay valid.
    for (size_t at = tokens_.size(); at-- > 0;) {
      const std::optional<Rank> rank = RankAt(at);
      if (!rank.has_value() || !IsOnlySortedBy(rank->name)) continue;
      const size_t begin = tokens_[rank->begin].begin;
      const size_t key = tokens_[rank->key].begin;
      out.replace(begin, tokens_[rank->end - 1].end - begin,
                  fmt::format("({})", text_.substr(key, tokens_[rank->key_end - 1].end - key)));
    }
    return out;
  }

 private:
  // Returns the index of the parenthesis that closes the one before `at`. Returns nothing when
  // there is none, or when a comma or a keyword such as DESC or ROWS comes before it.
  std::optional<size_t> EndOfKey(size_t at) const {
    int depth = 0;
    for (; tokens_[at].kind != SqlToken::Kind::kEnd; ++at) {
      if (IsSymbol(tokens_[at], "(")) ++depth;
      if (IsSymbol(tokens_[at], ")") && depth-- == 0) return at;
      const bool says_more =
          IsSymbol(tokens_[at], ",") ||
          IsOneOf(tokens_[at], {"ASC", "DESC", "NULLS", "ROWS", "RANGE", "GROUPS"});
      if (depth == 0 && says_more) return std::nullopt;
    }
    return std::nullopt;
  }

  std::optional<Rank> RankAt(size_t at) const {
    constexpr size_t kKey = 7;  // number of tokens in `row_number() OVER (ORDER BY`
    if (at + kKey >= tokens_.size() ||
        !IsOneOf(tokens_[at], {"ROW_NUMBER", "RANK", "DENSE_RANK"}) ||
        !IsSymbol(tokens_[at + 1], "(") || !IsSymbol(tokens_[at + 2], ")") ||
        !IsWord(tokens_[at + 3], "OVER") || !IsSymbol(tokens_[at + 4], "(") ||
        !IsWord(tokens_[at + 5], "ORDER") || !IsWord(tokens_[at + 6], "BY")) {
      return std::nullopt;
    }
    const std::optional<size_t> key_end = EndOfKey(at + kKey);
    if (!key_end.has_value() || *key_end == at + kKey) return std::nullopt;
    Rank rank{at, *key_end + 1, at + kKey, *key_end, 0};
    if (at >= 2 && IsSymbol(tokens_[at - 1], "(") && IsWord(tokens_[at - 2], "CAST")) {
      const bool is_cast = IsWord(tokens_[rank.end], "AS") &&
                           tokens_[rank.end + 1].kind == SqlToken::Kind::kWord &&
                           IsSymbol(tokens_[rank.end + 2], ")");
      if (!is_cast) return std::nullopt;
      rank.begin -= 2;
      rank.end += 3;
    }
    rank.name = rank.end + (IsWord(tokens_[rank.end], "AS") ? 1 : 0);
    if (tokens_[rank.name].kind != SqlToken::Kind::kWord) return std::nullopt;
    return rank;
  }

  // Whether the name occurs only once more, as `p.place` in an ORDER BY.
  bool IsOnlySortedBy(size_t name) const {
    size_t uses = 0;
    bool is_sorted_by = false;
    for (size_t at = 0; at < tokens_.size(); ++at) {
      if (at == name || !IsSame(tokens_[at], tokens_[name])) continue;
      ++uses;
      is_sorted_by =
          at > 2 && IsSymbol(tokens_[at - 1], ".") &&
          (IsWord(tokens_[at - 3], "BY") || IsSymbol(tokens_[at - 3], ",")) &&
          (tokens_[at + 1].kind == SqlToken::Kind::kEnd || IsSymbol(tokens_[at + 1], ",") ||
           IsOneOf(tokens_[at + 1], {"ASC", "DESC", "NULLS"}));
    }
    return uses == 1 && is_sorted_by;
  }

  static bool IsSame(const SqlToken& token, const SqlToken& name) {
    return EqualIgnoringCase(token.text, name.text);
  }

  std::string_view text_;
  std::vector<SqlToken> tokens_;
};

}  // namespace

std::string WithoutRanks(std::string_view select) { return Ranks(select).Replaced(); }

}  // namespace stedi
