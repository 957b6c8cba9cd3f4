// Avro object container files (Apache Avro 1.11), as far as it takes to change single values in
// them: what is not changed is copied byte for byte, header, unknown columns and all. Iceberg's
// manifests and manifest lists name files, and a lake that was moved needs other names there.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace stedi {

// A number (int, long), or the bytes of a string, bytes or fixed value.
using AvroValue = std::variant<int64_t, std::string>;

// A value of a record, by the Iceberg field id of the innermost field that has one. Nulls are not
// shown, nor values of other types.
struct AvroField {
  int32_t id = 0;
  AvroValue value;
};

class AvroRecordEditor {
 public:
  virtual ~AvroRecordEditor() = default;
  // Each record is shown twice, its fields in the order of the schema. First to be looked at ..
  virtual void Begin() = 0;
  virtual void Look(const AvroField& field) = 0;
  virtual void End() = 0;
  // .. then to be changed: a value of the same kind, or nothing. Not called for fixed values.
  virtual std::optional<AvroValue> Change(const AvroField& field) = 0;
};

// The file with all changes of `editor`, under the same schema and compression. Throws kInvalid
// when `file` is damaged, or compressed by something else than deflate or zstandard.
std::string EditAvroFile(std::string_view file, AvroRecordEditor& editor);

}  // namespace stedi
