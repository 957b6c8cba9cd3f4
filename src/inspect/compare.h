// Whether two lakes hold the same tables: row counts and order-independent 128-bit checksums of
// every column and of whole rows; where they differ, which columns and which rows. Equal = the same
// multiset of rows, columns matched by name. Numbers are equal when their bits are, but -0.0 = 0.0
// and NaN = NaN.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stedi {

struct CompareOptions {
  std::filesystem::path lake_a;
  std::filesystem::path lake_b;
  std::filesystem::path catalog_a;  // empty: <lake>/catalog.db
  std::filesystem::path catalog_b;
  std::string database;                                  // of both; empty: each lake's own choice
  std::vector<std::string> tables;                       // empty: all
  std::map<std::string, std::vector<std::string>> keys;  // table -> columns that name a row
  uint64_t rows = 5;                                     // differing keys to show a table
};

struct ColumnComparison {
  std::string name;
  std::string type_a;  // of Iceberg; empty: the column is not there
  std::string type_b;
  std::string checksum_a;  // 32 hexadecimal digits; empty where types differ
  std::string checksum_b;
  bool is_equal() const { return type_a == type_b && checksum_a == checksum_b; }
};

using NamedValues = std::vector<std::pair<std::string, std::optional<std::string>>>;

// A row that one lake has `count` times more often than the other.
struct SurplusRow {
  int64_t count = 0;
  NamedValues values;  // of the columns that both have
};

// The differing rows of one key. Personal data is masked.
struct KeyDifference {
  NamedValues key;
  int64_t rows_a = 0;  // more often in A than in B
  int64_t rows_b = 0;
  std::vector<SurplusRow> a;  // of many rows the first
  std::vector<SurplusRow> b;
  std::vector<std::string> columns;  // that differ, where each lake has one row
};

struct TableComparison {
  std::string table;
  bool in_a = true;
  bool in_b = true;
  int64_t rows_a = 0;
  int64_t rows_b = 0;
  std::string checksum_a;  // of whole rows
  std::string checksum_b;
  std::vector<ColumnComparison> columns;  // in A's order, then those of B alone
  std::vector<std::string> left_out;      // columns that are not compared
  int64_t only_in_a = 0;                  // rows
  int64_t only_in_b = 0;
  std::vector<KeyDifference> differing;  // the first by key
  bool is_equal() const;
};

struct LakesComparison {
  std::string database_a;
  std::string database_b;
  std::vector<TableComparison> tables;
  bool is_equal() const;
};

// Changes nothing in either lake. `on_table` is told each table when it is done. Throws kNotFound
// when a lake, its database or an asked-for table is not there; kInvalid when a table cannot be
// read, or when a key names an unknown column.
LakesComparison CompareLakes(const CompareOptions& options,
                             const std::function<void(const TableComparison&)>& on_table);

}  // namespace stedi
