#include "iceberg/value_bound.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

namespace stedi {
namespace {

static_assert(std::endian::native == std::endian::little,
              "values are serialized as they lie in memory");

template <class Value>
std::string LittleEndian(Value value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

std::optional<std::string> ExactBound(std::string_view plain, size_t bytes) {
  if (plain.size() != bytes) return std::nullopt;
  return std::string(plain);
}

// Statistics need not distinguish -0.0 from 0.0, but readers order -0.0 before 0.0.
template <class Float>
std::optional<std::string> FloatBound(std::string_view plain, BoundSide side) {
  Float value{};
  if (plain.size() != sizeof value) return std::nullopt;
  std::memcpy(&value, plain.data(), sizeof value);
  if (std::isnan(value)) return std::nullopt;
  if (value == 0) value = side == BoundSide::kLower ? -Float{0} : Float{0};
  return LittleEndian(value);
}

// Returns the big-endian two's complement in the fewest bytes.
std::optional<std::string> DecimalBound(std::string_view plain, const IcebergType& type) {
  constexpr uint8_t kInt64DigitsMax = 18;
  if (plain.empty()) return std::nullopt;
  std::string bytes(plain);
  if (type.precision <= kInt64DigitsMax) std::ranges::reverse(bytes);
  const auto is_negative = [&](size_t at) { return (bytes[at] & 0x80) != 0; };
  const char filler = is_negative(0) ? '\xff' : '\0';
  size_t begin = 0;
  while (begin + 1 < bytes.size() && bytes[begin] == filler &&
         is_negative(begin + 1) == is_negative(begin)) {
    ++begin;
  }
  return bytes.substr(begin);
}

// Returns the code points of `text`, or nothing when it is not valid UTF-8; overlong forms and
// surrogates are not.
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

// Truncates a long text. For an upper bound, the last code point is then raised by one, so that the
// bound is above every text with the truncated prefix. UTF-8 sorts in the order of code points.
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

std::optional<std::string> BinaryBound(std::string_view plain, BoundSide side) {
  std::string bytes(plain);
  if (bytes.size() <= kBoundBytesMax) return bytes;
  bytes.resize(kBoundBytesMax);
  if (side == BoundSide::kLower) return bytes;
  while (!bytes.empty() && bytes.back() == '\xff') bytes.pop_back();
  if (bytes.empty()) return std::nullopt;
  bytes.back() = static_cast<char>(static_cast<uint8_t>(bytes.back()) + 1);
  return bytes;
}

}  // namespace

std::optional<std::string> SerializeBound(const IcebergType& type, std::string_view plain,
                                          BoundSide side) {
  switch (type.kind) {
    case IcebergType::Kind::kBoolean:
      return ExactBound(plain, sizeof(bool));
    case IcebergType::Kind::kInt:
    case IcebergType::Kind::kDate:
      return ExactBound(plain, sizeof(int32_t));
    case IcebergType::Kind::kLong:
    case IcebergType::Kind::kTimestamp:
    case IcebergType::Kind::kTimestamptz:
      return ExactBound(plain, sizeof(int64_t));
    case IcebergType::Kind::kFloat:
      return FloatBound<float>(plain, side);
    case IcebergType::Kind::kDouble:
      return FloatBound<double>(plain, side);
    case IcebergType::Kind::kDecimal:
      return DecimalBound(plain, type);
    case IcebergType::Kind::kString:
      return StringBound(plain, side);
    case IcebergType::Kind::kBinary:
      return BinaryBound(plain, side);
  }
  return std::nullopt;
}

}  // namespace stedi
