#include "pipeline/parameter_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>

#include "base/ascii_case.h"
#include "pipeline/sql_tokens.h"

namespace stedi {
namespace {

using Kind = SqlType::Kind;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool AreDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsDigit);
}

// "0", "-17", "123"; no plus sign and no leading zeros.
bool IsPlainWhole(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  const std::string_view digits = text.substr(is_negative ? 1 : 0);
  if (!AreDigits(digits)) return false;
  return digits.front() != '0' || (digits.size() == 1 && !is_negative);
}

template <class Number>
bool IsWhole(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return IsPlainWhole(text) && error == std::errc() && end == text.data() + text.size();
}

// "1", "-1.50", "1e-3" as a DOUBLE; neither ".5" nor "1." nor "nan".
bool IsReal(std::string_view text) {
  const std::string_view mantissa = text.substr(0, text.find_first_of("eE"));
  std::string_view exponent = text.substr(mantissa.size());
  if (!exponent.empty()) {
    exponent.remove_prefix(1);
    if (exponent.starts_with('-') || exponent.starts_with('+')) exponent.remove_prefix(1);
    if (!AreDigits(exponent)) return false;
  }
  const std::string_view whole = mantissa.substr(0, mantissa.find('.'));
  const bool is_negative = whole.starts_with('-');
  if (!AreDigits(whole.substr(is_negative ? 1 : 0))) return false;
  if (whole.size() < mantissa.size() && !AreDigits(mantissa.substr(whole.size() + 1))) return false;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

// Whether `text` is a number with no more digits than the type has, so that nothing is rounded.
bool IsDecimal(std::string_view text, const SqlType& type) {
  if (text.find_first_of("eE") != std::string_view::npos || !IsReal(text)) return false;
  const std::string_view whole = text.substr(0, text.find('.'));
  const size_t fraction = text.size() - std::min(text.size(), whole.size() + 1);
  const std::string_view digits = whole.substr(whole.starts_with('-') ? 1 : 0);
  return IsPlainWhole(digits) && fraction <= type.scale &&
         (digits == "0" || digits.size() + type.scale <= type.precision);
}

// "2026-02-28": a day that exists in the calendar.
bool IsDay(std::string_view text) {
  constexpr size_t kLength = 10;
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (text.size() != kLength || text[4] != '-' || text[7] != '-') return false;
  const std::string_view parts[] = {text.substr(0, 4), text.substr(5, 2), text.substr(8, 2)};
  if (!std::ranges::all_of(parts, AreDigits)) return false;
  int numbers[3] = {};
  for (size_t i = 0; i < 3; ++i) {
    std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), numbers[i]);
  }
  const auto [year, month, day] = numbers;
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= kDays[static_cast<size_t>(month - 1)] + (is_leap && month == 2 ? 1 : 0);
}

// "2026-02-28" or "2026-02-28 23:59:59", with up to six decimal places.
bool IsMoment(std::string_view text) {
  constexpr size_t kDayLength = 10;
  constexpr size_t kSecondsEnd = 19;
  constexpr size_t kFractionMax = 6;
  if (!IsDay(text.substr(0, kDayLength))) return false;
  if (text.size() == kDayLength) return true;
  if (text.size() < kSecondsEnd || text[10] != ' ' || text[13] != ':' || text[16] != ':') {
    return false;
  }
  const std::string_view parts[] = {text.substr(11, 2), text.substr(14, 2), text.substr(17, 2)};
  if (!std::ranges::all_of(parts, AreDigits)) return false;
  if (parts[0] > "23" || parts[1] > "59" || parts[2] > "59") return false;
  if (text.size() == kSecondsEnd) return true;
  const std::string_view fraction = text.substr(kSecondsEnd + 1);
  return text[kSecondsEnd] == '.' && AreDigits(fraction) && fraction.size() <= kFractionMax;
}

bool IsBoolean(std::string_view text) {
  return EqualIgnoringCase(text, "true") || EqualIgnoringCase(text, "false");
}

