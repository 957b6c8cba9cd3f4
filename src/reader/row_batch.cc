#include "reader/row_batch.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <limits>
#include <new>
#include <string>
#include <utility>

namespace stedi {
namespace {

constexpr size_t kBitsPerWord = 64;
constexpr size_t kBitsPerByte = 8;
constexpr size_t kInlineBytes = 12;  // of a StringCell

static_assert(std::endian::native == std::endian::little, "bitmaps are copied as they are");

size_t BitmapBytes(size_t rows) { return (rows + kBitsPerByte - 1) / kBitsPerByte; }

const char* FormatOf(ColumnType type) {
  switch (type) {
    case ColumnType::kString:
      return kUtf8Format;
    case ColumnType::kBigint:
      return kInt64Format;
    case ColumnType::kInt:
      return kInt32Format;
    case ColumnType::kDouble:
      return kDoubleFormat;
    case ColumnType::kBoolean:
      return kBoolFormat;
  }
  return kUtf8Format;
}

bool IsValid(const uint64_t* validity, size_t row) {
  return (validity[row / kBitsPerWord] >> (row % kBitsPerWord) & 1U) != 0;
}

size_t CountValid(const uint64_t* validity, size_t rows) {
  size_t count = 0;
  for (size_t word = 0; word < rows / kBitsPerWord; ++word) {
    count += static_cast<size_t>(std::popcount(validity[word]));
  }
  const size_t rest = rows % kBitsPerWord;
  if (rest == 0) return count;
  const uint64_t mask = (uint64_t{1} << rest) - 1;
  return count + static_cast<size_t>(std::popcount(validity[rows / kBitsPerWord] & mask));
}

// Begins the column with its validity bitmap.
ArrowColumn BeginColumn(const ColumnData& data, size_t rows) {
  ArrowColumn column;
  column.length = static_cast<int64_t>(rows);
  column.buffers.reserve(3);
  column.buffers.emplace_back();
  if (data.validity == nullptr) return column;
  const size_t valid = CountValid(data.validity, rows);
  if (valid == rows) return column;
  column.null_count = static_cast<int64_t>(rows - valid);
  column.buffers[0] = MakeArrowBuffer(BitmapBytes(rows));
  std::memcpy(column.buffers[0].get(), data.validity, BitmapBytes(rows));
  return column;
}

ArrowColumn NumberColumn(const ColumnData& data, size_t rows, size_t width) {
  ArrowColumn column = BeginColumn(data, rows);
  ArrowBuffer values = MakeArrowBuffer(rows * width);
  std::memcpy(values.get(), data.data, rows * width);
  if (column.null_count > 0) {  // the slots of NULLs are unspecified, and may be of earlier rows
    for (size_t row = 0; row < rows; ++row) {
      if (!IsValid(data.validity, row)) std::fill_n(values.get() + row * width, width, '\0');
    }
  }
  column.buffers.push_back(std::move(values));
  return column;
}

ArrowColumn BooleanColumn(const ColumnData& data, size_t rows) {
  ArrowColumn column = BeginColumn(data, rows);
  ArrowBuffer bits = MakeArrowBuffer(BitmapBytes(rows));
  std::fill_n(bits.get(), BitmapBytes(rows), '\0');
  const auto* const values = static_cast<const uint8_t*>(data.data);
  for (size_t row = 0; row < rows; ++row) {
    const bool is_set = values[row] != 0 && (column.null_count == 0 || IsValid(data.validity, row));
    char& byte = bits[row / kBitsPerByte];
    byte = static_cast<char>(byte | static_cast<int>(is_set) << row % kBitsPerByte);
  }
  column.buffers.push_back(std::move(bits));
  return column;
}

// A text column whose values are all NULL.
ArrowColumn EmptyTexts(ArrowColumn column, size_t rows) {
  ArrowBuffer offsets = MakeArrowBuffer((rows + 1) * sizeof(int32_t));
  std::fill_n(offsets.get(), (rows + 1) * sizeof(int32_t), '\0');
  column.buffers.push_back(std::move(offsets));
  column.buffers.push_back(MakeArrowBuffer(0));
  return column;
}

// Writes the offsets of the texts and returns their bytes together.
template <bool kHasNull>
size_t WriteOffsets(const ColumnData& data, size_t rows, int32_t* offsets) {
  const auto* const cells = static_cast<const StringCell*>(data.data);
  size_t bytes = 0;
  for (size_t row = 0; row < rows; ++row) {
    offsets[row] = static_cast<int32_t>(bytes);
    if (!kHasNull || IsValid(data.validity, row)) bytes += cells[row].length;
  }
  offsets[rows] = static_cast<int32_t>(bytes);
  return bytes;
}

// Short texts are copied as the 12 bytes of their cell: `out` has room for them after its end.
template <bool kHasNull>
void CopyTexts(const ColumnData& data, size_t rows, char* out) {
  const auto* const cells = static_cast<const StringCell*>(data.data);
  for (size_t row = 0; row < rows; ++row) {
    if (kHasNull && !IsValid(data.validity, row)) continue;
    const StringCell& cell = cells[row];
    if (cell.length <= kInlineBytes) {
      std::memcpy(out, reinterpret_cast<const char*>(&cell) + offsetof(StringCell, prefix),
                  kInlineBytes);
    } else {
      std::memcpy(out, cell.pointer, cell.length);
    }
    out += cell.length;
  }
}

ArrowColumn TextColumn(const ColumnData& data, size_t rows) {
  ArrowColumn column = BeginColumn(data, rows);
  if (column.null_count == column.length) return EmptyTexts(std::move(column), rows);
  const bool has_null = column.null_count > 0;
  ArrowBuffer offsets = MakeArrowBuffer((rows + 1) * sizeof(int32_t));
  auto* const ends = reinterpret_cast<int32_t*>(offsets.get());
  const size_t bytes =
      has_null ? WriteOffsets<true>(data, rows, ends) : WriteOffsets<false>(data, rows, ends);
  if (bytes > std::numeric_limits<int32_t>::max()) throw std::bad_alloc();
  ArrowBuffer texts = MakeArrowBuffer(bytes + kInlineBytes);
  if (has_null) {
    CopyTexts<true>(data, rows, texts.get());
  } else {
    CopyTexts<false>(data, rows, texts.get());
  }
  column.buffers.push_back(std::move(offsets));
  column.buffers.push_back(std::move(texts));
  return column;
}

ArrowColumn ColumnOf(ColumnType type, const ColumnData& data, size_t rows) {
  switch (type) {
    case ColumnType::kString:
      return TextColumn(data, rows);
    case ColumnType::kBigint:
    case ColumnType::kDouble:
      return NumberColumn(data, rows, sizeof(int64_t));
    case ColumnType::kInt:
      return NumberColumn(data, rows, sizeof(int32_t));
    case ColumnType::kBoolean:
      return BooleanColumn(data, rows);
  }
  assert(false);
  return {};
}

}  // namespace

std::vector<ArrowField> RowFields(const Contract& contract) {
  std::vector<ArrowField> fields;
  fields.reserve(contract.columns.size() + kAddedColumns.size());
  for (const ContractColumn& column : contract.columns) {
    fields.push_back({column.name, FormatOf(column.type), !column.not_null, false});
  }
  for (const AddedColumn& column : AddedColumns(contract.keep_unfit)) {
    const bool is_file = column.name == kFileColumn;
    fields.push_back({std::string(column.name), is_file ? kInt32Format : FormatOf(column.type),
                      !is_file && column.name != kOffsetColumn, is_file});
  }
  return fields;
}

std::shared_ptr<const ArrowColumn> FileNames(const std::vector<LandingFile>& files) {
  TextColumnBuilder names;
  for (const LandingFile& file : files) names.Add(file.file);
  return std::make_shared<const ArrowColumn>(names.Finish());
}

ArrowColumn FileColumn(const std::shared_ptr<const ArrowColumn>& names, size_t file_index,
                       size_t rows) {
  ArrowColumn column;
  column.length = static_cast<int64_t>(rows);
  column.buffers.reserve(2);
  column.buffers.emplace_back();
  column.buffers.push_back(MakeArrowBuffer(rows * sizeof(int32_t)));
  std::fill_n(reinterpret_cast<int32_t*>(column.buffers[1].get()), rows,
              static_cast<int32_t>(file_index));
  column.dictionary = names;
  return column;
}

void ExportRows(const Contract& contract, const RowBlock& block,
                const std::shared_ptr<const ArrowColumn>& names, ArrowArray& out) {
  std::vector<ArrowColumn> columns;
  columns.reserve(contract.columns.size() + kAddedColumns.size());
  for (size_t i = 0; i < contract.columns.size(); ++i) {
    columns.push_back(ColumnOf(contract.columns[i].type, block.columns[i], block.rows));
  }
  columns.push_back(FileColumn(names, block.file_index, block.rows));
  columns.push_back(NumberColumn({block.offsets, nullptr}, block.rows, sizeof(int64_t)));
  columns.push_back(TextColumn(block.rescued, block.rows));
  if (contract.keep_unfit) columns.push_back(TextColumn(block.unfit, block.rows));
  ExportBatch(std::move(columns), static_cast<int64_t>(block.rows), out);
}

}  // namespace stedi
