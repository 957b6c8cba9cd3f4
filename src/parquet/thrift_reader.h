// The reading half of Apache Thrift's compact protocol, as far as Parquet's page headers and footer
// need it. The bytes may be damaged.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace stedi {

// Reads one struct, field by field. Throws Error (kInvalid) where the bytes are not such a struct
// or end too early. The reader, and what Binary returns, point into `bytes`.
class ThriftReader {
 public:
  enum class Type : uint8_t {
    kStop = 0,
    kTrue = 1,
    kFalse = 2,
    kByte = 3,
    kI16 = 4,
    kI32 = 5,
    kI64 = 6,
    kDouble = 7,
    kBinary = 8,
    kList = 9,
    kSet = 10,
    kMap = 11,
    kStruct = 12
  };

  explicit ThriftReader(std::string_view bytes) : bytes_(bytes) {}

  // Returns the type of the next field of the current struct, or kStop at its end. The caller must
  // then read or skip the field's value.
  Type NextField();
  int16_t id() const { return last_ids_.back(); }
  size_t position() const { return at_; }

  int64_t Integer();          // of kI16, kI32 and kI64
  std::string_view Binary();  // of kBinary
  // Reads the head of a kList: returns how many elements come next, and sets `element` to their
  // type.
  size_t List(Type& element);
  // Skips the value of a field of any `type`.
  void Skip(Type type);
  // Enters a field or element that is a struct: NextField then gives its fields, up to its kStop.
  void BeginStruct() { last_ids_.push_back(0); }

 private:
  [[noreturn]] void Fail() const;
  uint8_t Byte();
  uint64_t Varint();
  void SkipElements(Type type, uint64_t count);

  std::string_view bytes_;
  size_t at_ = 0;
  std::vector<int16_t> last_ids_{0};  // the last field id of each open struct
};

}  // namespace stedi