bool IsValue(std::string_view value, const SqlType& type) {
  switch (type.kind) {
    case Kind::kInt:
      return IsWhole<int32_t>(value);
    case Kind::kBigint:
      return IsWhole<int64_t>(value);
    case Kind::kDouble:
    case Kind::kFloat:
      return IsReal(value);
    case Kind::kDecimal:
      return IsDecimal(value, type);
    case Kind::kBoolean:
      return IsBoolean(value);
    case Kind::kDate:
      return IsDay(value);
    case Kind::kTimestamp:
    case Kind::kTimestampNtz:
      return IsMoment(value);
    case Kind::kString:
    case Kind::kBinary:
      return true;
  }
  return true;
}

std::string_view WhatItIs(Kind kind) {
  switch (kind) {
    case Kind::kInt:
    case Kind::kBigint:
      return "a whole number such as 120";
    case Kind::kDouble:
    case Kind::kFloat:
    case Kind::kDecimal:
      return "a number such as 0.5";
    case Kind::kBoolean:
      return "true or false";
    case Kind::kDate:
      return "a day such as 2026-02-28";
    default:
      return "a moment such as 2026-02-28 12:00:00";
  }
}

// The parameter that a string literal consists of: "stedi.max_age" for '${stedi.max_age}'. Empty
// when the token is anything else.
std::string_view WholeParameter(const SqlToken& token) {
  if (token.kind != SqlToken::Kind::kString || token.text.size() < 2) return {};
  const std::string_view content = token.text.substr(1, token.text.size() - 2);
  if (!content.starts_with("${") || content.find('}') != content.size() - 1) return {};
  return content.substr(2, content.size() - 3);
}

class UseFinder {
 public:
  UseFinder(const SqlText& sql, std::vector<ParameterUse>& uses) : sql_(sql), uses_(uses) {}

  // Adds the uses in `text`, which begins at byte `offset` of the file.
  void Find(std::string_view text, size_t offset) {
    const std::vector<SqlToken> tokens = TokenizeSql(text);
    for (size_t i = 0; i + 1 < tokens.size(); ++i) {
      const SqlToken& token = tokens[i];
      const bool is_cast = IsOneOf(token, {"CAST", "TRY_CAST"}) && IsSymbol(tokens[i + 1], "(");
      if (is_cast) FindInCast(std::span(tokens).subspan(i), text, offset + token.begin);
      if (IsOneOf(token, {"DATE", "TIMESTAMP"}) && !WholeParameter(tokens[i + 1]).empty()) {
        Add(WholeParameter(tokens[i + 1]), *ParseSqlType(token.text), false, offset + token.begin);
      }
      if (token.kind == SqlToken::Kind::kString &&
          token.text.find("${") != std::string_view::npos &&
          token.text.find("''") != std::string_view::npos) {
        FindInText(token, offset);
      }
    }
  }

 private:
  // Adds the uses in a condition of TBLPROPERTIES, which is a string literal with doubled quotes.
  void FindInText(const SqlToken& token, size_t offset) {
    std::string inner;
    const std::string_view content = token.text.substr(1, token.text.size() - 2);
    for (size_t i = 0; i < content.size(); ++i) {
      inner += content[i];
      if (content.substr(i).starts_with("''")) ++i;
    }
    if (inner.size() == content.size()) return;
    const size_t first = uses_.size();
    Find(inner, 0);
    // The uses in a literal have the position of the literal.
    for (size_t i = first; i < uses_.size(); ++i) {
      uses_[i].position = PositionAt(sql_, offset + token.begin);
    }
  }

