// Builds batches and schemas of the Arrow C data interface. What is exported owns its memory: each
// column can be released by itself, in any order, on any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reader/stedi_reader.h"

namespace stedi {

struct FreeMemory {
  void operator()(void* memory) const { std::free(memory); }
};
// Memory of an Arrow buffer, aligned as the specification recommends.
using ArrowBuffer = std::unique_ptr<char[], FreeMemory>;
inline constexpr size_t kArrowAlignBytes = 64;
// Throws std::bad_alloc.
ArrowBuffer MakeArrowBuffer(size_t bytes);

// The formats of the columns, as the specification names them.
inline constexpr const char* kUtf8Format = "u";
inline constexpr const char* kBinaryFormat = "z";
inline constexpr const char* kInt64Format = "l";
inline constexpr const char* kInt32Format = "i";
inline constexpr const char* kDoubleFormat = "g";
inline constexpr const char* kBoolFormat = "b";

struct ArrowField {
  std::string name;
  const char* format = kUtf8Format;
  bool nullable = false;
  bool is_dictionary = false;  // `format` is that of the indices; the values are utf8
};

struct ArrowColumn {
  int64_t length = 0;
  int64_t null_count = 0;
  // The validity bitmap (empty: no NULL), then the offsets of a text column, then the values.
  std::vector<ArrowBuffer> buffers;
  // The values of a dictionary column. Shared by all batches of a scan, which may outlive it.
  std::shared_ptr<const ArrowColumn> dictionary;
};

// Both set *out, whose release() frees it. They throw std::bad_alloc, and *out is then not set.
void ExportSchema(std::span<const ArrowField> fields, ArrowSchema& out);
void ExportBatch(std::vector<ArrowColumn> columns, int64_t rows, ArrowArray& out);

// Collects the values of a column whose rows come one by one.
class TextColumnBuilder {
 public:
  // No text is added after this many bytes of a column.
  static constexpr size_t kTextBytesMax = std::numeric_limits<int32_t>::max();

  void Add(std::string_view text);
  // Adds NULL if the text is empty.
  void AddOrNull(std::string_view text);
  void AddNull();
  size_t text_bytes() const { return text_.size(); }
  // Returns the column and begins another one.
  ArrowColumn Finish();

 private:
  std::string text_;
  std::vector<int32_t> ends_ = {0};
  std::vector<bool> valid_;
};

class NumberColumnBuilder {
 public:
  explicit NumberColumnBuilder(const char* format = kInt64Format) : format_(format) {}
  void Add(int64_t value);
  void AddDouble(double value);
  void AddNull();
  // Returns the column, with values of the format's width, and begins another one.
  ArrowColumn Finish();

 private:
  const char* format_;
  std::vector<int64_t> bits_;  // of a double: its bit pattern
  std::vector<bool> valid_;
};

}  // namespace stedi
