// Sees each row that a statement produces: counts it, adds its hash to a checksum and, if asked to,
// lets only the first of equal rows pass, in bounded memory (rows/row_set.h). So a table's checksum
// needs no second read of the table, and DISTINCT needs no hash table of whole rows.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "database/scalar_function.h"
#include "rows/row_set.h"

namespace stedi {

// The checksum of a table's rows as a multiset: the number of rows, and 128 bits that do not depend
// on their order. `low` and `high` are sums modulo 2^64 over the hashes of the rows: unlike XOR,
// they change with how often a row occurs.
struct TableChecksum {
  int64_t rows = 0;
  uint64_t low = 0;
  uint64_t high = 0;

  TableChecksum& operator+=(const TableChecksum& other);
  TableChecksum& operator-=(const TableChecksum& other);
  bool operator==(const TableChecksum&) const = default;
};
std::string ToString(const TableChecksum& checksum);
// Parses what ToString returned. Returns nothing for any other text.
std::optional<TableChecksum> ParseTableChecksum(const std::string& text);

class RowTally {
 public:
  RowTally() = default;
  // Drops repeated rows, in at most about `set_bytes_max` bytes of memory. If that is too little
  // for all distinct rows, the overflow is dropped, too, and deferred to another pass over all rows
  // (NextPass). `rerun` says whether the statement can be run again with the same rows. What must
  // be remembered between passes is kept in files in `folder`, which must exist.
  enum class Rerun { kImpossible, kPossible };
  RowTally(uint64_t set_bytes_max, Rerun rerun, std::filesystem::path folder)
      : set_(std::in_place, set_bytes_max, std::move(folder)), rerun_(rerun) {}
  RowTally(const RowTally&) = delete;
  RowTally& operator=(const RowTally&) = delete;

  // Sets passes[i] to whether row i of `chunk` passes. A row's hash takes the columns in their
  // order, except that the column `first` comes before all others. Any thread. Throws kUnavailable
  // when the distinct rows need too much memory and the statement cannot be run again.
  void Process(duckdb_data_chunk chunk, bool* passes, size_t first = 0);

  // To be called when all rows have come. Returns whether they must all come again, so that those
  // pass which were deferred. Throws kUnavailable when that would take too many passes. REQUIRES:
  // the tally drops repeated rows.
  bool NextPass();

  // The checksum of the rows that have passed, in all passes so far.
  TableChecksum checksum() const { return {rows_, low_, high_}; }
  // Whether one of the functions above threw because the distinct rows need too much memory.
  bool out_of_room() const { return out_of_room_; }

 private:
  [[noreturn]] void ThrowOutOfRoom();

  std::optional<RowSet> set_;
  Rerun rerun_ = Rerun::kImpossible;
  RowSeed set_seed_ = RandomRowSeed();
  std::atomic<int64_t> rows_ = 0;
  std::atomic<uint64_t> low_ = 0;
  std::atomic<uint64_t> high_ = 0;
  std::atomic<bool> out_of_room_ = false;
};

// Returns the index of the column that a table's checksum takes first. For a landing table that is
// the name of the file: all rows of a file share it, so it is hashed only once. For all other
// tables it is 0.
size_t FirstOfChecksum(std::span<const std::string> columns);

// Computes the checksum of the rows of `select`, which has the columns `columns`: all columns of a
// table, in the table's order.
TableChecksum ChecksumOf(Connection& connection, const std::string& select,
                         std::vector<std::string> columns);

}  // namespace stedi
