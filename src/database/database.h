// DuckDB as a value: RAII over its C API. Only this folder includes duckdb.h.
#pragma once

#include <duckdb.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "database/sql_error.h"

namespace stedi {

// A bound parameter. std::monostate = NULL.
struct Blob {
  std::string bytes;
};
using SqlValue = std::variant<std::monostate, std::string, int64_t, double, Blob>;

using TextRow = std::vector<std::optional<std::string>>;

// The rows of a finished statement. It can be moved, not copied.
class Result {
 public:
  Result() = default;
  explicit Result(duckdb_result result) : result_(result) {}
  Result(Result&& other) noexcept : result_(other.result_) { other.result_ = {}; }
  Result& operator=(Result&& other) noexcept;
  Result(const Result&) = delete;
  ~Result() { duckdb_destroy_result(&result_); }

  size_t column_count() { return duckdb_column_count(&result_); }
  std::string column_name(size_t column) { return duckdb_column_name(&result_, column); }
  duckdb_type column_type(size_t column) { return duckdb_column_type(&result_, column); }
  duckdb_result& handle() { return result_; }
  // All remaining rows as text. Columns must be VARCHAR, a whole number type, DOUBLE or BOOLEAN:
  // cast the others in the statement. Throws kInternal for other types.
  std::vector<TextRow> Rows();
  // The next rows (up to 2,048) as text; empty at the end.
  std::vector<TextRow> NextRows();

 private:
  duckdb_result result_{};
};

struct DatabaseOptions {
  int threads = 0;                    // 0 = all
  uint64_t memory_bytes = 0;          // 0 = four fifths of the machine's
  std::filesystem::path temp_folder;  // for spilled rows: below the lake, 0700; empty = no spilling
  bool preserve_order = true;
};

class Database;

// One statement at a time. Throws SqlError (kInvalid for the statement's own faults, kUnavailable
// for I/O and memory, kCancelled when interrupted).
class Connection {
 public:
  explicit Connection(Database& database);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Result Query(const std::string& sql, const std::vector<SqlValue>& parameters = {});
  // Parses and binds `sql` without running it, so that messages about its mistakes quote its own
  // words. Throws SqlError, and kInvalid also when it is not one SELECT.
  void CheckSelect(const std::string& sql);
  void Execute(const std::string& sql, const std::vector<SqlValue>& parameters = {});
  // The single value of the single row, as text. NULL = nothing.
  std::optional<std::string> Scalar(const std::string& sql,
                                    const std::vector<SqlValue>& parameters = {});
  int64_t Integer(const std::string& sql, const std::vector<SqlValue>& parameters = {});
  duckdb_connection handle() const { return connection_; }

 private:
  duckdb_connection connection_ = nullptr;
};

// A scalar function. It is called for each chunk of rows, including those with NULLs.
struct ScalarFunction {
  duckdb_type parameter = DUCKDB_TYPE_ANY;  // any number of any
  duckdb_type result = DUCKDB_TYPE_BOOLEAN;
  void* state = nullptr;  // what duckdb_scalar_function_get_extra_info gives
  duckdb_scalar_function_t function = nullptr;
  duckdb_scalar_function_init_t init = nullptr;  // for each thread that calls it
  // DuckDB leaves a volatile function where it is written and calls it for every row. Otherwise it
  // may call it for the values of a dictionary instead of those of the rows.
  bool is_volatile = true;
};

// Registers the function in the connection's database.
void RegisterFunction(Connection& connection, const std::string& name, const ScalarFunction& one);

// A statement that hands all rows of `select` (its columns: `columns`) to the function `name`, in
// the order of its ORDER BY if it has one, and returns those for which it gives false. The
// function's result is a column of its own, with the filter above it, because DuckDB does not push
// a filter on a volatile column down below joins, where the rows are others.
std::string SelectDropped(const std::string& name, const std::string& select,
                          const std::vector<std::string>& columns);

std::string_view DuckdbVersion();  // "v1.4.2"

class Database {
 public:
  explicit Database(const DatabaseOptions& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Loads "<folder of the executable>/extensions/<name>.duckdb_extension" once. Throws
  // kUnavailable.
  void LoadExtension(Connection& connection, std::string_view name);
  duckdb_database handle() const { return database_; }

 private:
  duckdb_database database_ = nullptr;
  std::mutex mutex_;
  std::vector<std::string> loaded_;
};

std::string QuoteLiteral(std::string_view text);                // 'it''s'
std::string QuoteLiterals(const std::set<std::string>& texts);  // 'a', 'b'
std::string QuoteIdentifier(std::string_view name);             // "name"

// Interrupts every statement that runs now and refuses the next ones with kCancelled; for the
// thread that waits for signals. Not async-signal-safe.
void CancelStatements();
bool StatementsCancelled();
// How long to wait until they end: a statement that waits for a network cannot be interrupted.
std::chrono::milliseconds StopPatience();
void ExpectNetworkWaits();  // from now on: StopPatience is shorter then
// Throws Error(kCancelled) after CancelStatements().
void ThrowIfCancelled();

}  // namespace stedi
