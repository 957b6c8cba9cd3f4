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

// How long another program's write is waited for. The short time is for those who do not want to
// wait: a reader that closes the file locks it for a moment, too.
inline constexpr int kBusyTimeoutMs = 10'000;
inline constexpr int kShortBusyTimeoutMs = 1'000;

// One connection to one file; one thread at a time.
class SqliteDatabase {
 public:
  // Opens an existing file, for reading and writing where the system allows both; else for reading
  // only, also in a folder where SQLite cannot put its -shm file. Throws kUnavailable, or kInvalid
  // when the file is no SQLite database. While another program writes to the file, each call waits
  // for `busy_timeout_ms`, then throws kUnavailable; kLocked after the short time.
  explicit SqliteDatabase(const std::filesystem::path& path, int busy_timeout_ms = kBusyTimeoutMs);

  // A copy in memory of all that the file holds at one moment. It holds no lock, and nothing that
  // is written to the file later is in it. Leaves the file as it is, and beside it what a killed
  // writer left (but a -journal, which only a writer can roll back).
  static SqliteDatabase ReadState(const std::filesystem::path& path);
  // The same of an open database.
  SqliteDatabase Copy() const;
  // Holds nothing, in memory; `path` is for messages.
  static SqliteDatabase InMemory(std::string path);

  // Runs statements that return nothing.
  void Execute(const std::string& sql);
  // Rows that the last INSERT, UPDATE or DELETE changed.
  int64_t changes() const;
  bool in_transaction() const;
  // Throws what `code` means for this file; `doing` completes "cannot ..".
  [[noreturn]] void Fail(int code, std::string_view doing) const;
  sqlite3* handle() const { return handle_.get(); }
  const std::string& path() const { return path_; }

 private:
  struct Closer {
    void operator()(sqlite3* handle) const;
  };
  SqliteDatabase() = default;
  bool TryOpen(const std::string& name, int flags);
  // By the first of `flags` that the system allows, or without any lock.
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
  ~SqliteTransaction();  // rolls back what is not committed
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;

  // False: writing the commit itself failed, so that only the database can tell (after it was
  // opened anew) whether it went through. Throws when it certainly did not.
  bool Commit();

 private:
  SqliteDatabase& database_;
};

}  // namespace stedi
