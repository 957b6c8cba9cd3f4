#include "parquet/plain_value.h"

#include <cassert>
#include <cmath>
#include <cstring>

namespace stedi {
namespace {

constexpr int kInt32Digits = 9;
constexpr int kInt64Digits = 18;
constexpr size_t kByteBits = 8;

template <class Value>
std::string BytesOf(Value value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

template <class Value>
Value ValueOf(std::string_view bytes) {
  Value value{};
  assert(bytes.size() == sizeof value);
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

}  // namespace

PhysicalType PhysicalTypeOf(const IcebergType& type) {
  switch (type.kind) {
    case IcebergType::Kind::kBoolean:
      return PhysicalType::kBoolean;
    case IcebergType::Kind::kInt:
    case IcebergType::Kind::kDate:
      return PhysicalType::kInt32;
    case IcebergType::Kind::kLong:
    case IcebergType::Kind::kTimestamp:
    case IcebergType::Kind::kTimestamptz:
      return PhysicalType::kInt64;
    case IcebergType::Kind::kFloat:
      return PhysicalType::kFloat;
    case IcebergType::Kind::kDouble:
      return PhysicalType::kDouble;
    case IcebergType::Kind::kDecimal:
      if (type.precision <= kInt32Digits) return PhysicalType::kInt32;
      return type.precision <= kInt64Digits ? PhysicalType::kInt64
                                            : PhysicalType::kFixedLenByteArray;
    case IcebergType::Kind::kString:
    case IcebergType::Kind::kBinary:
      return PhysicalType::kByteArray;
  }
  assert(false);
  return PhysicalType::kByteArray;
}

size_t FixedBytes(const IcebergType& type) {
  // 10^precision < 2^(8 * bytes - 1)
  constexpr double kBitsPerDigit = 3.3219280948873623;
  return static_cast<size_t>(std::ceil((type.precision * kBitsPerDigit + 1) / kByteBits));
}

bool IsNumber(PhysicalType type) {
  return type != PhysicalType::kByteArray && type != PhysicalType::kFixedLenByteArray;
}

std::string PlainNumber(PhysicalType type, int64_t word) {
  switch (type) {
    case PhysicalType::kBoolean:
      return BytesOf(static_cast<int8_t>(word));
    case PhysicalType::kInt32:
    case PhysicalType::kFloat:
      return BytesOf(static_cast<int32_t>(word));
    default:
      return BytesOf(word);
  }
}

std::string PlainDecimal(const IcebergType& type, uint64_t low, int64_t high) {
  std::string bytes;
  for (size_t i = FixedBytes(type); i-- > 0;) {
    const size_t shift = i * kByteBits;
    bytes +=
        static_cast<char>(shift < 64 ? low >> shift : static_cast<uint64_t>(high) >> (shift - 64));
  }
  return bytes;
}

bool PlainLess(const IcebergType& type, std::string_view a, std::string_view b) {
  switch (PhysicalTypeOf(type)) {
    case PhysicalType::kBoolean:
      return ValueOf<int8_t>(a) < ValueOf<int8_t>(b);
    case PhysicalType::kInt32:
      return ValueOf<int32_t>(a) < ValueOf<int32_t>(b);
    case PhysicalType::kInt64:
      return ValueOf<int64_t>(a) < ValueOf<int64_t>(b);
    case PhysicalType::kFloat:
      return ValueOf<float>(a) < ValueOf<float>(b);
    case PhysicalType::kDouble:
      return ValueOf<double>(a) < ValueOf<double>(b);
    case PhysicalType::kByteArray:
      return a < b;  // compares unsigned bytes
    case PhysicalType::kFixedLenByteArray: {
      // The first byte has the sign; the others compare as unsigned bytes. Both have one length.
      const auto first_a = static_cast<int8_t>(a[0]);
      const auto first_b = static_cast<int8_t>(b[0]);
      return first_a != first_b ? first_a < first_b : a < b;
    }
  }
  assert(false);
  return false;
}

}  // namespace stedi
