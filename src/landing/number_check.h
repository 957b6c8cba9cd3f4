// For tests: generates numbers of every shape, and checks that all code that reads a DOUBLE or a
// BIGINT (coercion.h and each variant of the fast path) gives the same result as the C library.
#pragma once

#include <fmt/format.h>

#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "landing/coercion.h"
#include "landing/fast_path.h"

namespace stedi {

// Generates random JSON numbers, most of which are hard to read correctly.
class NumberSamples {
 public:
  explicit NumberSamples(uint64_t seed) : random_(seed) {}

  std::string Next() {
    switch (Below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return Sign() + Whole(1 + Below(4)) + "." + Digits(1 + Below(4));
      case 4:
      case 5:
        return Sign() + Whole(1 + Below(20));
      case 6:
        return Sign() + Whole(1 + Below(19)) + "." + Digits(1 + Below(25));
      case 7:
        return Sign() + "0." + std::string(Below(25), '0') + Digits(1 + Below(19));
      case 8:
        return Sign() + Whole(1 + Below(3)) + "." + Digits(1 + Below(18)) + Exponent(30);
      case 9:
        return Sign() + Whole(1 + Below(19)) + Exponent(345);
      case 10:
        return Sign() + Whole(1) + "." + Digits(14 + Below(6)) + Exponent(330);
      case 11:
        return Halfway();
      case 12:
        return Print("%.17g", FromBits(random_()));
      case 13:  // subnormal, or nearly so
        return Print("%.*g", 1 + static_cast<int>(Below(20)), FromBits(random_() >> 11U));
      case 14:  // about the largest
        return Sign() + "1." + std::to_string(7976931348623150 + Below(16)) + Digits(Below(4)) +
               "e308";
      default:
        return NearPowerOfTwo();
    }
  }

 private:
  uint64_t Below(uint64_t limit) { return random_() % limit; }
  std::string Sign() { return Below(2) == 0 ? "-" : ""; }

  std::string Digits(uint64_t count) {
    std::string digits;
    // Runs of zeros or nines cause carries and reach special cases of the code.
    const uint64_t kind = Below(8);
    for (uint64_t i = 0; i < count; ++i) {
      digits += static_cast<char>('0' + (kind == 0 ? 0 : kind == 1 ? 9 : Below(10)));
    }
    return digits;
  }

  std::string Whole(uint64_t count) {
    std::string digits = Digits(count);
    if (count > 1 && digits[0] == '0') digits[0] = '1';
    return digits;
  }

  std::string Exponent(uint64_t limit) {
    const char* const sign = Below(2) == 0 ? "-" : Below(2) == 0 ? "+" : "";
    return (Below(2) == 0 ? "e" : "E") + std::string(sign) + std::to_string(Below(limit));
  }

  static double FromBits(uint64_t bits) {
    const double value = std::bit_cast<double>(bits);
    return std::isfinite(value) ? value : 1.5;
  }

  template <class... Values>
  static std::string Print(const char* format, Values... values) {
    std::string text(1200, '\0');
    const int size = std::snprintf(text.data(), text.size(), format, values...);
    text.resize(static_cast<size_t>(size));
    return text;
  }

  // Returns a number exactly halfway between two doubles, or close to it.
  std::string Halfway() {
    const uint64_t exponent = 1023 - 60 + Below(120);
    const auto low = std::bit_cast<double>((exponent << 52U) | (random_() >> 12U));
    const auto half_step = std::bit_cast<double>((exponent - 53) << 52U);
    const long double half = static_cast<long double>(low) + static_cast<long double>(half_step);
    std::string text = Print("%.130Lf", half);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text += '0';
    const uint64_t beside = Below(3);
    if (beside == 1) text += Digits(Below(30)) + "1";
    if (beside == 2 && text.back() > '0') text.back() = static_cast<char>(text.back() - 1);
    return Sign() + text;
  }

  std::string NearPowerOfTwo() {
    const uint64_t bits[] = {31, 32, 53, 54, 62, 63};
    const uint64_t value = (uint64_t{1} << bits[Below(6)]) + Below(9) - 4;
    return Sign() + std::to_string(value) + (Below(4) == 0 ? ".0" : "");
  }

  std::mt19937_64 random_;
};

// Checks batches of numbers. Each thread needs its own NumberCheck.
class NumberCheck {
 public:
  NumberCheck() : index_(Columns()) {
    for (const SimdLevel level : AvailableSimdLevels()) {
      fast_.push_back({level, FastPath(Columns(), index_, 1 << 20, level)});
    }
  }

