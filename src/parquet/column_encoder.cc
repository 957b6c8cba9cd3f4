#include "parquet/column_encoder.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "parquet/crc32.h"
#include "parquet/encodings.h"
#include "parquet/thrift_writer.h"

namespace stedi {
namespace {

// Below zero, zstd stores bytes that are not part of a match as they are. That gives a tenth more
// bytes than level 1, in two thirds of its time (docs/performance.md).
constexpr int kZstdLevel = -1;
constexpr int kLevelBits = 1;
enum class PageType : int32_t { kData = 0, kDictionary = 2 };

// The bit width of an index into `values` values.
int IndexBits(size_t values) {
  return values < 2 ? 0 : static_cast<int>(std::bit_width(values - 1));
}

bool IsWhole(PhysicalType type) {
  return type == PhysicalType::kInt32 || type == PhysicalType::kInt64;
}

size_t WidthOf(PhysicalType type) {
  return type == PhysicalType::kInt32 || type == PhysicalType::kFloat ? sizeof(int32_t)
                                                                      : sizeof(int64_t);
}

void AppendNumbers(PhysicalType type, std::span<const int64_t> numbers, std::string& out) {
  if (type == PhysicalType::kBoolean) return AppendBits(numbers, out);
  const size_t width = WidthOf(type);
  const size_t begin = out.size();
  out.resize(begin + numbers.size() * width);
  char* at = out.data() + begin;
  for (const int64_t number : numbers) {
    std::memcpy(at, &number, width);  // little-endian: the first bytes are the low ones
    at += width;
  }
}

void AppendText(PhysicalType type, std::string_view text, std::string& out) {
  if (type == PhysicalType::kByteArray) {
    const auto size = static_cast<uint32_t>(text.size());
    out.append(reinterpret_cast<const char*>(&size), sizeof size);
  }
  out += text;
}

struct Page {
  PageType type = PageType::kData;
  Encoding encoding = Encoding::kPlain;
  int64_t value_count = 0;
  std::string bytes;
};

void CheckSize(size_t bytes) {
  if (bytes <= std::numeric_limits<int32_t>::max()) return;
  throw Error(ErrorCode::kUnavailable,
              fmt::format("a page of a Parquet file would take {} bytes, more than 2 GB: the texts "
                          "of a column are too long",
                          bytes));
}

// Appends a page: its PageHeader, and its contents as they are `stored`.
void AppendPage(const Page& page, std::string_view stored, EncodedColumn& column) {
  std::string header;
  ThriftWriter thrift(header);
  thrift.I32(1, static_cast<int32_t>(page.type));
  thrift.I32(2, static_cast<int32_t>(page.bytes.size()));
  thrift.I32(3, static_cast<int32_t>(stored.size()));
  thrift.I32(4, static_cast<int32_t>(CrcOf(stored)));
  if (page.type == PageType::kData) {
    thrift.BeginStruct(5);
    thrift.I32(1, static_cast<int32_t>(page.value_count));
    thrift.I32(2, static_cast<int32_t>(page.encoding));
    thrift.I32(3, static_cast<int32_t>(Encoding::kRle));  // of definition levels
    thrift.I32(4, static_cast<int32_t>(Encoding::kRle));  // of repetition levels: there are none
  } else {
    thrift.BeginStruct(7);
    thrift.I32(1, static_cast<int32_t>(page.value_count));
    thrift.I32(2, static_cast<int32_t>(page.encoding));
  }
  thrift.EndStruct();
  thrift.EndStruct();
  column.headers += header;
  column.pages += header;
  column.pages += stored;
  column.uncompressed_bytes += static_cast<int64_t>(header.size() + page.bytes.size());
  if (page.type == PageType::kDictionary) column.dictionary_bytes = column.pages.size();
}

// Appends the definition levels, with their length in bytes before them.
void AppendLevels(const std::vector<uint32_t>& levels, int64_t rows, std::string& out) {
  const size_t begin = out.size();
  out.append(sizeof(uint32_t), '\0');
  if (levels.empty()) {
    AppendRleRun(1, static_cast<size_t>(rows), kLevelBits, out);
  } else {
    AppendRleHybrid(levels, kLevelBits, out);
  }
  const auto size = static_cast<uint32_t>(out.size() - begin - sizeof(uint32_t));
  std::memcpy(out.data() + begin, &size, sizeof size);
}

template <class Value, class Read>
void FindBounds(std::span<const int64_t> numbers, PhysicalType type, EncodedColumn& column,
                const Read& read) {
  std::optional<int64_t> least;
  std::optional<int64_t> greatest;
  for (const int64_t number : numbers) {
    const Value value = read(number);
    if constexpr (std::is_floating_point_v<Value>) {
      if (std::isnan(value)) {
        column.has_nan = true;
        continue;
      }
    }
    if (!least || value < read(*least)) least = number;
    if (!greatest || read(*greatest) < value) greatest = number;
  }
  if (!least) return;
  column.statistics.min = PlainNumber(type, *least);
  column.statistics.max = PlainNumber(type, *greatest);
}

}  // namespace

PageCompressor::PageCompressor() : context_(ZSTD_createCCtx()) {
  if (context_ == nullptr) throw Error(ErrorCode::kUnavailable, "no memory for zstd");
}
PageCompressor::~PageCompressor() { ZSTD_freeCCtx(context_); }

std::string_view PageCompressor::Compress(std::string_view bytes) {
  const size_t bound = ZSTD_compressBound(bytes.size());
  if (compressed_.size() < bound) compressed_.resize(bound);
  const size_t size = ZSTD_compressCCtx(context_, compressed_.data(), compressed_.size(),
                                        bytes.data(), bytes.size(), kZstdLevel);
  if (ZSTD_isError(size) != 0) {
    throw Error(ErrorCode::kInternal, fmt::format("zstd: {}", ZSTD_getErrorName(size)));
  }
  return {compressed_.data(), size};
}

bool PageCompressor::Shrinks(std::string_view bytes) {
  constexpr size_t kPartBytes = 32 << 10;
  constexpr size_t kHundred = 100, kWorthPercent = 60;
  if (bytes.size() < 2 * kPartBytes) return true;
  const std::string_view part = bytes.substr((bytes.size() - kPartBytes) / 2, kPartBytes);
  return Compress(part).size() * kHundred < part.size() * kWorthPercent;
}

ColumnEncoder::ColumnEncoder(const IcebergType& type, bool has_bounds)
    : type_(type), physical_(PhysicalTypeOf(type)), has_bounds_(has_bounds) {}

void ColumnEncoder::AddTexts(std::span<const std::string_view> texts) {
  texts_.Add(texts, indices_.Extend(texts.size()));
  for (const std::string_view text : texts) text_bytes_ += text.size();
  AddLevels(texts.size());
}

size_t ColumnEncoder::DictionarySize() const {
  return IsNumber(physical_) ? number_dictionary_.values().size() : texts_.size();
}

void ColumnEncoder::AppendDictionary(std::string& out) const {
  if (IsNumber(physical_)) return AppendNumbers(physical_, number_dictionary_.values(), out);
  for (uint32_t i = 0; i < texts_.size(); ++i) AppendText(physical_, texts_.At(i), out);
}

void ColumnEncoder::AppendPlain(std::string& out) const {
  if (IsNumber(physical_)) return AppendNumbers(physical_, numbers_.all(), out);
  for (const uint32_t index : indices_.all()) AppendText(physical_, texts_.At(index), out);
}

// Returns false if there are too many distinct values for a dictionary to be smaller.
bool ColumnEncoder::EncodeDictionary(std::string& dictionary, std::string& values) {
  const bool is_number = IsNumber(physical_);
  const size_t count = is_number ? numbers_.size() : indices_.size();
  if (count == 0 || physical_ == PhysicalType::kBoolean) return false;
  if (is_number && !number_dictionary_.Build(numbers_.all(), count / 2)) return false;
  const int bits = IndexBits(DictionarySize());
  if (!is_number) {
    const size_t index_bytes = count * static_cast<size_t>(bits) / 8;
    if (texts_.bytes() + index_bytes >= text_bytes_) return false;
  }
  AppendDictionary(dictionary);
  values += static_cast<char>(bits);
  AppendRleHybrid(is_number ? number_dictionary_.indices() : indices_.all(), bits, values);
  return true;
}

Encoding ColumnEncoder::EncodeValues(std::string& values) const {
  if (numbers_.empty() || !IsWhole(physical_)) {
    AppendPlain(values);
    return Encoding::kPlain;
  }
  if (physical_ == PhysicalType::kInt64) {
    AppendDelta<int64_t>(numbers_.all(), values);
  } else {
    const std::span<const int64_t> wide = numbers_.all();
    const std::vector<int32_t> narrow(wide.begin(), wide.end());
    AppendDelta<int32_t>(narrow, values);
  }
  return Encoding::kDeltaBinaryPacked;
}

void ColumnEncoder::FindNumberBounds(std::span<const int64_t> numbers,
                                     EncodedColumn& column) const {
  if (physical_ == PhysicalType::kDouble) {
    return FindBounds<double>(numbers, physical_, column,
                              [](int64_t word) { return std::bit_cast<double>(word); });
  }
  if (physical_ == PhysicalType::kFloat) {
    return FindBounds<float>(numbers, physical_, column, [](int64_t word) {
      return std::bit_cast<float>(static_cast<int32_t>(word));
    });
  }
  FindBounds<int64_t>(numbers, physical_, column, [](int64_t word) { return word; });
}

void ColumnEncoder::FindTextBounds(EncodedColumn& column) const {
  if (texts_.size() == 0) return;
  uint32_t least = 0;
  uint32_t greatest = 0;
  for (uint32_t i = 1; i < texts_.size(); ++i) {
    if (PlainLess(type_, texts_.At(i), texts_.At(least))) least = i;
    if (PlainLess(type_, texts_.At(greatest), texts_.At(i))) greatest = i;
  }
  column.statistics.min = texts_.At(least);
  column.statistics.max = texts_.At(greatest);
}

EncodedColumn ColumnEncoder::Finish(PageCompressor& compressor) {
  EncodedColumn column;
  column.value_count = rows_;
  column.statistics.null_count = nulls_;
  Page dictionary{PageType::kDictionary, Encoding::kPlain, 0, {}};
  Page data{PageType::kData, Encoding::kRleDictionary, rows_, {}};
  AppendLevels(levels_, rows_, data.bytes);
  const size_t levels = data.bytes.size();
  bool has_dictionary = EncodeDictionary(dictionary.bytes, data.bytes);
  if (has_bounds_ && IsNumber(physical_)) {
    FindNumberBounds(has_dictionary ? number_dictionary_.values() : numbers_.all(), column);
  } else if (has_bounds_) {
    FindTextBounds(column);
  }
  if (!has_dictionary || IsWhole(physical_)) {
    std::string values;
    const Encoding encoding = EncodeValues(values);
    if (!has_dictionary || values.size() < dictionary.bytes.size() + data.bytes.size() - levels) {
      has_dictionary = false;
      data.encoding = encoding;
      data.bytes.replace(levels, std::string::npos, values);
    }
  }
  column.encoding = data.encoding;
  CheckSize(dictionary.bytes.size());
  CheckSize(data.bytes.size());
  // The dictionary indices of measured values are as good as random: no codec makes them smaller.
  const bool shrinks =
      compressor.Shrinks(data.bytes) ||
      (8 * dictionary.bytes.size() > data.bytes.size() && compressor.Shrinks(dictionary.bytes));
  column.codec = shrinks ? Codec::kZstd : Codec::kUncompressed;
  const auto stored = [&](const Page& page) -> std::string_view {
    return column.codec == Codec::kZstd ? compressor.Compress(page.bytes) : page.bytes;
  };
  if (has_dictionary) {
    dictionary.value_count = static_cast<int64_t>(DictionarySize());
    AppendPage(dictionary, stored(dictionary), column);
  }
  AppendPage(data, stored(data), column);
  column.statistics.size_bytes = static_cast<int64_t>(column.pages.size());
  rows_ = nulls_ = 0;
  levels_.clear();
  numbers_.Clear();
  texts_.Clear();
  indices_.Clear();
  text_bytes_ = 0;
  return column;
}

}  // namespace stedi
