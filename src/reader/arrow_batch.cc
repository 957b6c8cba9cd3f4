#include "reader/arrow_batch.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <new>
#include <utility>

namespace stedi {
namespace {

constexpr size_t kBitsPerByte = 8;

// What an exported ArrowArray owns. A batch is a struct whose children are its columns.
struct OwnedArray {
  std::vector<ArrowBuffer> buffers;
  std::vector<const void*> pointers;
  std::shared_ptr<const ArrowColumn> kept_alive;  // whose buffers this array points to
  ArrowArray dictionary = {};
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> child_pointers;
};

void ReleaseArray(ArrowArray* array) noexcept {
  auto* const owned = static_cast<OwnedArray*>(array->private_data);
  for (ArrowArray* const child : owned->child_pointers) {
    if (child->release != nullptr) child->release(child);  // else the consumer has moved it
  }
  if (array->dictionary != nullptr && array->dictionary->release != nullptr) {
    array->dictionary->release(array->dictionary);
  }
  delete owned;
  array->release = nullptr;
}

// Exports `owned` and the buffers that it has pointers to.
void FinishArray(std::unique_ptr<OwnedArray> owned, int64_t length, int64_t null_count,
                 ArrowArray& out) {
  out = {};
  out.length = length;
  out.null_count = null_count;
  out.n_buffers = static_cast<int64_t>(owned->pointers.size());
  out.buffers = owned->pointers.data();
  out.n_children = static_cast<int64_t>(owned->children.size());
  out.children = owned->child_pointers.data();
  out.dictionary = owned->dictionary.release != nullptr ? &owned->dictionary : nullptr;
  out.release = ReleaseArray;
  out.private_data = owned.release();
}

void PointTo(const std::vector<ArrowBuffer>& buffers, OwnedArray& owned) {
  owned.pointers.reserve(buffers.size());
  for (const ArrowBuffer& buffer : buffers) owned.pointers.push_back(buffer.get());
}

// The dictionary's memory is not copied: the exported array keeps the shared column alive.
void ExportDictionary(std::shared_ptr<const ArrowColumn> column, ArrowArray& out) {
  auto owned = std::make_unique<OwnedArray>();
  PointTo(column->buffers, *owned);
  const int64_t length = column->length;
  owned->kept_alive = std::move(column);
  FinishArray(std::move(owned), length, 0, out);
}

void ExportColumn(ArrowColumn column, ArrowArray& out) {
  auto owned = std::make_unique<OwnedArray>();
  PointTo(column.buffers, *owned);
  owned->buffers = std::move(column.buffers);
  if (column.dictionary) {
    ExportDictionary(std::move(column.dictionary), owned->dictionary);
  }
  FinishArray(std::move(owned), column.length, column.null_count, out);
}

struct OwnedSchema {
  std::string name;
  ArrowSchema dictionary = {};
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> child_pointers;
};

void ReleaseSchema(ArrowSchema* schema) noexcept {
  auto* const owned = static_cast<OwnedSchema*>(schema->private_data);
  for (ArrowSchema* const child : owned->child_pointers) {
    if (child->release != nullptr) child->release(child);
  }
  if (schema->dictionary != nullptr && schema->dictionary->release != nullptr) {
    schema->dictionary->release(schema->dictionary);
  }
  delete owned;
  schema->release = nullptr;
}

void FinishSchema(std::unique_ptr<OwnedSchema> owned, const char* format, bool nullable,
                  ArrowSchema& out) {
  out = {};
  out.format = format;
  out.name = owned->name.c_str();
  out.flags = nullable ? ARROW_FLAG_NULLABLE : 0;
  out.n_children = static_cast<int64_t>(owned->children.size());
  out.children = owned->child_pointers.data();
  out.dictionary = owned->dictionary.release != nullptr ? &owned->dictionary : nullptr;
  out.release = ReleaseSchema;
  out.private_data = owned.release();
}

void ExportField(const ArrowField& field, ArrowSchema& out) {
  auto owned = std::make_unique<OwnedSchema>();
  owned->name = field.name;
  if (field.is_dictionary) {
    FinishSchema(std::make_unique<OwnedSchema>(), kUtf8Format, false, owned->dictionary);
  }
  FinishSchema(std::move(owned), field.format, field.nullable, out);
}

ArrowBuffer BitsOf(const std::vector<bool>& values) {
  const size_t bytes = (values.size() + kBitsPerByte - 1) / kBitsPerByte;
  ArrowBuffer bits = MakeArrowBuffer(bytes);
  std::fill_n(bits.get(), bytes, '\0');
  for (size_t i = 0; i < values.size(); ++i) {
    char& byte = bits[i / kBitsPerByte];
    if (values[i]) byte = static_cast<char>(byte | 1 << i % kBitsPerByte);
  }
  return bits;
}

// Begins a column with its validity bitmap, which it has only if there is a NULL.
ArrowColumn BeginColumn(const std::vector<bool>& valid) {
  ArrowColumn column;
  column.length = static_cast<int64_t>(valid.size());
  column.null_count = std::count(valid.begin(), valid.end(), false);
  column.buffers.push_back(column.null_count > 0 ? BitsOf(valid) : ArrowBuffer());
  return column;
}

ArrowBuffer CopyOf(const void* bytes, size_t size) {
  ArrowBuffer copy = MakeArrowBuffer(size);
  if (size > 0) std::memcpy(copy.get(), bytes, size);
  return copy;
}

}  // namespace

ArrowBuffer MakeArrowBuffer(size_t bytes) {
  const size_t rounded = std::max(
      kArrowAlignBytes, (bytes + kArrowAlignBytes - 1) / kArrowAlignBytes * kArrowAlignBytes);
  void* const memory = std::aligned_alloc(kArrowAlignBytes, rounded);
  if (memory == nullptr) throw std::bad_alloc();
  return ArrowBuffer(static_cast<char*>(memory));
}

void ExportSchema(std::span<const ArrowField> fields, ArrowSchema& out) {
  auto owned = std::make_unique<OwnedSchema>();
  owned->children.resize(fields.size());
  owned->child_pointers.reserve(fields.size());
  ArrowSchema all = {};
  for (ArrowSchema& child : owned->children) owned->child_pointers.push_back(&child);
  FinishSchema(std::move(owned), "+s", false, all);
  try {
    for (size_t i = 0; i < fields.size(); ++i) ExportField(fields[i], *all.children[i]);
  } catch (...) {
    all.release(&all);
    throw;
  }
  out = all;
}

void ExportBatch(std::vector<ArrowColumn> columns, int64_t rows, ArrowArray& out) {
  auto owned = std::make_unique<OwnedArray>();
  owned->pointers.push_back(nullptr);  // a struct has a validity bitmap and no other buffer
  owned->children.resize(columns.size());
  owned->child_pointers.reserve(columns.size());
  for (ArrowArray& child : owned->children) owned->child_pointers.push_back(&child);
  ArrowArray all = {};
  FinishArray(std::move(owned), rows, 0, all);
  try {
    for (size_t i = 0; i < columns.size(); ++i) {
      assert(columns[i].length == rows);
      ExportColumn(std::move(columns[i]), *all.children[i]);
    }
  } catch (...) {
    all.release(&all);
    throw;
  }
  out = all;
}

void TextColumnBuilder::Add(std::string_view text) {
  assert(text_.size() + text.size() <= kTextBytesMax);
  text_.append(text);
  ends_.push_back(static_cast<int32_t>(text_.size()));
  valid_.push_back(true);
}

void TextColumnBuilder::AddOrNull(std::string_view text) {
  if (text.empty()) return AddNull();
  Add(text);
}

void TextColumnBuilder::AddNull() {
  ends_.push_back(ends_.back());
  valid_.push_back(false);
}

ArrowColumn TextColumnBuilder::Finish() {
  ArrowColumn column = BeginColumn(valid_);
  column.buffers.push_back(CopyOf(ends_.data(), ends_.size() * sizeof(int32_t)));
  column.buffers.push_back(CopyOf(text_.data(), text_.size()));
  *this = TextColumnBuilder();
  return column;
}

void NumberColumnBuilder::Add(int64_t value) {
  bits_.push_back(value);
  valid_.push_back(true);
}

void NumberColumnBuilder::AddDouble(double value) { Add(std::bit_cast<int64_t>(value)); }

void NumberColumnBuilder::AddNull() {
  bits_.push_back(0);
  valid_.push_back(false);
}

ArrowColumn NumberColumnBuilder::Finish() {
  ArrowColumn column = BeginColumn(valid_);
  if (std::string_view(format_) == kInt32Format) {
    const std::vector<int32_t> narrow(bits_.begin(), bits_.end());
    column.buffers.push_back(CopyOf(narrow.data(), narrow.size() * sizeof(int32_t)));
  } else if (std::string_view(format_) == kBoolFormat) {
    const std::vector<bool> values(bits_.begin(), bits_.end());
    column.buffers.push_back(BitsOf(values));
  } else {
    column.buffers.push_back(CopyOf(bits_.data(), bits_.size() * sizeof(int64_t)));
  }
  bits_.clear();
  valid_.clear();
  return column;
}

}  // namespace stedi
