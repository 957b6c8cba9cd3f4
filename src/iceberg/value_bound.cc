#include "iceberg/value_bound.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>
#include <vector>

namespace stedi {
namespace {

static_assert(std::endian::native == std::endian::little,
              "values are serialized as they lie in memory");

template <class Value>
std::string LittleEndian(Value value) {
  std::string bytes(sizeof value, '\0');
  std::char_traits<char>::copy(bytes.data(), reinterpret_cast<const char*>(&value), sizeof value);
  return bytes;
}

template <class Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

template <class Integer>
std::optional<std::string> IntegerBound(std::string_view text) {
  const auto value = ParseNumber<Integer>(text);
  if (!value) return std::nullopt;
  return LittleEndian(*value);
}

// DuckDB's statistics do not tell -0.0 from 0.0, and readers order -0.0 before 0.0.
template <class Float>
std::optional<std::string> FloatBound(std::string_view text, BoundSide side) {
  auto value = ParseNumber<Float>(text);
  if (!value || std::isnan(*value)) return std::nullopt;
  if (*value == 0) value = side == BoundSide::kLower ? -Float{0} : Float{0};
  return LittleEndian(*value);
}

// Takes exactly `digits` decimal digits from the front of `text`.
std::optional<int> TakeDigits(std::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool TakeChar(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// Days since 1970-01-01 of "2020-01-31" at the front of `text`. Years below 0 or above 9999 and
// infinity get no bound.
std::optional<int32_t> TakeDate(std::string_view& text) {
  const auto year = TakeDigits(text, 4);
  if (!year || !TakeChar(text, '-')) return std::nullopt;
  const auto month = TakeDigits(text, 2);
  if (!month || !TakeChar(text, '-')) return std::nullopt;
  const auto day = TakeDigits(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return static_cast<int32_t>(std::chrono::sys_days{date}.time_since_epoch().count());
}

// Microseconds since midnight of "22:00:00.5" at the front of `text`.
std::optional<int64_t> TakeTime(std::string_view& text) {
  int64_t seconds = 0;
  for (int part = 0; part < 3; ++part) {
    if (part > 0 && !TakeChar(text, ':')) return std::nullopt;
    const auto value = TakeDigits(text, 2);
    if (!value) return std::nullopt;
    seconds = seconds * 60 + *value;
  }
  int64_t micros = 0;
  if (TakeChar(text, '.')) {
    for (int64_t unit = 100'000;
         unit > 0 && !text.empty() && text.front() >= '0' && text.front() <= '9'; unit /= 10) {
      micros += unit * *TakeDigits(text, 1);
    }
  }
  return seconds * 1'000'000 + micros;
}

// Microseconds east of UTC of "+00", "+05:30" or "-03".
std::optional<int64_t> TakeOffset(std::string_view& text) {
  const bool is_west = !text.empty() && text.front() == '-';
  if (!TakeChar(text, '+') && !TakeChar(text, '-')) return std::nullopt;
  const auto hours = TakeDigits(text, 2);
  if (!hours) return std::nullopt;
  int minutes = 0;
  if (TakeChar(text, ':')) {
    const auto value = TakeDigits(text, 2);
    if (!value) return std::nullopt;
    minutes = *value;
  }
  const int64_t micros = (*hours * 60 + minutes) * int64_t{60'000'000};
  return is_west ? -micros : micros;
}

std::optional<std::string> DateBound(std::string_view text) {
  const auto days = TakeDate(text);
  if (!days || !text.empty()) return std::nullopt;
  return LittleEndian(*days);
}

std::optional<std::string> TimestampBound(std::string_view text, bool has_zone) {
  const auto days = TakeDate(text);
  if (!days || !TakeChar(text, ' ')) return std::nullopt;
  const auto time_of_day = TakeTime(text);
  if (!time_of_day) return std::nullopt;
  int64_t offset = 0;
  if (has_zone) {
    const auto zone = TakeOffset(text);
    if (!zone) return std::nullopt;
    offset = *zone;
  }
  if (!text.empty()) return std::nullopt;
  return LittleEndian(int64_t{*days} * 86'400'000'000 + *time_of_day - offset);
}

__extension__ using Int128 = __int128;

// "-12.30" with scale 3 -> -12300; nothing for more digits than scale and 38 digits in all allow.
std::optional<Int128> ParseUnscaled(std::string_view text, size_t scale) {
  constexpr Int128 kMaxTenth = Int128{1'000'000'000'000'000'000} * 10'000'000'000'000'000'000U;
  const bool is_negative = TakeChar(text, '-');
  Int128 unscaled = 0;
  const size_t point = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, point));
  if (point < text.size()) digits += text.substr(point + 1);
  const size_t fraction = digits.size() - point;
  if (digits.empty() || fraction > scale) return std::nullopt;
  digits.append(scale - fraction, '0');
  for (const char c : digits) {
    if (c < '0' || c > '9' || unscaled >= kMaxTenth) return std::nullopt;
    unscaled = unscaled * 10 + (c - '0');
  }
  return is_negative ? -unscaled : unscaled;
}

// Big-endian two's complement of the fewest bytes.
std::optional<std::string> DecimalBound(std::string_view text, const IcebergType& type) {
  const auto unscaled = ParseUnscaled(text, type.scale);
  if (!unscaled) return std::nullopt;
  std::string bytes;
  Int128 rest = *unscaled;
  do {
    bytes.insert(bytes.begin(), static_cast<char>(static_cast<uint8_t>(rest & 0xff)));
    rest >>= 8;
  } while (!(rest == 0 && (bytes.front() & 0x80) == 0) &&
           !(rest == -1 && (bytes.front() & 0x80) != 0));
  return bytes;
}

// The code points of `text`, or nothing when it is not UTF-8 (overlong forms and surrogates
// included).
std::optional<std::vector<char32_t>> DecodeUtf8(std::string_view text) {
  std::vector<char32_t> points;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<uint8_t>(text[i]);
    const size_t length = lead < 0x80   ? 1
                          : lead < 0xc2 ? 0
                          : lead < 0xe0 ? 2
                          : lead < 0xf0 ? 3
                          : lead < 0xf5 ? 4
                                        : 0;
    if (length == 0 || i + length > text.size()) return std::nullopt;
    char32_t point = length == 1 ? lead : lead & (0x7fU >> length);
    for (size_t k = 1; k < length; ++k) {
      const auto next = static_cast<uint8_t>(text[i + k]);
      if ((next & 0xc0U) != 0x80U) return std::nullopt;
      point = point << 6U | (next & 0x3fU);
    }
    const bool is_overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    if (is_overlong || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return std::nullopt;
    points.push_back(point);
    i += length;
  }
  return points;
}

std::string EncodeUtf8(const std::vector<char32_t>& points) {
  std::string text;
  const auto put = [&text](char32_t byte) {
    text += static_cast<char>(static_cast<uint8_t>(byte));
  };
  for (const char32_t point : points) {
    if (point < 0x80) {
      put(point);
      continue;
    }
    if (point < 0x800) {
      put(0xc0U | point >> 6U);
    } else {
      if (point < 0x10000) {
        put(0xe0U | point >> 12U);
      } else {
        put(0xf0U | point >> 18U);
        put(0x80U | (point >> 12U & 0x3fU));
      }
      put(0x80U | (point >> 6U & 0x3fU));
    }
    put(0x80U | (point & 0x3fU));
  }
  return text;
}

// A long text is cut; as an upper bound its last code point is then raised by one, so that it stays
// above everything that begins like it. UTF-8 sorts as its code points do.
std::optional<std::string> StringBound(std::string_view text, BoundSide side) {
  auto points = DecodeUtf8(text);
  if (!points) return std::nullopt;
  if (points->size() <= kBoundCodePointsMax) return std::string(text);
  points->resize(kBoundCodePointsMax);
  if (side == BoundSide::kLower) return EncodeUtf8(*points);
  while (!points->empty() && points->back() == 0x10ffff) points->pop_back();
  if (points->empty()) return std::nullopt;
  points->back() = points->back() == 0xd7ff ? 0xe000 : points->back() + 1;  // no surrogates
  return EncodeUtf8(*points);
}

// COPY's statistics hold a blob as bare hexadecimal digits ("00AB"), a cast to text as
// "\\x00\\xAB".
std::optional<std::string> ParseHex(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    if (text.starts_with("\\x")) text.remove_prefix(2);
    if (text.size() < 2) return std::nullopt;
    uint8_t byte = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + 2, byte, 16);
    if (error != std::errc() || stop != text.data() + 2) return std::nullopt;
    bytes += static_cast<char>(byte);
    text.remove_prefix(2);
  }
  return bytes;
}

std::optional<std::string> BinaryBound(std::string_view text, BoundSide side) {
  auto parsed = ParseHex(text);
  if (!parsed) return std::nullopt;
  std::string bytes = std::move(*parsed);
  if (bytes.size() <= kBoundBytesMax) return bytes;
  bytes.resize(kBoundBytesMax);
  if (side == BoundSide::kLower) return bytes;
  while (!bytes.empty() && bytes.back() == '\xff') bytes.pop_back();
  if (bytes.empty()) return std::nullopt;
  bytes.back() = static_cast<char>(static_cast<uint8_t>(bytes.back()) + 1);
  return bytes;
}

}  // namespace

std::optional<std::string> SerializeBound(const IcebergType& type, std::string_view text,
                                          BoundSide side) {
  switch (type.kind) {
    case IcebergType::Kind::kBoolean:
      if (text == "true" || text == "1") return std::string(1, '\1');
      if (text == "false" || text == "0") return std::string(1, '\0');
      return std::nullopt;
    case IcebergType::Kind::kInt:
      return IntegerBound<int32_t>(text);
    case IcebergType::Kind::kLong:
      return IntegerBound<int64_t>(text);
    case IcebergType::Kind::kFloat:
      return FloatBound<float>(text, side);
    case IcebergType::Kind::kDouble:
      return FloatBound<double>(text, side);
    case IcebergType::Kind::kDecimal:
      return DecimalBound(text, type);
    case IcebergType::Kind::kDate:
      return DateBound(text);
    case IcebergType::Kind::kTimestamp:
      return TimestampBound(text, false);
    case IcebergType::Kind::kTimestamptz:
      return TimestampBound(text, true);
    case IcebergType::Kind::kString:
      return StringBound(text, side);
    case IcebergType::Kind::kBinary:
      return BinaryBound(text, side);
  }
  return std::nullopt;
}

}  // namespace stedi
