#include "landing/row_buffer.h"

#include <algorithm>

namespace stedi {
namespace {

constexpr size_t kFirstRows = 256;  // a multiple of 64: validity grows by whole words
constexpr size_t kTextChunkBytes = 64 << 10;
constexpr size_t kTextPadBytes = 16;
constexpr size_t kBitsPerWord = 64;
constexpr uint64_t kAllValid = ~uint64_t{0};

size_t WidthOf(ColumnType type) {
  switch (type) {
    case ColumnType::kString:
      return sizeof(StringCell);
    case ColumnType::kBigint:
      return sizeof(int64_t);
    case ColumnType::kInt:
      return sizeof(int32_t);
    case ColumnType::kDouble:
      return sizeof(double);
    case ColumnType::kBoolean:
      return sizeof(uint8_t);
  }
  return 0;
}

void GrowData(std::unique_ptr<char[]>& data, size_t old_bytes, size_t new_bytes) {
  auto grown = std::make_unique<char[]>(new_bytes);
  if (old_bytes > 0) std::memcpy(grown.get(), data.get(), old_bytes);
  data = std::move(grown);
}

}  // namespace

RowBuffer::RowBuffer(const Contract& contract) : keep_unfit_(contract.keep_unfit) {
  columns_.resize(contract.columns.size());
  for (size_t i = 0; i < columns_.size(); ++i) columns_[i].type = contract.columns[i].type;
}

void RowBuffer::Clear() {
  for (Column& column : columns_) {
    if (column.has_null) std::fill(column.validity.begin(), column.validity.end(), kAllValid);
    column.has_null = false;
  }
  ClearSparse(rescued_);
  ClearSparse(unfit_);
  if (!other_keys_.empty()) other_keys_.Clear();
  rows_ = 0;
  text_.clear();
  text_left_ = 0;
  text_next_ = nullptr;
}

void RowBuffer::Grow() {
  const size_t capacity = std::max(kFirstRows, capacity_rows_ * 2);
  const size_t words = capacity / kBitsPerWord;
  for (Column& column : columns_) {
    const size_t width = WidthOf(column.type);
    GrowData(column.data, capacity_rows_ * width, capacity * width);
    column.validity.resize(words, kAllValid);
  }
  GrowSparse(rescued_, capacity);
  if (keep_unfit_) GrowSparse(unfit_, capacity);
  offsets_.resize(capacity);
  capacity_rows_ = capacity;
}

void RowBuffer::SetNull(size_t column) {
  Column& target = columns_[column];
  target.validity[rows_ / kBitsPerWord] &= ~(uint64_t{1} << (rows_ % kBitsPerWord));
  target.has_null = true;
  // Code that copies cells without looking at validity must not follow a stale pointer.
  if (target.type == ColumnType::kString) Put(column, StringCell{});
}

void RowBuffer::SetRescued(std::string_view text) { SetSparse(rescued_, text); }

void RowBuffer::SetUnfit(std::string_view text) { SetSparse(unfit_, text); }

void RowBuffer::GrowSparse(Column& column, size_t capacity_rows) const {
  GrowData(column.data, capacity_rows_ * sizeof(StringCell), capacity_rows * sizeof(StringCell));
  column.validity.resize(capacity_rows / kBitsPerWord, 0);
}

void RowBuffer::SetSparse(Column& column, std::string_view text) {
  char* const copy = AllocateText(text.size());
  std::memcpy(copy, text.data(), text.size());
  const StringCell cell = MakeStringCell(copy, text.size());
  std::memcpy(column.data.get() + rows_ * sizeof(cell), &cell, sizeof(cell));
  column.validity[rows_ / kBitsPerWord] |= uint64_t{1} << (rows_ % kBitsPerWord);
  column.has_value = true;
}

void RowBuffer::ClearSparse(Column& column) {
  if (column.has_value) std::fill(column.validity.begin(), column.validity.end(), 0);
  column.has_value = false;
}

char* RowBuffer::AllocateText(size_t bytes) {
  const size_t needed = bytes + kTextPadBytes;
  if (needed > text_left_) {
    text_left_ = std::max(needed, kTextChunkBytes);
    text_.push_back(std::make_unique<char[]>(text_left_));
    text_next_ = text_.back().get();
  }
  char* const text = text_next_;
  text_next_ += needed;
  text_left_ -= needed;
  return text;
}

void RowBuffer::FillBlock(RowBlock& block) const {
  block.rows = rows_;
  block.offsets = offsets_.data();
  block.columns.clear();
  for (const Column& column : columns_) {
    block.columns.push_back(
        {column.data.get(), column.has_null ? column.validity.data() : nullptr});
  }
  block.rescued = {rescued_.data.get(), rescued_.validity.data()};
  block.unfit = {unfit_.data.get(), unfit_.validity.data()};
}

}  // namespace stedi
