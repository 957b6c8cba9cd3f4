// Tells whether two lakes hold the same tables, by their row counts and by order-independent
// 128-bit checksums of every column and of whole rows. Where tables differ, tells which columns and
// which rows. Equal tables have the same multiset of rows; columns are matched by name. Numbers are
// equal when their bits are, but -0.0 = 0.0 and NaN = NaN.
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
  std::string database;                                  // of both; empty: as FindLake chooses
  std::vector<std::string> tables;                       // empty: all
  std::map<std::string, std::vector<std::string>> keys;  // table -> columns that identify a row
  uint64_t rows = 5;                                     // number of differing keys shown per table
};

struct ColumnComparison {
  std::string name;
  std::string type_a;  // the Iceberg type; empty: the lake's table has no such column
  std::string type_b;
  std::string checksum_a;  // 32 hexadecimal digits; empty where types differ
  std::string checksum_b;
  bool is_equal() const { return type_a == type_b && checksum_a == checksum_b; }
};

using NamedValues = std::vector<std::pair<std::string, std::optional<std::string>>>;

// A row that one lake has `count` times more often than the other.
struct SurplusRow {
  int64_t count = 0;
  NamedValues values;  // of the columns that have one type in both lakes
};

// The differing rows of one key. Personal data is masked.
struct KeyDifference {
  NamedValues key;
  int64_t rows_a = 0;  // that A has and B lacks
  int64_t rows_b = 0;
  std::vector<SurplusRow> a;  // only the first ones, if there are many
  std::vector<SurplusRow> b;
  std::vector<std::string> columns;  // that differ; only if each lake has one row
};

struct TableComparison {
  std::string table;
  bool in_a = true;
  bool in_b = true;
  int64_t rows_a = 0;
  int64_t rows_b = 0;
  std::string checksum_a;  // of whole rows
  std::string checksum_b;
  std::vector<ColumnComparison> columns;  // in A's order, then those that only B has
  std::vector<std::string> left_out;      // columns that are not compared
  int64_t only_in_a = 0;                  // rows
  int64_t only_in_b = 0;
  std::vector<KeyDifference> differing;  // the first ones in the order of keys
  bool is_equal() const;
};

struct LakesComparison {
  std::string database_a;
  std::string database_b;
  std::vector<TableComparison> tables;
  bool is_equal() const;
};

// Changes nothing in either lake. `on_table` is called with each table when it is done. Throws
// kNotFound when a lake, its database or a requested table does not exist; kInvalid when a table
// cannot be read, or when a key names an unknown column.
LakesComparison CompareLakes(const CompareOptions& options,
                             const std::function<void(const TableComparison&)>& on_table);

}  // namespace stedi
