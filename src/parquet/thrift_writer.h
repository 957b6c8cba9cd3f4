// The writing half of Apache Thrift's compact protocol, as far as Parquet's page headers and footer
// need it (thrift-compact-protocol.md of Apache Thrift).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stedi {

// Writes one struct. REQUIRES: the fields of each struct are written in the order of their ids.
class ThriftWriter {
 public:
  // Appends to `out`, which must outlive this object.
  explicit ThriftWriter(std::string& out) : out_(out) {}

  void I32(int16_t id, int32_t value);
  void I64(int16_t id, int64_t value);
  void Bool(int16_t id, bool value);
  void Binary(int16_t id, std::string_view bytes);
  void BeginStruct(int16_t id);

  // Begins a list of `size` structs, which must come next.
  void BeginStructs(int16_t id, size_t size);
  void BeginTexts(int16_t id, size_t size);
  void I32s(int16_t id, const std::vector<int32_t>& values);
  void BeginElement();  // begins an element of a list of structs
  void Text(std::string_view text);

  // Ends a field or an element that is a struct, or, as the last call, the whole struct.
  void EndStruct();

 private:
  enum class Type : uint8_t {
    kTrue = 1,
    kFalse = 2,
    kI32 = 5,
    kI64 = 6,
    kBinary = 8,
    kList = 9,
    kStruct = 12
  };
  void FieldHeader(int16_t id, Type type);
  void ListHeader(int16_t id, Type element, size_t size);

  std::string& out_;
  std::vector<int16_t> last_ids_{0};  // the last field id of each open struct
};

void AppendVarint(uint64_t value, std::string& out);
inline uint64_t Zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}

}  // namespace stedi
