// Avro object container files (Apache Avro 1.11), as far as is needed to change single values in
// them. Everything else is copied byte for byte, including the header and unknown columns.
// Iceberg's manifests and manifest lists name files, and these names must change when a lake was
// moved.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace stedi {

// A number (int, long, or the index of an enum), or the bytes of a string or bytes value.
using AvroValue = std::variant<int64_t, std::string>;

// A value of a record, with the Iceberg field id of the innermost enclosing field that has one.
// Nulls and values of other types are not shown to the editor.
struct AvroField {
  int32_t id = 0;
  AvroValue value;
};

class AvroRecordEditor {
 public:
  virtual ~AvroRecordEditor() = default;
  // Each record is shown twice, with its fields in the order of the schema. The first time, Begin
  // is called, then Inspect for each field, then End.
  virtual void Begin() = 0;
  virtual void Inspect(const AvroField& field) = 0;
  virtual void End() = 0;
  // The second time, Change is called for each field. It returns a value of the same kind, or
  // nothing to keep the old one.
  virtual std::optional<AvroValue> Change(const AvroField& field) = 0;
};

// Returns the file with all changes of `editor`, with the same schema and compression. Throws
// kInvalid when `file` is damaged, or compressed by anything but deflate or zstandard.
std::string EditAvroFile(std::string_view file, AvroRecordEditor& editor);

}  // namespace stedi
