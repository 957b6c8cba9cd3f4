#include "rows/row_tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>

#include "database/string_cell.h"
#include "iceberg/identifiers.h"
#include "landing/contract.h"

namespace stedi {
namespace {

constexpr RowSeed kChecksumSeed = {0x7374656469206C6F,
                                   0x7374656469206869};  // "stedi lo", "stedi hi"
constexpr idx_t kBitsPerWord = 64;

// Returns bits that are equal for equal values: there is one zero and one NaN.
template <class Float, class Word>
uint64_t CanonicalBits(Word bits) {
  const auto value = std::bit_cast<Float>(bits);
  if (value == 0) return 0;
  return std::isnan(value) ? std::bit_cast<Word>(std::numeric_limits<Float>::quiet_NaN()) : bits;
}

// Remembers the last string and the hash that it gave: in sorted rows the same string is often
// added to the same hash many times in a row.
class LastText {
 public:
  void Add(RowHash& row, const duckdb_string_t& cell) {
    static_assert(sizeof(duckdb_string_t) == sizeof(words_));
    std::array<uint64_t, 2> words;
    std::memcpy(words.data(), &cell, sizeof words);
    if (row == before_ && words == words_ && is_set_) {
      row = after_;
      return;
    }
    before_ = row;
    words_ = words;
    is_set_ = true;
    // Not through after_: loading a hash as a whole is slow right after it was stored word by word.
    const RowHash after = WithBytes(row, TextOf(cell));
    after_ = after;
    row = after;
  }

 private:
  bool is_set_ = false;
  RowHash before_;
  RowHash after_;
  std::array<uint64_t, 2> words_{};  // of the cell: in one vector, equal cells are equal texts
};

// Calls `add(row, i)` for each row that has a value, and adds NULL to the others.
template <class Add>
void AddColumn(duckdb_vector vector, std::span<RowHash> rows, const Add& add) {
  const uint64_t* validity = duckdb_vector_get_validity(vector);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (validity == nullptr || ((validity[i / kBitsPerWord] >> (i % kBitsPerWord)) & 1) != 0) {
      add(rows[i], i);
    } else {
      AddNull(rows[i]);
    }
  }
}

template <class Word>
void AddWords(duckdb_vector vector, std::span<RowHash> rows) {
  const auto* values = static_cast<const Word*>(duckdb_vector_get_data(vector));
  AddColumn(vector, rows, [&](RowHash& row, size_t i) {
    AddWord(row, static_cast<uint64_t>(static_cast<int64_t>(values[i])));
  });
}

template <class Float, class Word>
void AddFloats(duckdb_vector vector, std::span<RowHash> rows) {
  const auto* bits = static_cast<const Word*>(duckdb_vector_get_data(vector));
  AddColumn(vector, rows,
            [&](RowHash& row, size_t i) { AddWord(row, CanonicalBits<Float>(bits[i])); });
}

void AddVector(duckdb_vector vector, std::span<RowHash> rows) {
  duckdb_logical_type type = duckdb_vector_get_column_type(vector);
  duckdb_type id = duckdb_get_type_id(type);
  if (id == DUCKDB_TYPE_DECIMAL) id = duckdb_decimal_internal_type(type);
  duckdb_destroy_logical_type(&type);
  switch (id) {
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_BLOB: {
      const auto* cells = static_cast<const duckdb_string_t*>(duckdb_vector_get_data(vector));
      LastText last;
      return AddColumn(vector, rows, [&](RowHash& row, size_t i) { last.Add(row, cells[i]); });
    }
    case DUCKDB_TYPE_DOUBLE:
      return AddFloats<double, uint64_t>(vector, rows);
    case DUCKDB_TYPE_FLOAT:
      return AddFloats<float, uint32_t>(vector, rows);
    case DUCKDB_TYPE_BOOLEAN:
      return AddWords<int8_t>(vector, rows);
    case DUCKDB_TYPE_SMALLINT:
      return AddWords<int16_t>(vector, rows);
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_DATE:
      return AddWords<int32_t>(vector, rows);
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return AddWords<int64_t>(vector, rows);
    case DUCKDB_TYPE_HUGEINT: {
      const auto* values = static_cast<const duckdb_hugeint*>(duckdb_vector_get_data(vector));
      return AddColumn(vector, rows, [&](RowHash& row, size_t i) {
        AddWord(row, values[i].lower);
        AddWord(row, static_cast<uint64_t>(values[i].upper));
      });
    }
    default:
      throw Error(ErrorCode::kInternal, fmt::format("a row hash of DuckDB's type {}", int{id}));
  }
}

std::vector<RowHash> HashesOf(duckdb_data_chunk chunk, const RowSeed& seed, idx_t first) {
  std::vector<RowHash> hashes(duckdb_data_chunk_get_size(chunk), seed);
  AddVector(duckdb_data_chunk_get_vector(chunk, first), hashes);
  for (idx_t i = 0; i < duckdb_data_chunk_get_column_count(chunk); ++i) {
    if (i != first) AddVector(duckdb_data_chunk_get_vector(chunk, i), hashes);
  }
  for (RowHash& hash : hashes) hash = Finished(hash);
  return hashes;
}

}  // namespace

