// RAII wrappers of DuckDB's C API. Only this folder includes duckdb.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "database/sql_error.h"

// DuckDB's handles, declared here so that code which only runs statements does not see its C API.
struct _duckdb_connection;  // NOLINT(bugprone-reserved-identifier): DuckDB's name
struct _duckdb_database;    // NOLINT(bugprone-reserved-identifier): DuckDB's name

namespace stedi {

struct Blob {
  std::string bytes;
};
// A bound parameter. std::monostate is NULL.
using SqlValue = std::variant<std::monostate, std::string, int64_t, double, Blob>;

// The values of one row as text; std::nullopt is NULL.
using TextRow = std::vector<std::optional<std::string>>;

// The rows of a finished statement. It can be moved, not copied.
class Result {
 public:
  struct Handle;  // DuckDB's own

  Result();
  explicit Result(std::unique_ptr<Handle> handle);
  Result(Result&& other) noexcept;
  Result& operator=(Result&& other) noexcept;
  ~Result();

  size_t column_count() const;
  std::string column_name(size_t column) const;
  // Returns all remaining rows as text. Each column must be VARCHAR, BLOB, BOOLEAN, INTEGER,
  // BIGINT, UBIGINT or DOUBLE: the statement must cast the others. Throws kInternal for other
  // types.
  std::vector<TextRow> Rows();
  // Returns the next rows (up to 2,048) as text; none at the end.
  std::vector<TextRow> NextRows();

 private:
  std::unique_ptr<Handle> handle_;
};

struct DatabaseOptions {
  int threads = 0;                    // 0 = all
  uint64_t memory_bytes = 0;          // 0 = four fifths of the machine's
  std::filesystem::path temp_folder;  // for spilled rows, mode 0700; empty = no spilling
  bool preserve_order = true;
};

class Database;

// A connection runs one statement at a time. Its functions throw SqlError: kInvalid when the
// statement is at fault, kUnavailable when I/O fails or memory runs out, kInternal for a defect of
// DuckDB. After CancelStatements() they throw Error(kCancelled).
class Connection {
 public:
  explicit Connection(Database& database);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Result Query(const std::string& sql, const std::vector<SqlValue>& parameters = {});
  // Parses and binds `sql` as it is, without running it, so that messages about its mistakes quote
  // the text that the user wrote. Throws kInvalid also when it is anything but a single SELECT.
  void CheckSelect(const std::string& sql);
  void Execute(const std::string& sql, const std::vector<SqlValue>& parameters = {});
  // Returns the value of a result with one row and one column, as text; nothing for NULL. Throws
  // kInternal for a result of any other shape.
  std::optional<std::string> Scalar(const std::string& sql,
                                    const std::vector<SqlValue>& parameters = {});
  // Returns the same value as a number; 0 for NULL.
  int64_t Integer(const std::string& sql, const std::vector<SqlValue>& parameters = {});
  // How much of the running statement is done, 0 to 100; -1 where DuckDB cannot tell. Any thread.
  double PercentageDone() const;
  _duckdb_connection* handle() const { return connection_; }

 private:
  _duckdb_connection* connection_ = nullptr;
};

std::string_view DuckdbVersion();  // "v1.4.2"

class Database {
 public:
  explicit Database(const DatabaseOptions& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Loads "<folder of the executable>/extensions/<name>.duckdb_extension", unless it is loaded
  // already. Throws kUnavailable when there is no such file.
  void LoadExtension(Connection& connection, std::string_view name);
  _duckdb_database* handle() const { return database_; }

 private:
  _duckdb_database* database_ = nullptr;
  std::mutex mutex_;
  std::vector<std::string> loaded_;
};

std::string QuoteLiteral(std::string_view text);                // 'it''s'
std::string QuoteLiterals(const std::set<std::string>& texts);  // 'a', 'b'
std::string QuoteIdentifier(std::string_view name);             // "name"

// Interrupts every running statement of the process; all later ones throw kCancelled. The thread
// that waits for signals calls it. Not async-signal-safe.
void CancelStatements();
bool StatementsCancelled();
// How long to wait for the interrupted statements to end. The wait must have a limit, because a
// statement that waits for a network cannot be interrupted.
std::chrono::milliseconds StopPatience();
void ExpectNetworkWaits();  // makes StopPatience() shorter from now on
// Throws Error(kCancelled) after CancelStatements().
void ThrowIfCancelled();

}  // namespace stedi
