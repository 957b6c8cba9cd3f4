// SQLite's C API as values: a connection, a prepared statement with bound parameters, a transaction
// that rolls back unless it is committed. Every failure becomes one Error that names the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace stedi {

// How long to wait while another program writes. The short time is for callers that do not want to
// wait; it is not zero, because a reader that closes the file also locks it for a moment.
inline constexpr int kBusyTimeoutMs = 10'000;
inline constexpr int kShortBusyTimeoutMs = 1'000;

std::string_view SqliteVersion();  // "3.40.1", of the library that is loaded

// One connection to one file; one thread at a time.
class SqliteDatabase {
 public:
  // Opens an existing file for reading and writing if the system allows both, otherwise only for
  // reading, even in a folder where SQLite cannot create its -shm file. Throws kUnavailable, or
  // kInvalid when the file is not a SQLite database. While another program writes to the file, each
  // call waits for `busy_timeout_ms` and then throws kUnavailable, or kLocked if that is the short
  // time.
  explicit SqliteDatabase(const std::filesystem::path& path, int busy_timeout_ms = kBusyTimeoutMs);

  // Returns a copy in memory of everything that the file holds at one moment. The copy holds no
  // lock and does not see later writes to the file. The file stays as it is, and so does a -wal
  // file that a killed writer left beside it. Only a -journal file is rolled back, which writes to
  // the file.
  static SqliteDatabase ReadCopy(const std::filesystem::path& path);
  // The same for an open database.
  SqliteDatabase Copy() const;
  // An empty database in memory; `path` is for messages.
  static SqliteDatabase InMemory(std::string path);

  // Runs statements that return nothing.
  void Execute(const std::string& sql);
  // How many rows the last INSERT, UPDATE or DELETE changed.
  int64_t changes() const;
  bool in_transaction() const;
  // Throws the Error for SQLite's result code `code`. `doing` completes the words "cannot ..".
  [[noreturn]] void Fail(int code, std::string_view doing) const;
  sqlite3* handle() const { return handle_.get(); }
  const std::string& path() const { return path_; }

 private:
  struct Closer {
    void operator()(sqlite3* handle) const;
  };
  SqliteDatabase() = default;
  bool TryOpen(const std::string& name, int flags);
  // Opens the file with the first of `flags` that the system allows, or without any lock if it
  // allows none of them.
  void Open(std::initializer_list<int> flags);

  std::string path_;
  int busy_timeout_ms_ = kBusyTimeoutMs;
  bool is_without_locks_ = false;
  std::unique_ptr<sqlite3, Closer> handle_;
};

// A prepared statement. Points into its SqliteDatabase, which must outlive it.
class SqliteStatement {
 public:
  SqliteStatement(const SqliteDatabase& database, std::string_view sql);

  // Binds the next parameter (?1, ?2 .. in the order of the calls).
  SqliteStatement& Bind(std::string_view text);
  SqliteStatement& Bind(int64_t value);
  SqliteStatement& Bind(double value);
  SqliteStatement& Bind(const std::optional<int64_t>& value);

  // Returns true when there is a row, which the getters below read, and false at the end.
  bool Step();
  // For statements without rows.
  void Run() { Step(); }

  // Columns count from 0. NULL is read as "" and 0.
  std::string Text(int column) const;
  int64_t Integer(int column) const;
  double Real(int column) const;
  bool IsNull(int column) const;
  bool IsInteger(int column) const;
  bool IsNumber(int column) const;  // integer or floating point

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  void CheckBind(int code) const;

  const SqliteDatabase& database_;
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  int bound_ = 0;
};

// A transaction that takes the write lock at its beginning, so that what is read inside it is still
// true at the commit.
class SqliteTransaction {
 public:
  explicit SqliteTransaction(SqliteDatabase& database);
  ~SqliteTransaction();  // rolls back unless it was committed
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;

  // Returns false when writing the commit itself failed: then only a new connection can tell
  // whether it went through. Throws when it certainly did not.
  bool Commit();

 private:
  SqliteDatabase& database_;
};

}  // namespace stedi