  // Describes the first number that is read wrongly, or returns nothing.
  std::optional<std::string> FindFault(const std::vector<std::string>& numbers) {
    for (size_t column = 0; column < Columns().columns.size(); ++column) {
      const std::vector<Expected> expected = Expect(numbers, column);
      for (size_t i = 0; i < numbers.size(); ++i) {
        if (!(ReadCarefully(numbers[i], column) == expected[i])) {
          return fmt::format("{} in column {} by the careful way", numbers[i], column);
        }
      }
      for (Fast& fast : fast_) {
        std::optional<std::string> fault = CheckFast(fast, numbers, expected, column);
        if (fault) return fault;
      }
    }
    return std::nullopt;
  }

  uint64_t fast_count() const { return fast_count_; }  // values that fast paths have read

 private:
  // The bits of the value; nothing when it must be rejected.
  using Expected = std::optional<uint64_t>;
  struct Fast {
    SimdLevel level;
    FastPath path;
  };

  static const Contract& Columns() {
    static const Contract contract = {
        {{"d", ColumnType::kDouble, false}, {"b", ColumnType::kBigint, false}}};
    return contract;
  }

  static bool HasOnlyZeros(std::string_view number) {
    return number.substr(0, number.find_first_of("eE")).find_first_of("123456789") ==
           std::string_view::npos;
  }

  static Expected ExpectDouble(const std::string& number) {
    const double value = std::strtod(number.c_str(), nullptr);
    if (std::isinf(value) || (value == 0 && !HasOnlyZeros(number))) return std::nullopt;
    const bool is_integer = number.find_first_of(".eE") == std::string::npos;
    if (is_integer && value != 0 && fmt::format("{:.0f}", value) != number) return std::nullopt;
    return std::bit_cast<uint64_t>(value);
  }

  // The C library reads only integer literals; for all other numbers coercion.h is the reference.
  static Expected ExpectBigint(const std::string& number) {
    if (number.find_first_of(".eE") != std::string::npos) return ReadCarefully(number, 1);
    errno = 0;
    const long long value = std::strtoll(number.c_str(), nullptr, 10);
    return errno == 0 ? Expected(static_cast<uint64_t>(value)) : std::nullopt;
  }

  static std::vector<Expected> Expect(const std::vector<std::string>& numbers, size_t column) {
    std::vector<Expected> expected;
    expected.reserve(numbers.size());
    for (const std::string& number : numbers) {
      expected.push_back(column == 0 ? ExpectDouble(number) : ExpectBigint(number));
    }
    return expected;
  }

  static Expected ReadCarefully(const std::string& number, size_t column) {
    double real = 0;
    int64_t integer = 0;
    if (column == 0 ? NumberToDouble(number, real) : NumberToBigint(number, integer)) {
      return std::nullopt;
    }
    return column == 0 ? std::bit_cast<uint64_t>(real) : static_cast<uint64_t>(integer);
  }

  // Reads one record per number, and skips those that the fast path leaves to the full parser.
  std::optional<std::string> CheckFast(Fast& fast, const std::vector<std::string>& numbers,
                                       const std::vector<Expected>& expected, size_t column) {
    std::string text;
    std::vector<size_t> begins;
    begins.reserve(numbers.size());
    for (const std::string& number : numbers) {
      begins.push_back(text.size());
      text += fmt::format("{{\"{}\":{}}}\n", Columns().columns[column].name, number);
    }
    const size_t size = text.size();
    text.append(kScanPadBytes, '\0');
    const char* const end = text.data() + size;
    RowBuffer rows(Columns());
    ByteCounts counts;
    RowBlock block;
    for (size_t i = 0; i < numbers.size(); ++i) {
      rows.Clear();
      fast.path.Run({text.data() + begins[i], end, end, 0, false}, rows, counts);
      rows.FillBlock(block);
      for (size_t row = 0; row < block.rows; ++row, ++i) {
        const auto* const values = static_cast<const uint64_t*>(block.columns[column].data);
        if (expected[i] == values[row]) continue;
        return fmt::format("{} in column {} by {}", numbers[i], column, NameOf(fast.level));
      }
      fast_count_ += block.rows;
    }
    return std::nullopt;
  }

  ContractIndex index_;
  std::vector<Fast> fast_;
  uint64_t fast_count_ = 0;
};

}  // namespace stedi
