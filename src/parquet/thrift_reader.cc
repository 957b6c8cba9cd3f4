#include "parquet/thrift_reader.h"

#include "base/error.h"

namespace stedi {
namespace {

constexpr int kNibbleBits = 4;
constexpr uint8_t kNibbleMax = 15;
constexpr size_t kDepthMax = 32;
constexpr size_t kDoubleBytes = 8;

int64_t FromZigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

}  // namespace

void ThriftReader::Fail() const { throw Error(ErrorCode::kInvalid, "it cannot be read"); }

uint8_t ThriftReader::Byte() {
  if (at_ == bytes_.size()) Fail();
  return static_cast<uint8_t>(bytes_[at_++]);
}

uint64_t ThriftReader::Varint() {
  constexpr int kBits = 7;
  constexpr int kBitsMax = 64;
  constexpr uint8_t kMore = 0x80;
  uint64_t value = 0;
  for (int shift = 0; shift < kBitsMax; shift += kBits) {
    const uint8_t byte = Byte();
    value |= static_cast<uint64_t>(byte & (kMore - 1)) << shift;
    if ((byte & kMore) == 0) return value;
  }
  Fail();
}

ThriftReader::Type ThriftReader::NextField() {
  const uint8_t header = Byte();
  const auto type = static_cast<Type>(header & kNibbleMax);
  if (type == Type::kStop) {
    last_ids_.pop_back();
    return type;
  }
  if (type > Type::kStruct) Fail();
  const int step = header >> kNibbleBits;
  last_ids_.back() = step > 0 ? static_cast<int16_t>(last_ids_.back() + step)
                              : static_cast<int16_t>(FromZigzag(Varint()));
  return type;
}

int64_t ThriftReader::Integer() { return FromZigzag(Varint()); }

std::string_view ThriftReader::Binary() {
  const uint64_t size = Varint();
  if (size > bytes_.size() - at_) Fail();
  const std::string_view bytes = bytes_.substr(at_, size);
  at_ += size;
  return bytes;
}

size_t ThriftReader::List(Type& element) {
  const uint8_t header = Byte();
  element = static_cast<Type>(header & kNibbleMax);
  const uint64_t size = header >> kNibbleBits == kNibbleMax ? Varint() : header >> kNibbleBits;
  if (size > bytes_.size() - at_) Fail();  // each element takes at least one byte
  return size;
}

void ThriftReader::SkipElements(Type type, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    const bool is_flag = type == Type::kTrue || type == Type::kFalse;
    is_flag ? static_cast<void>(Byte()) : Skip(type);  // a flag takes a byte only as an element
  }
}

void ThriftReader::Skip(Type type) {
  Type element = Type::kStop;
  switch (type) {
    case Type::kTrue:
    case Type::kFalse:
      return;
    case Type::kByte:
      Byte();
      return;
    case Type::kI16:
    case Type::kI32:
    case Type::kI64:
      Varint();
      return;
    case Type::kDouble:
      if (bytes_.size() - at_ < kDoubleBytes) Fail();
      at_ += kDoubleBytes;
      return;
    case Type::kBinary:
      Binary();
      return;
    case Type::kList:
    case Type::kSet: {
      const size_t size = List(element);
      return SkipElements(element, size);
    }
    case Type::kStruct:
      if (last_ids_.size() > kDepthMax) Fail();
      BeginStruct();
      for (Type field = NextField(); field != Type::kStop; field = NextField()) Skip(field);
      return;
    default:  // Parquet has no maps
      Fail();
  }
}

}  // namespace stedi
