// Encodes one column of one row group: takes its values, then returns its compressed pages. It uses
// a dictionary if there are few distinct values, DELTA_BINARY_PACKED for other integers, and PLAIN
// for the rest.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "iceberg/data_file.h"
#include "iceberg/schema.h"
#include "parquet/growing_array.h"
#include "parquet/number_dictionary.h"
#include "parquet/plain_value.h"
#include "parquet/text_dictionary.h"

struct ZSTD_CCtx_s;

namespace stedi {

// The numbers are those of Parquet's Thrift definition.
enum class Encoding : int32_t { kPlain = 0, kRle = 3, kDeltaBinaryPacked = 5, kRleDictionary = 8 };
enum class Codec : int32_t { kUncompressed = 0, kZstd = 6 };

// Compresses with zstd. One thread at a time.
class PageCompressor {
 public:
  PageCompressor();
  ~PageCompressor();
  PageCompressor(const PageCompressor&) = delete;
  PageCompressor& operator=(const PageCompressor&) = delete;

  // The result is valid until the next call of any function. Throws kInternal when zstd fails.
  std::string_view Compress(std::string_view bytes);
  // Guesses, from a part of the bytes, whether compressing them is worth it.
  bool Shrinks(std::string_view bytes);

 private:
  ZSTD_CCtx_s* context_;
  std::vector<char> compressed_;
};

struct EncodedColumn {
  std::string pages;    // with their headers: the dictionary page, if any, and the data page
  std::string headers;  // of these pages, without their contents
  size_t dictionary_bytes = 0;     // how much of `pages` is the dictionary page
  int64_t uncompressed_bytes = 0;  // with headers
  Encoding encoding = Encoding::kPlain;
  Codec codec = Codec::kZstd;  // of `pages`
  int64_t value_count = 0;     // with NULLs
  bool has_nan = false;
  ColumnStatistics statistics;  // min and max (plain_value.h) only if bounds are wanted
};

class ColumnEncoder {
 public:
  // Without `has_bounds`, the encoded columns have no min and max.
  ColumnEncoder(const IcebergType& type, bool has_bounds);

  // Adds the next value of a type that is handled as numbers (IsNumber); `word` is that of
  // PlainNumber. AddTexts takes values of all other types.
  void AddNumber(int64_t word) {
    numbers_.Add(word);
    AddLevels(1);
  }
  // Adds `count` numbers, none of them NULL: word_of(0), word_of(1) and so on.
  template <class WordOf>
  void AddNumbers(size_t count, const WordOf& word_of) {
    int64_t* out = numbers_.Extend(count);
    for (size_t i = 0; i < count; ++i) out[i] = word_of(i);
    AddLevels(count);
  }
  // Adds the next texts, none of them NULL.
  void AddTexts(std::span<const std::string_view> texts);
  void AddNull();

  // The size in bytes of the distinct texts that were added since the last Finish().
  size_t text_bytes() const { return texts_.bytes(); }

  // Returns everything that was added since the last call. Throws kUnavailable when a page would be
  // larger than 2 GB.
  EncodedColumn Finish(PageCompressor& compressor);

 private:
  // Adds the definition levels of `count` values that are not NULL.
  void AddLevels(size_t count) {
    rows_ += static_cast<int64_t>(count);
    if (!levels_.empty()) levels_.resize(levels_.size() + count, 1);
  }
  bool EncodeDictionary(std::string& dictionary, std::string& values);
  Encoding EncodeValues(std::string& values) const;
  void AppendDictionary(std::string& out) const;
  void AppendPlain(std::string& out) const;
  size_t DictionarySize() const;
  void FindNumberBounds(std::span<const int64_t> numbers, EncodedColumn& column) const;
  void FindTextBounds(EncodedColumn& column) const;

  IcebergType type_;
  PhysicalType physical_;
  bool has_bounds_;
  int64_t rows_ = 0;
  int64_t nulls_ = 0;
  std::vector<uint32_t> levels_;   // definition levels, one per row; empty while there is no NULL
  GrowingArray<int64_t> numbers_;  // without NULLs
  NumberDictionary number_dictionary_;
  TextDictionary texts_;
  GrowingArray<uint32_t> indices_;  // into texts_, without NULLs
  size_t text_bytes_ = 0;           // of all added texts, repeated ones too
};

inline void ColumnEncoder::AddNull() {
  if (levels_.empty()) levels_.assign(static_cast<size_t>(rows_), 1);
  levels_.push_back(0);
  ++rows_;
  ++nulls_;
}

}  // namespace stedi
