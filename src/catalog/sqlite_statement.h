// SQLite's C API as values: a connection, a prepared statement with bound parameters, a transaction
// that rolls back unless it is committed. Every failure becomes one Error that names the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace stedi {

inline constexpr int kBusyTimeoutMs = 10'000;  // how long another program's write is waited for

// One connection to one file; one thread at a time.
class SqliteDatabase {
 public:
  // Opens an existing file, for reading and writing where the system allows both; else for reading
  // only, also in a folder where SQLite cannot put its -shm file. Throws kUnavailable, or kInvalid
  // when the file is no SQLite database.
  // kReadOnly: changes nothing on disk, not even what a killed writer left behind. Where no writer
  // has the file open it is read without locks: read what is needed at once and close it.
  enum class Access : uint8_t { kReadWrite, kReadOnly };
  explicit SqliteDatabase(const std::filesystem::path& path, Access access = Access::kReadWrite);

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
  bool TryOpen(const std::string& name, int flags);
  bool TryOpenForReading();

  std::string path_;
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
