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

// How long to wait for another program that writes. The short time is for callers that do not want
// to wait; it is not zero, because a reader that closes the file locks it for a moment, too.
inline constexpr int kBusyTimeoutMs = 10'000;
inline constexpr int kShortBusyTimeoutMs = 1'000;

// One connection to one file; one thread at a time.
class SqliteDatabase {
 public:
  // Opens an existing file, for reading and writing where the system allows both; otherwise only
  // for reading, even in a folder where SQLite cannot create its -shm file. Throws kUnavailable, or
  // kInvalid when the file is no SQLite database. While another program writes to the file, each
  // call waits for `busy_timeout_ms`, then throws kUnavailable; after the short time it throws
  // kLocked.
  explicit SqliteDatabase(const std::filesystem::path& path, int busy_timeout_ms = kBusyTimeoutMs);

  // A copy in memory of all that the file holds at one moment. The copy holds no lock and does not
  // see later writes to the file. It leaves the file as it is, and also what a killed writer left
  // beside it, except a -journal, which only a writer can roll back.
  static SqliteDatabase ReadState(const std::filesystem::path& path);
  // The same for an open database.
  SqliteDatabase Copy() const;
  // An empty database in memory; `path` is for messages.
  static SqliteDatabase InMemory(std::string path);

  // Runs statements that return nothing.
  void Execute(const std::string& sql);
  // How many rows the last INSERT, UPDATE or DELETE changed.
  int64_t changes() const;
  bool in_transaction() const;
  // Throws the Error that `code` means for this file; `doing` completes the words "cannot ..".
  [[noreturn]] void Fail(int code, std::string_view doing) const;
  sqlite3* handle() const { return handle_.get(); }
  const std::string& path() const { return path_; }

 private:
  struct Closer {
    void operator()(sqlite3* handle) const;
  };
  SqliteDatabase() = default;
  bool TryOpen(const std::string& name, int flags);
  // Opens the file by the first of `flags` that the system allows, else without any lock.
  void Open(std::initializer_list<int> flags);

  std::string path_;
  int busy_timeout_ms_ = kBusyTimeoutMs;
  bool is_without_locks_ = false;
  std::unique_ptr<sqlite3, Closer> handle_;
};

// Points into its SqliteDatabase, which must outlive it.
class SqliteStatement {
 public:
  SqliteStatement(const SqliteDatabase& database, std::string_view sql);

  // Binds the next parameter (?1, ?2 .. in the order of the calls).
  SqliteStatement& Bind(std::string_view text);
  SqliteStatement& Bind(int64_t value);
  SqliteStatement& Bind(double value);
  SqliteStatement& Bind(const std::optional<int64_t>& value);

  // True: there is a row, to be read by the getters below. False: done.
  bool Step();
  // For statements without rows.
  void Run() { Step(); }

  // Columns from 0. NULL reads as "" and 0.
  std::string Text(int column) const;
  int64_t Integer(int column) const;
  double Real(int column) const;
  bool IsNull(int column) const;
  bool IsInteger(int column) const;
  bool IsNumber(int column) const;  // whole or not

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  void CheckBind(int code) const;

  const SqliteDatabase& database_;
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  int bound_ = 0;
};

// Takes the write lock at once, so that what is read inside is still true at the commit.
class SqliteTransaction {
 public:
  explicit SqliteTransaction(SqliteDatabase& database);
  ~SqliteTransaction();  // rolls back unless it was committed
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;

  // Returns false when writing the commit itself failed: then only the database, opened anew, can
  // tell whether it went through. Throws when it certainly did not.
  bool Commit();

 private:
  SqliteDatabase& database_;
};

}  // namespace stedi
