#include "landing/coercion.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include "landing/number_scan.h"

namespace stedi {
namespace {

constexpr auto kMismatch = RejectReason::kTypeMismatch;
constexpr auto kRange = RejectReason::kOutOfRange;

template <class Value>
struct Case {
  std::string number;
  std::optional<RejectReason> reason;
  Value value = 0;
};

TEST(CoercionTest, Bigint) {
  const std::string many_zeros(400, '0');
  const Case<int64_t> cases[] = {
      {"0", {}, 0},
      {"-0", {}, 0},
      {"-0.0e5", {}, 0},
      {"0e999999999999999999999", {}, 0},
      {"7", {}, 7},
      {"-42", {}, -42},
      {"1655564376361.0", {}, 1655564376361},
      {"1e3", {}, 1000},
      {"1E+3", {}, 1000},
      {"50e-1", {}, 5},
      {"1.5e1", {}, 15},
      {"0.001e3", {}, 1},
      {"1" + many_zeros + "e-400", {}, 1},
      {"0." + many_zeros + "1e401", {}, 1},
      {"9223372036854775807", {}, std::numeric_limits<int64_t>::max()},
      {"-9223372036854775808", {}, std::numeric_limits<int64_t>::min()},
      {"9223372036854775807.000", {}, std::numeric_limits<int64_t>::max()},
      {"922337203685477580.7e1", {}, std::numeric_limits<int64_t>::max()},
      {"1e18", {}, 1000000000000000000},
      {"9223372036854775808", kRange},
      {"-9223372036854775809", kRange},
      {"1e19", kRange},
      {"99999999999999999999", kRange},
      {"1e999999999999999999999", kRange},
      {"1.5", kMismatch},
      {"1e-1", kMismatch},
      {"0.1", kMismatch},
      {"1e-999999999999999999999", kMismatch},
      {"99999999999999999999.5", kMismatch},
  };
  for (const Case<int64_t>& c : cases) {
    int64_t value = 0;
    EXPECT_EQ(NumberToBigint(c.number, value), c.reason) << c.number;
    if (!c.reason) {
      EXPECT_EQ(value, c.value) << c.number;
    }
  }
}

TEST(CoercionTest, Int) {
  const Case<int32_t> cases[] = {
      {"2147483647", {}, 2147483647},
      {"-2147483648", {}, std::numeric_limits<int32_t>::min()},
      {"246.0", {}, 246},
      {"2147483648", kRange},
      {"-2147483649", kRange},
      {"9223372036854775808", kRange},
      {"0.5", kMismatch},
  };
  for (const Case<int32_t>& c : cases) {
    int32_t value = 0;
    EXPECT_EQ(NumberToInt(c.number, value), c.reason) << c.number;
    if (!c.reason) {
      EXPECT_EQ(value, c.value) << c.number;
    }
  }
}

TEST(CoercionTest, Double) {
  const Case<double> cases[] = {
      {"0", {}, 0.0},
      {"-0", {}, -0.0},
      {"-0.0", {}, -0.0},
      {"0e999999", {}, 0.0},
      {"-1.5", {}, -1.5},
      {"0.1", {}, 0.1},
      {"1e22", {}, 1e22},
      {"1.7976931348623157e308", {}, std::numeric_limits<double>::max()},
      {"5e-324", {}, std::numeric_limits<double>::denorm_min()},
      {"2.2250738585072011e-308", {}, 2.2250738585072011e-308},
      {"9007199254740992", {}, 9007199254740992.0},
      {"9007199254740993.0", {}, 9007199254740992.0},  // not written as an integer: rounded
      {"100000000000000000000000", kRange},            // 1e23 is not a double
      {"10000000000000000000000", {}, 1e22},
      {"9007199254740993", kRange},
      {"-9007199254740993", kRange},
      {"1.8e308", kRange},
      {"-1e400", kRange},
      {"1e-400", kRange},
      {"2e-324", kRange},
  };
  for (const Case<double>& c : cases) {
    double value = 1;
    EXPECT_EQ(NumberToDouble(c.number, value), c.reason) << c.number;
    if (!c.reason) {
      EXPECT_EQ(std::bit_cast<uint64_t>(value), std::bit_cast<uint64_t>(c.value)) << c.number;
    }
  }
}

// When NumberToDouble() and ScanShortDouble() accept a number, they give the same double as strtod,
// for numbers of every shape.
TEST(CoercionTest, DoublesAreThoseOfStrtod) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 30000; ++i) {
    std::string text = random() % 2 == 0 ? "-" : "";
    text += std::to_string(random() % (uint64_t{1} << (1 + random() % 60)));
    if (random() % 4 != 0) {
      const std::string digits = std::to_string(random());
      text += "." + digits.substr(0, 1 + random() % digits.size());
    }
    if (random() % 4 == 0) {
      text += "e" + std::to_string(static_cast<int>(random() % 600) - 300);
    }
    const double expected = std::strtod(text.c_str(), nullptr);
    double value = 0;
    if (!NumberToDouble(text, value)) {
      ASSERT_EQ(std::bit_cast<uint64_t>(value), std::bit_cast<uint64_t>(expected)) << text;
    }
    const std::string padded = text + std::string(kScanPadBytes, '\0');
    double quick = 0;
    const char* const end = ScanShortDouble(padded.data(), quick);
    if (end == nullptr) continue;
    ASSERT_EQ(static_cast<size_t>(end - padded.data()), text.size()) << text;
    ASSERT_EQ(std::bit_cast<uint64_t>(quick), std::bit_cast<uint64_t>(expected)) << text;
  }
}

TEST(CoercionTest, ShortIntegersAgree) {
  struct ShortCase {
    std::string text;
    std::optional<int64_t> value;  // nothing: left to coercion.h
  };
  const ShortCase cases[] = {
      {"0,", 0},
      {"-0}", 0},
      {"7 ", 7},
      {"12345678,", 12345678},
      {"-123456789,", -123456789},
      {"1655564376361}", 1655564376361},
      {"999999999999999999,", 999999999999999999},
      {"9999999999999999999,", {}},
      {"01,", {}},
      {"-,", {}},
      {"1.0,", {}},
      {"1e3,", {}},
      {"x", {}},
      {"", {}},
  };
  for (const ShortCase& c : cases) {
    const std::string padded = c.text + std::string(kScanPadBytes, '\0');
    int64_t value = 0;
    const char* const end = ScanShortInteger(padded.data(), value);
    EXPECT_EQ(end != nullptr, c.value.has_value()) << c.text;
    if (c.value) {
      EXPECT_EQ(value, *c.value) << c.text;
      EXPECT_EQ(static_cast<size_t>(end - padded.data()), c.text.size() - 1) << c.text;
    }
  }
}

}  // namespace
}  // namespace stedi
