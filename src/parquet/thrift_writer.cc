#include "parquet/thrift_writer.h"

namespace stedi {
namespace {

constexpr int kNibbleBits = 4;
constexpr int kNibbleMax = 15;

}  // namespace

void AppendVarint(uint64_t value, std::string& out) {
  constexpr uint64_t kMore = 0x80;
  constexpr int kBits = 7;
  for (; value >= kMore; value >>= kBits) out += static_cast<char>(value | kMore);
  out += static_cast<char>(value);
}

void ThriftWriter::FieldHeader(int16_t id, Type type) {
  const int step = id - last_ids_.back();
  const int header = static_cast<int>(type);
  if (step > 0 && step <= kNibbleMax) {
    out_ += static_cast<char>(step << kNibbleBits | header);
  } else {
    out_ += static_cast<char>(header);
    AppendVarint(Zigzag(id), out_);
  }
  last_ids_.back() = id;
}

void ThriftWriter::ListHeader(int16_t id, Type element, size_t size) {
  FieldHeader(id, Type::kList);
  if (size < kNibbleMax) {
    out_ += static_cast<char>(size << kNibbleBits | static_cast<size_t>(element));
    return;
  }
  out_ += static_cast<char>(kNibbleMax << kNibbleBits | static_cast<int>(element));
  AppendVarint(size, out_);
}

void ThriftWriter::I32(int16_t id, int32_t value) {
  FieldHeader(id, Type::kI32);
  AppendVarint(Zigzag(value), out_);
}

void ThriftWriter::I64(int16_t id, int64_t value) {
  FieldHeader(id, Type::kI64);
  AppendVarint(Zigzag(value), out_);
}

void ThriftWriter::Bool(int16_t id, bool value) {
  FieldHeader(id, value ? Type::kTrue : Type::kFalse);
}

void ThriftWriter::Binary(int16_t id, std::string_view bytes) {
  FieldHeader(id, Type::kBinary);
  Text(bytes);
}

void ThriftWriter::Text(std::string_view text) {
  AppendVarint(text.size(), out_);
  out_ += text;
}

void ThriftWriter::BeginStruct(int16_t id) {
  FieldHeader(id, Type::kStruct);
  BeginElement();
}

void ThriftWriter::BeginStructs(int16_t id, size_t size) { ListHeader(id, Type::kStruct, size); }
void ThriftWriter::BeginTexts(int16_t id, size_t size) { ListHeader(id, Type::kBinary, size); }

void ThriftWriter::I32s(int16_t id, const std::vector<int32_t>& values) {
  ListHeader(id, Type::kI32, values.size());
  for (const int32_t value : values) AppendVarint(Zigzag(value), out_);
}

void ThriftWriter::BeginElement() { last_ids_.push_back(0); }

void ThriftWriter::EndStruct() {
  out_ += '\0';
  last_ids_.pop_back();
}

}  // namespace stedi