  // Adds the use in CAST ( .. AS type ), where .. is a parameter, or one inside NULLIF and
  // COALESCE.
  void FindInCast(std::span<const SqlToken> tokens, std::string_view text, size_t offset) {
    std::vector<std::string_view> names;
    bool may_be_empty = IsWord(tokens[0], "TRY_CAST");
    size_t at = 2;
    for (; at < tokens.size() && !IsWord(tokens[at], "AS"); ++at) {
      const SqlToken& token = tokens[at];
      if (const std::string_view name = WholeParameter(token); !name.empty()) {
        names.push_back(name);
      } else if (IsWord(token, "NULLIF")) {
        may_be_empty = true;
      } else if (token.kind != SqlToken::Kind::kString && !IsSymbol(token, "(") &&
                 !IsSymbol(token, ")") && !IsSymbol(token, ",") &&
                 !IsOneOf(token, {"COALESCE", "NULL"})) {
        return;
      }
    }
    if (names.empty() || at >= tokens.size()) return;
    const size_t begin = tokens[at].end;
    size_t end = begin;
    int depth = 1;
    while (++at < tokens.size() && tokens[at].kind != SqlToken::Kind::kEnd) {
      if (IsSymbol(tokens[at], "(")) ++depth;
      if (IsSymbol(tokens[at], ")") && --depth == 0) break;
      end = tokens[at].end;
    }
    const std::optional<SqlType> type = ParseSqlType(text.substr(begin, end - begin));
    if (!type.has_value()) return;
    for (const std::string_view name : names) Add(name, *type, may_be_empty, offset);
  }

  void Add(std::string_view name, const SqlType& type, bool may_be_empty, size_t offset) {
    uses_.push_back({std::string(name), type, may_be_empty, PositionAt(sql_, offset)});
  }

  const SqlText& sql_;
  std::vector<ParameterUse>& uses_;
};

}  // namespace

std::string ValueMistake(std::string_view value, const SqlType& type) {
  if (IsValue(value, type)) return {};
  return fmt::format("is not {} ({})", WhatItIs(type.kind), ToString(type));
}

std::string RangeMistake(std::string_view value, const ParameterRange& range) {
  const std::string outside = fmt::format("is outside {} to {}", range.least, range.most);
  if (IsDay(range.least)) {
    if (!IsDay(value)) return "is not a day such as 2026-02-28";
    return value < range.least || value > range.most ? outside : "";
  }
  if (!IsWhole<int64_t>(value)) return "is not a whole number such as 120";
  const auto number = [](std::string_view text) {
    int64_t n = 0;
    std::from_chars(text.data(), text.data() + text.size(), n);
    return n;
  };
  const bool is_inside =
      number(value) >= number(range.least) && number(value) <= number(range.most);
  return is_inside ? "" : outside;
}

std::optional<ParameterRange> ParseParameterRange(std::string_view name, std::string_view text) {
  constexpr std::string_view kTo = " to ";
  const size_t to = text.find(kTo);
  if (to == std::string_view::npos) return std::nullopt;
  ParameterRange range{std::string(name),
                       std::string(text.substr(0, to)),
                       std::string(text.substr(to + kTo.size())),
                       {}};
  const bool are_days = IsDay(range.least) && IsDay(range.most);
  const bool are_numbers = IsWhole<int64_t>(range.least) && IsWhole<int64_t>(range.most);
  // The second bound must not be below the range that begins at the first one.
  if (!are_days && !are_numbers) return std::nullopt;
  if (!RangeMistake(range.most, {"", range.least, range.most, {}}).empty()) return std::nullopt;
  return range;
}

std::optional<double> ParseShare(std::string_view text) {
  const SqlType decimal{SqlType::Kind::kDecimal, 18, 17};
  double share = 0;
  std::from_chars(text.data(), text.data() + text.size(), share);
  if (!ValueMistake(text, decimal).empty() || text.starts_with('-') || share > 1) {
    return std::nullopt;
  }
  return share;
}

std::optional<int64_t> ParseRows(std::string_view text) {
  int64_t rows = 0;
  if (!ValueMistake(text, {SqlType::Kind::kBigint, 0, 0}).empty() || text.starts_with('-')) {
    return std::nullopt;
  }
  std::from_chars(text.data(), text.data() + text.size(), rows);
  return rows;
}

std::vector<ParameterUse> FindParameterUses(const std::string& path, const std::string& original) {
  const SqlText sql{original, original, path, {{0, 0, false}}};
  std::vector<ParameterUse> uses;
  UseFinder(sql, uses).Find(original, 0);
  return uses;
}

}  // namespace stedi
