#include "parquet/parquet_file.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "parquet/crc32.h"
#include "parquet/thrift_writer.h"

namespace stedi {
namespace {

constexpr int32_t kFormatVersion = 1;
constexpr int32_t kOptional = 1;  // FieldRepetitionType
// A longer bound is left out of the footer; Iceberg's manifests have its beginning.
constexpr size_t kStatisticBytesMax = 256;
// The bytes between the key and the value of a KeyValue: the value's field header and its length.
constexpr size_t kValueHeaderBytes = 2;

enum class ConvertedType : int32_t { kUtf8 = 0, kDecimal = 5, kDate = 6, kTimestampMicros = 10 };

void WriteTimestamp(ThriftWriter& thrift, bool is_utc) {
  thrift.BeginStruct(8);
  thrift.Bool(1, is_utc);
  thrift.BeginStruct(2);  // unit
  thrift.BeginStruct(2);  // microseconds
  thrift.EndStruct();
  thrift.EndStruct();
  thrift.EndStruct();
}

// Writes the LogicalType, a union.
void WriteLogicalType(ThriftWriter& thrift, const IcebergType& type) {
  thrift.BeginStruct(10);
  switch (type.kind) {
    case IcebergType::Kind::kString:
      thrift.BeginStruct(1);
      thrift.EndStruct();
      break;
    case IcebergType::Kind::kDecimal:
      thrift.BeginStruct(5);
      thrift.I32(1, type.scale);
      thrift.I32(2, type.precision);
      thrift.EndStruct();
      break;
    case IcebergType::Kind::kDate:
      thrift.BeginStruct(6);
      thrift.EndStruct();
      break;
    default:
      WriteTimestamp(thrift, type.kind == IcebergType::Kind::kTimestamptz);
  }
  thrift.EndStruct();
}

// Returns the ConvertedType of a type that is more than its physical type; nothing for the others.
// Older readers know only this one, not the LogicalType.
std::optional<ConvertedType> ConvertedTypeOf(const IcebergType& type) {
  switch (type.kind) {
    case IcebergType::Kind::kString:
      return ConvertedType::kUtf8;
    case IcebergType::Kind::kDecimal:
      return ConvertedType::kDecimal;
    case IcebergType::Kind::kDate:
      return ConvertedType::kDate;
    case IcebergType::Kind::kTimestamp:  // not written: the ConvertedType would mean UTC
    case IcebergType::Kind::kTimestamptz:
      return ConvertedType::kTimestampMicros;
    default:
      return std::nullopt;
  }
}

// Writes the SchemaElement of a column.
void WriteColumnType(ThriftWriter& thrift, const Field& field) {
  const IcebergType& type = field.type;
  const PhysicalType physical = PhysicalTypeOf(type);
  thrift.BeginElement();
  thrift.I32(1, static_cast<int32_t>(physical));
  if (physical == PhysicalType::kFixedLenByteArray) {
    thrift.I32(2, static_cast<int32_t>(FixedBytes(type)));
  }
  thrift.I32(3, kOptional);
  thrift.Binary(4, field.name);
  const std::optional<ConvertedType> converted = ConvertedTypeOf(type);
  if (converted && type.kind != IcebergType::Kind::kTimestamp) {
    thrift.I32(6, static_cast<int32_t>(*converted));
  }
  if (type.kind == IcebergType::Kind::kDecimal) {
    thrift.I32(7, type.scale);
    thrift.I32(8, type.precision);
  }
  thrift.I32(9, field.id);
  if (converted) WriteLogicalType(thrift, type);
  thrift.EndStruct();
}

void WriteSchema(ThriftWriter& thrift, const Schema& schema) {
  thrift.BeginStructs(2, schema.fields.size() + 1);
  thrift.BeginElement();
  thrift.Binary(4, "table");
  thrift.I32(5, static_cast<int32_t>(schema.fields.size()));
  thrift.EndStruct();
  for (const Field& field : schema.fields) WriteColumnType(thrift, field);
}

// Writes the Statistics, without bounds if there is a NaN: engines disagree on how it sorts.
void WriteStatistics(ThriftWriter& thrift, const EncodedColumn& column) {
  const std::optional<std::string>& min = column.statistics.min;
  const std::optional<std::string>& max = column.statistics.max;
  thrift.BeginStruct(12);
  thrift.I64(3, column.statistics.null_count);
  if (!column.has_nan) {
    if (max && max->size() <= kStatisticBytesMax) thrift.Binary(5, *max);
    if (min && min->size() <= kStatisticBytesMax) thrift.Binary(6, *min);
  }
  thrift.EndStruct();
}

// Changes a bound that is zero to -0.0 as min and to 0.0 as max: a column may hold both zeros, and
// readers order them.
void WidenZero(const IcebergType& type, ColumnStatistics& column) {
  if (type.kind != IcebergType::Kind::kDouble && type.kind != IcebergType::Kind::kFloat) return;
  const auto is_zero = [](const std::optional<std::string>& bound) {
    return bound && std::all_of(bound->begin(), bound->end() - 1, [](char c) { return c == 0; }) &&
           (bound->back() & 0x7f) == 0;
  };
  if (is_zero(column.min)) column.min->back() = '\x80';
  if (is_zero(column.max)) column.max->back() = '\0';
}

}  // namespace

RowGroupEncoder::RowGroupEncoder(const Schema& schema,
                                 const std::set<std::string>& without_bounds) {
  columns_.reserve(schema.fields.size());
  for (const Field& field : schema.fields) {
    columns_.emplace_back(field.type, !without_bounds.contains(field.name));
  }
}

bool RowGroupEncoder::IsFull() const {
  if (rows_ >= kRowsMax) return true;
  size_t bytes = 0;
  for (const ColumnEncoder& column : columns_) bytes += column.text_bytes();
  return bytes >= kTextBytesMax;
}

EncodedRowGroup RowGroupEncoder::FinishRows() {
  EncodedRowGroup group;
  group.rows = std::exchange(rows_, 0);
  group.columns.resize(columns_.size());
  return group;
}

EncodedRowGroup RowGroupEncoder::Finish() {
  EncodedRowGroup group = FinishRows();
  for (size_t i = 0; i < columns_.size(); ++i) group.columns[i] = columns_[i].Finish(compressor_);
  return group;
}

ParquetFile::ParquetFile(const Schema& schema, Append append)
    : schema_(schema), append_(std::move(append)) {
  Write(kParquetMagic);
}

void ParquetFile::Write(std::string_view bytes) {
  append_(bytes);
  bytes_ += static_cast<int64_t>(bytes.size());
}

void ParquetFile::Add(EncodedRowGroup group) {
  assert(group.columns.size() == schema_.fields.size());
  RowGroup& added = groups_.emplace_back(RowGroup{group.order, group.rows, {}});
  for (size_t i = 0; i < group.columns.size(); ++i) {
    EncodedColumn& column = group.columns[i];
    const std::string pages = std::move(column.pages);  // so that their memory is freed
    const std::string headers = std::move(column.headers);
    headers_crc_ = CrcOf(headers, headers_crc_);
    assert(column.statistics.size_bytes == static_cast<int64_t>(pages.size()));
    const int64_t offset = bytes_;
    Write(pages);
    WidenZero(schema_.fields[i].type, column.statistics);
    added.chunks.push_back({offset, std::move(column)});
  }
  rows_ += group.rows;
}

// Returns the FileMetaData.
std::string ParquetFile::Footer() const {
  std::string footer;
  ThriftWriter thrift(footer);
  thrift.I32(1, kFormatVersion);
  WriteSchema(thrift, schema_);
  thrift.I64(3, rows_);
  thrift.BeginStructs(4, groups_.size());
  for (const RowGroup& group : groups_) {
    thrift.BeginElement();
    thrift.BeginStructs(1, group.chunks.size());
    int64_t uncompressed = 0;
    for (size_t i = 0; i < group.chunks.size(); ++i) {
      const auto& [offset, column] = group.chunks[i];
      uncompressed += column.uncompressed_bytes;
      thrift.BeginElement();  // ColumnChunk
      thrift.I64(2, offset);
      thrift.BeginStruct(3);  // ColumnMetaData
      thrift.I32(1, static_cast<int32_t>(PhysicalTypeOf(schema_.fields[i].type)));
      std::vector<int32_t> encodings{static_cast<int32_t>(Encoding::kRle),
                                     static_cast<int32_t>(column.encoding)};
      if (column.dictionary_bytes > 0) encodings.push_back(static_cast<int32_t>(Encoding::kPlain));
      thrift.I32s(2, encodings);
      thrift.BeginTexts(3, 1);
      thrift.Text(schema_.fields[i].name);
      thrift.I32(4, static_cast<int32_t>(column.codec));
      thrift.I64(5, column.value_count);
      thrift.I64(6, column.uncompressed_bytes);
      thrift.I64(7, column.statistics.size_bytes);
      thrift.I64(9, offset + static_cast<int64_t>(column.dictionary_bytes));
      if (column.dictionary_bytes > 0) thrift.I64(11, offset);
      WriteStatistics(thrift, column);
      thrift.EndStruct();
      thrift.EndStruct();
    }
    thrift.I64(2, uncompressed);
    thrift.I64(3, group.rows);
    thrift.EndStruct();
  }
  thrift.BeginStructs(5, 1);  // KeyValue
  thrift.BeginElement();
  thrift.Binary(1, kCrcKey);
  thrift.Binary(2, std::string(kCrcDigits, '0'));
  thrift.EndStruct();
  thrift.Binary(6, kCreatedBy);
  thrift.BeginStructs(7, schema_.fields.size());  // ColumnOrder: that of the type
  for (size_t i = 0; i < schema_.fields.size(); ++i) {
    thrift.BeginElement();
    thrift.BeginStruct(1);
    thrift.EndStruct();
    thrift.EndStruct();
  }
  thrift.EndStruct();
  return footer;
}

std::string ParquetFile::FooterWithCrc() const {
  std::string footer = Footer();
  const std::string crc = CrcText(CrcOf(footer, headers_crc_));
  // The last occurrence of the key is the right one: a column may have the same name.
  footer.replace(footer.rfind(kCrcKey) + kCrcKey.size() + kValueHeaderBytes, kCrcDigits, crc);
  return footer;
}

std::map<std::string, ColumnStatistics> ParquetFile::Finish() {
  std::ranges::stable_sort(groups_, {}, &RowGroup::order);
  std::string end = FooterWithCrc();
  const auto size = static_cast<uint32_t>(end.size());
  end.append(reinterpret_cast<const char*>(&size), sizeof size);
  end += kParquetMagic;
  Write(end);
  std::map<std::string, ColumnStatistics> statistics;
  for (size_t i = 0; i < schema_.fields.size(); ++i) {
    const Field& field = schema_.fields[i];
    const auto is_less = [&field](std::string_view a, std::string_view b) {
      return PlainLess(field.type, a, b);
    };
    ColumnStatistics& column = statistics[field.name];
    for (const RowGroup& group : groups_)
      AddStatistics(group.chunks[i].column.statistics, is_less, column);
  }
  return statistics;
}

}  // namespace stedi
