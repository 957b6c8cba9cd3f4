#include "pipeline/portable_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "pipeline/portable_sql.h"
#include "pipeline/sql_tokens.h"
#include "pipeline/sql_type.h"

namespace stedi {
namespace {

using Kind = SqlToken::Kind;
using Tokens = std::vector<SqlToken>;

class TokenChecker {
 public:
  explicit TokenChecker(std::string_view sql) : tokens_(TokenizeSql(sql)) {}

  std::vector<UnportableToken> Check() {
    for (size_t i = 0; i + 1 < tokens_.size(); ++i) {
      switch (tokens_[i].kind) {
        case Kind::kQuotedName:
          Refuse(i, tokens_[i].text.front() == '"' ? "\"name\"" : "`name`");
          break;
        case Kind::kString:
          CheckString(i);
          break;
        case Kind::kNumber:
          CheckNumber(i);
          break;
        case Kind::kWord:
          CheckWord(i);
          break;
        case Kind::kSymbol:
          CheckSymbol(i);
          break;
        case Kind::kUnterminated:
          found_.push_back({tokens_[i].begin, "this text has no closing quote", {}});
          break;
        case Kind::kEnd:
          break;
      }
    }
    return std::move(found_);
  }

 private:
  // Reports token `i`. The reason and the hint are those of the row `name` of SqlConstructs().
  void Refuse(size_t i, std::string_view name) {
    const SqlConstruct* row = FindConstruct(ConstructKind::kToken, name);
    found_.push_back(
        {tokens_[i].begin,
         fmt::format("{} is not portable: {}", name, row == nullptr ? "" : row->reason),
         std::string(row == nullptr ? "" : row->hint)});
  }

  void CheckString(size_t i) {
    const std::string_view inner = tokens_[i].text.substr(1, tokens_[i].text.size() - 2);
    if (inner.find('\'') != std::string_view::npos)
      Refuse(i, "'a''b'");
    else if (inner.find('\\') != std::string_view::npos)
      Refuse(i, "'a\\b'");
    else if (tokens_[i + 1].kind == Kind::kString)
      Refuse(i + 1, "'a' 'b'");
  }

  void CheckNumber(size_t i) {
    const std::string_view text = tokens_[i].text;
    const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
      return (c >= '0' && c <= '9') || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
    });
    if (!is_plain) Refuse(i, "1L");
  }

  void CheckWord(size_t i) {
    const SqlToken& next = tokens_[i + 1];
    const bool touches = next.begin == tokens_[i].end;
    constexpr std::array<std::string_view, 5> kPrefixes = {"E", "R", "X", "B", "N"};
    if (next.kind == Kind::kString && touches &&
        std::any_of(kPrefixes.begin(), kPrefixes.end(),
                    [&](std::string_view prefix) { return IsWord(tokens_[i], prefix); })) {
      return Refuse(i, "e'..'");
    }
    if ((IsWord(tokens_[i], "CAST") || IsWord(tokens_[i], "TRY_CAST")) && IsSymbol(next, "(")) {
      CheckCast(i);
    }
    if ((IsWord(tokens_[i], "IGNORE") || IsWord(tokens_[i], "RESPECT")) && IsWord(next, "NULLS")) {
      Refuse(i, "IGNORE NULLS");
    }
    const size_t before = i == 0 ? tokens_.size() - 1 : i - 1;
    if (IsWord(tokens_[i], "MATERIALIZED") &&
        (IsWord(tokens_[before], "AS") || IsWord(tokens_[before], "NOT"))) {
      Refuse(i, "AS MATERIALIZED");
    }
    if (IsWord(tokens_[i], "FROM") && IsSymbol(tokens_[before], ","))
      Refuse(before, "trailing comma");
    if (IsWord(tokens_[i], "FROM") && IsSymbol(tokens_[before], "(")) Refuse(i, "FROM first");
  }

  // The type of a cast must be one of the project's types: engines have many more, and these
  // differ.
  void CheckCast(size_t i) {
    int depth = 0;
    size_t as = 0;
    size_t at = i + 1;
    for (; at + 1 < tokens_.size(); ++at) {
      if (IsSymbol(tokens_[at], "(")) ++depth;
      if (IsSymbol(tokens_[at], ")") && --depth == 0) break;
      if (depth == 1 && IsWord(tokens_[at], "AS")) as = at;
    }
    if (as == 0 || at + 1 >= tokens_.size()) return;  // does not parse: DuckDB reports it
    std::string type;
    for (size_t k = as + 1; k < at; ++k) type += tokens_[k].text;
    const std::optional<SqlType> parsed = ParseSqlType(type);
    const bool bare_decimal =
        parsed && parsed->kind == SqlType::Kind::kDecimal && type.find('(') == std::string::npos;
    if (parsed && parsed->kind == SqlType::Kind::kTimestampNtz) {
      Refuse(as + 1, "TIMESTAMP_NTZ");
    } else if (bare_decimal) {
      Refuse(as + 1, "DECIMAL without (p,s)");
    } else if (!parsed) {
      found_.push_back({tokens_[as + 1].begin,
                        fmt::format("the type {} is not one that both engines know", type),
                        "one of STRING, BIGINT, INT, DOUBLE, FLOAT, BOOLEAN, DATE, TIMESTAMP, "
                        "DECIMAL(p,s), BINARY"});
    }
  }

  void CheckSymbol(size_t i) {
    const std::string_view text = tokens_[i].text;
    if (text == "," && IsSymbol(tokens_[i + 1], ")")) return Refuse(i, "trailing comma");
    constexpr std::array<std::string_view, 17> kPortable = {
        "(", ")", ",", ".", "+", "-", "*", "/", "%", "||", "=", "<>", "!=", "<", "<=", ">", ">="};
    if (std::find(kPortable.begin(), kPortable.end(), text) != kPortable.end()) return;
    if (FindConstruct(ConstructKind::kToken, text) != nullptr) return Refuse(i, text);
    found_.push_back(
        {tokens_[i].begin,
         fmt::format("{} is not known to give the same result on Spark", Printable(text)),
         {}});
  }

  static std::string Printable(std::string_view text) {
    const unsigned char c = static_cast<unsigned char>(text.front());
    if (text.size() == 1 && (c < 0x20 || c >= 0x7F)) return fmt::format("the byte {:#04x}", c);
    return std::string(text);
  }

  Tokens tokens_;
  std::vector<UnportableToken> found_;
};

}  // namespace

std::vector<UnportableToken> FindUnportableTokens(std::string_view sql) {
  return TokenChecker(sql).Check();
}

}  // namespace stedi
