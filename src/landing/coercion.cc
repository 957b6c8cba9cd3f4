#include "landing/coercion.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <system_error>

#include "files/byte_scan.h"

namespace stedi {
namespace {

// No 64-bit integer has this many digits, so larger exponents need not be distinguished.
constexpr int64_t kExponentMax = 1'000'000'000;
constexpr int kBigintDigitsMax = 19;
constexpr size_t kExactDigitsMax = 15;  // every integer with at most this many digits is a double

// A JSON number split into its parts. Its value is `whole`.`fraction` * 10^`exponent`.
struct Decimal {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  int64_t exponent = 0;  // as written, but clamped to +-kExponentMax
  bool is_integer_literal = false;
};

int64_t ReadExponent(std::string_view text) {
  const bool negative = text.front() == '-';
  if (!IsDigit(text.front())) text.remove_prefix(1);
  int64_t value = 0;
  for (const char c : text) value = std::min(value * 10 + (c - '0'), kExponentMax);
  return negative ? -value : value;
}

Decimal TakeApart(std::string_view number) {
  Decimal decimal;
  decimal.negative = number.front() == '-';
  if (decimal.negative) number.remove_prefix(1);
  const size_t e = number.find_first_of("eE");
  const size_t point = number.find('.');
  decimal.is_integer_literal = e == std::string_view::npos && point == std::string_view::npos;
  if (e != std::string_view::npos) decimal.exponent = ReadExponent(number.substr(e + 1));
  const std::string_view mantissa = number.substr(0, e);
  decimal.whole = mantissa.substr(0, point);
  if (point != std::string_view::npos) decimal.fraction = mantissa.substr(point + 1);
  return decimal;
}

bool IsZero(const Decimal& decimal) {
  const auto all_zero = [](std::string_view digits) {
    return digits.find_first_not_of('0') == std::string_view::npos;
  };
  return all_zero(decimal.whole) && all_zero(decimal.fraction);
}

// Builds an integer from its digits. Finish() tells whether it fits into 64 bits.
class IntegerBuilder {
 public:
  void Append(char digit) {
    if (magnitude_ == 0 && digit == '0') return;
    if (++digits_ > kBigintDigitsMax) return;
    magnitude_ = magnitude_ * 10 + static_cast<uint64_t>(digit - '0');
  }

  std::optional<RejectReason> Finish(bool negative, int64_t& out) const {
    constexpr uint64_t kMagnitudeMax = uint64_t{1} << 63U;  // of a negative number
    if (digits_ > kBigintDigitsMax || magnitude_ > (negative ? kMagnitudeMax : kMagnitudeMax - 1)) {
      return RejectReason::kOutOfRange;
    }
    out = static_cast<int64_t>(negative ? 0 - magnitude_ : magnitude_);
    return std::nullopt;
  }

 private:
  uint64_t magnitude_ = 0;
  int digits_ = 0;
};

// Whether the absolute value of the double is exactly the integer that `digits` writes.
bool EqualsInteger(double value, std::string_view digits) {
  if (digits.size() <= kExactDigitsMax) return true;
  return fmt::format("{:.0f}", std::fabs(value)) == digits;
}

}  // namespace

std::optional<RejectReason> NumberToBigint(std::string_view number, int64_t& out) {
  const Decimal decimal = TakeApart(number);
  if (IsZero(decimal)) {
    out = 0;
    return std::nullopt;
  }
  const auto whole_size = static_cast<int64_t>(decimal.whole.size());
  const auto digit_count = whole_size + static_cast<int64_t>(decimal.fraction.size());
  const auto digit_at = [&](int64_t i) {
    return i < whole_size ? decimal.whole[static_cast<size_t>(i)]
                          : decimal.fraction[static_cast<size_t>(i - whole_size)];
  };
  // Digits at or after the decimal point, once the exponent has moved it, must be zeros.
  const int64_t point = whole_size + decimal.exponent;
  for (int64_t i = std::clamp(point, int64_t{0}, digit_count); i < digit_count; ++i) {
    if (digit_at(i) != '0') return RejectReason::kTypeMismatch;
  }
  IntegerBuilder builder;
  for (int64_t i = 0; i < std::min(point, digit_count); ++i) builder.Append(digit_at(i));
  // A non-zero number with this many zeros after it does not fit; counting further changes nothing.
  const int64_t zeros = std::min(point - digit_count, int64_t{kBigintDigitsMax});
  for (int64_t i = 0; i < zeros; ++i) builder.Append('0');
  return builder.Finish(decimal.negative, out);
}

std::optional<RejectReason> NumberToInt(std::string_view number, int32_t& out) {
  int64_t wide = 0;
  const std::optional<RejectReason> reason = NumberToBigint(number, wide);
  if (reason) return reason;
  if (wide < std::numeric_limits<int32_t>::min() || wide > std::numeric_limits<int32_t>::max()) {
    return RejectReason::kOutOfRange;
  }
  out = static_cast<int32_t>(wide);
  return std::nullopt;
}

std::optional<RejectReason> NumberToDouble(std::string_view number, double& out) {
  const Decimal decimal = TakeApart(number);
  double value = 0;
  const auto [stop, status] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (IsZero(decimal)) {
    out = decimal.negative ? -0.0 : 0.0;
    return std::nullopt;
  }
  if (status != std::errc() || std::isinf(value) || value == 0) {
    return RejectReason::kOutOfRange;
  }
  out = value;
  if (decimal.is_integer_literal && !EqualsInteger(value, decimal.whole)) {
    return RejectReason::kOutOfRange;
  }
  return std::nullopt;
}

}  // namespace stedi