TableChecksum& TableChecksum::operator+=(const TableChecksum& other) {
  rows += other.rows;
  low += other.low;
  high += other.high;
  return *this;
}

TableChecksum& TableChecksum::operator-=(const TableChecksum& other) {
  rows -= other.rows;
  low -= other.low;
  high -= other.high;
  return *this;
}

std::string ToString(const TableChecksum& checksum) {
  return fmt::format("{}:{:016x}{:016x}", checksum.rows, checksum.low, checksum.high);
}

std::optional<TableChecksum> ParseTableChecksum(const std::string& text) {
  constexpr size_t kWordDigits = 16;
  constexpr int kHex = 16;
  TableChecksum checksum;
  const size_t colon = std::min(text.find(':'), text.size());
  const char* rows_end = text.data() + colon;
  std::from_chars(text.data(), rows_end, checksum.rows);
  if (text.size() != colon + 1 + 2 * kWordDigits) return std::nullopt;
  const char* middle = rows_end + 1 + kWordDigits;
  std::from_chars(rows_end + 1, middle, checksum.low, kHex);
  std::from_chars(middle, middle + kWordDigits, checksum.high, kHex);
  if (ToString(checksum) != text) return std::nullopt;
  return checksum;
}

void RowTally::Process(duckdb_data_chunk chunk, bool* passes, size_t first) {
  const size_t size = duckdb_data_chunk_get_size(chunk);
  std::fill_n(passes, size, true);
  if (set_.has_value()) {
    set_->Insert(HashesOf(chunk, set_seed_, first), {passes, size});
    if (rerun_ == Rerun::kImpossible && set_->has_deferred()) ThrowOutOfRoom();
  }
  const std::vector<RowHash> hashes = HashesOf(chunk, kChecksumSeed, first);
  TableChecksum sum;
  for (size_t i = 0; i < size; ++i) {
    if (passes[i]) sum += TableChecksum{1, hashes[i].low, hashes[i].high};
  }
  rows_ += sum.rows;
  low_ += sum.low;
  high_ += sum.high;
}

bool RowTally::NextPass() {
  const RowSet::Progress progress = set_->NextPass();
  if (progress == RowSet::Progress::kTooFew) ThrowOutOfRoom();
  return progress == RowSet::Progress::kAgain;
}

void RowTally::ThrowOutOfRoom() {
  out_of_room_ = true;
  throw Error(ErrorCode::kUnavailable, "too many distinct rows for the memory that is left");
}

namespace {
void OnChunk(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  try {
    auto* tally = static_cast<RowTally*>(duckdb_scalar_function_get_extra_info(info));
    tally->Process(input, static_cast<bool*>(duckdb_vector_get_data(output)));
  } catch (const std::exception& error) {
    duckdb_scalar_function_set_error(info, error.what());
  }
}
}  // namespace

size_t FirstOfChecksum(std::span<const std::string> columns) {
  const auto find = [&](const char* name) { return std::ranges::find(columns, name); };
  const bool is_landing =
      find(kOffsetColumn) != columns.end() && find(kRescuedColumn) != columns.end();
  const auto file = find(kFileColumn);
  if (!is_landing || file == columns.end()) return 0;
  return static_cast<size_t>(file - columns.begin());
}

TableChecksum ChecksumOf(Connection& connection, const std::string& select,
                         std::vector<std::string> columns) {
  RowTally tally;
  const std::string function = "tally_" + NewUuid();
  const auto first = columns.begin() + static_cast<ptrdiff_t>(FirstOfChecksum(columns));
  std::rotate(columns.begin(), first, first + 1);
  RegisterFunction(connection, function, {DUCKDB_TYPE_ANY, DUCKDB_TYPE_BOOLEAN, &tally, OnChunk});
  connection.Execute(SelectDropped(function, select, columns));
  return tally.checksum();
}

}  // namespace stedi
