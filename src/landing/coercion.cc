#include "landing/coercion.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <system_error>

namespace stedi {
namespace {

// A JSON number taken apart: (-1)^negative * digits * 10^exponent, digits without leading or
// trailing zeros.
struct Decimal {
  bool negative = false;
  std::string digits;  // empty: zero
  int64_t exponent = 0;
};

constexpr int64_t kExponentMax = 1'000'000;  // beyond it every non-zero number is out of range

Decimal TakeApart(std::string_view number) {
  Decimal decimal;
  size_t i = 0;
  if (number[i] == '-') decimal.negative = true, ++i;
  bool fraction = false;
  for (; i < number.size() && number[i] != 'e' && number[i] != 'E'; ++i) {
    if (number[i] == '.') {
      fraction = true;
      continue;
    }
    if (fraction) --decimal.exponent;
    if (!decimal.digits.empty() || number[i] != '0') decimal.digits += number[i];
  }
  if (i < number.size()) {
    std::string_view text = number.substr(i + 1);
    if (text.front() == '+') text.remove_prefix(1);
    int64_t exponent = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), exponent).ec != std::errc() ||
        std::abs(exponent) > kExponentMax) {
      exponent = text.front() == '-' ? -kExponentMax : kExponentMax;
    }
    decimal.exponent += exponent;
  }
  while (!decimal.digits.empty() && decimal.digits.back() == '0') {
    decimal.digits.pop_back();
    ++decimal.exponent;
  }
  return decimal;
}

template <class Integer>
std::optional<RejectReason> ToInteger(std::string_view number, Integer& out) {
  const char* end = number.data() + number.size();
  const auto plain = std::from_chars(number.data(), end, out);
  if (plain.ec == std::errc() && plain.ptr == end) return std::nullopt;
  const Decimal decimal = TakeApart(number);
  if (decimal.digits.empty()) {
    out = 0;
    return std::nullopt;
  }
  if (decimal.exponent < 0) return RejectReason::kTypeMismatch;
  constexpr auto kDigitsMax = static_cast<int64_t>(std::numeric_limits<Integer>::digits10) + 1;
  if (static_cast<int64_t>(decimal.digits.size()) + decimal.exponent > kDigitsMax)
    return RejectReason::kOutOfRange;
  const std::string whole = (decimal.negative ? "-" : "") + decimal.digits +
                            std::string(static_cast<size_t>(decimal.exponent), '0');
  const auto exact = std::from_chars(whole.data(), whole.data() + whole.size(), out);
  return exact.ec == std::errc() ? std::nullopt : std::optional(RejectReason::kOutOfRange);
}

// Whether the whole number with these digits is exactly `value`.
bool IsExactly(std::string_view number, double value) {
  constexpr double kSafe = 9007199254740992.0;  // 2^53: every smaller whole number is a double
  if (std::abs(value) <= kSafe - 1) return true;
  const bool negative = number.front() == '-';
  // The shortest way to print a double exactly as a whole number is %.0f.
  std::string printed(400, '\0');
  const auto end = std::to_chars(printed.data(), printed.data() + printed.size(), std::abs(value),
                                 std::chars_format::fixed, 0);
  printed.resize(static_cast<size_t>(end.ptr - printed.data()));
  return printed == number.substr(negative ? 1 : 0);
}

}  // namespace

std::optional<RejectReason> NumberToBigint(std::string_view number, int64_t& out) {
  return ToInteger(number, out);
}

std::optional<RejectReason> NumberToInt(std::string_view number, int32_t& out) {
  return ToInteger(number, out);
}

std::optional<RejectReason> NumberToDouble(std::string_view number, double& out) {
  const auto result = std::from_chars(number.data(), number.data() + number.size(), out);
  if (result.ec == std::errc::result_out_of_range || !std::isfinite(out))
    return RejectReason::kOutOfRange;
  const bool whole = number.find_first_of(".eE") == std::string_view::npos;
  if (whole && !IsExactly(number, out)) return RejectReason::kOutOfRange;
  if (out == 0 && !TakeApart(number).digits.empty()) return RejectReason::kOutOfRange;
  return std::nullopt;
}

}  // namespace stedi
