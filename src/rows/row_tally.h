// Looks at each row that flows through a statement: counts it, adds its hash to a checksum, and, if
// asked, lets only the first of equal rows pass (rows/row_set.h tells how, in bounded memory). So a
// table's checksum costs no second reading, and DISTINCT no hash table of whole rows.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "database/database.h"
#include "rows/row_set.h"

namespace stedi {

// The multiset of a table's rows as a value: 128 bits that do not depend on their order, and their
// number. Sums modulo 2^64: unlike xor they tell how often a row occurs.
struct TableChecksum {
  int64_t rows = 0;
  uint64_t low = 0;
  uint64_t high = 0;

  TableChecksum& operator+=(const TableChecksum& other);
  TableChecksum& operator-=(const TableChecksum& other);
  bool operator==(const TableChecksum&) const = default;
};
std::string ToString(const TableChecksum& checksum);
// Of what ToString gave; nothing of anything else.
std::optional<TableChecksum> ParseTableChecksum(const std::string& text);

class RowTally {
 public:
  RowTally() = default;
  // Drops rows that came before, in at most about `set_bytes_max` bytes of memory. Where these are
  // too few for all rows, rows are dropped that did not come before either, and all must come once
  // more (NextPass); `again` says whether the statement can be run again with the same rows. What
  // is known meanwhile is kept in files in `folder`, which exists.
  enum class Again { kCannot, kCan };
  RowTally(uint64_t set_bytes_max, Again again, std::filesystem::path folder)
      : set_(std::in_place, set_bytes_max, std::move(folder)), again_(again) {}
  RowTally(const RowTally&) = delete;
  RowTally& operator=(const RowTally&) = delete;

  // Sets for each row of `chunk` whether it passes. The checksum takes in the columns in their
  // order, but `first` before the others. Any thread. Throws kUnavailable when the set of distinct
  // rows would take too much memory.
  void LookAt(duckdb_data_chunk chunk, bool* passes, size_t first = 0);

  // When all rows were looked at: whether they must all come once more, so that those pass that
  // were dropped for lack of room. Throws kUnavailable when that would take too many passes.
  bool NextPass();

  // Of the rows that passed.
  TableChecksum checksum() const { return {rows_, low_, high_}; }
  // Whether one of them failed because the set of distinct rows took too much memory.
  bool out_of_room() const { return out_of_room_; }

 private:
  [[noreturn]] void ThrowOutOfRoom();

  std::optional<RowSet> set_;
  Again again_ = Again::kCannot;
  RowSeed set_seed_ = RandomRowSeed();
  std::atomic<int64_t> rows_ = 0;
  std::atomic<uint64_t> low_ = 0;
  std::atomic<uint64_t> high_ = 0;
  std::atomic<bool> out_of_room_ = false;
};

// Which of a table's columns its checksum takes in first: of a landing table the name of the file,
// which all rows of a file share, so that its hash is made once; of all others the first.
size_t FirstOfChecksum(std::span<const std::string> columns);

// Of the rows of `select`, whose columns are `columns`, all of a table's in their order.
TableChecksum ChecksumOf(Connection& connection, const std::string& select,
                         std::vector<std::string> columns);

}  // namespace stedi
