#include "catalog/sqlite_statement.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <optional>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/file_stamp.h"

namespace stedi {
namespace {

// The "file:" URI that tells SQLite that nobody writes to the file, so that no lock and no -shm
// file is needed.
std::string ImmutableUri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

// Whether there is a log of changes that a writer has not put into the file yet (-wal), or that
// must be taken out of it again (-journal).
bool HasUnmergedLog(const std::string& path) {
  for (const char* ending : {"-wal", "-journal"}) {
    const auto status = StatFile(path + ending);
    if (status && status->size_bytes > 0) return true;
  }
  return false;
}

// Whether a file that was read without locks is still as it was at `before`.
bool IsUnchanged(const std::string& path, const std::optional<FileStatus>& before) {
  const auto now = StatFile(path);
  return before && now && StampOf(*before) == StampOf(*now) && !HasUnmergedLog(path);
}

}  // namespace

void SqliteDatabase::Closer::operator()(sqlite3* handle) const { sqlite3_close(handle); }

std::string_view SqliteVersion() { return sqlite3_libversion(); }

SqliteDatabase::SqliteDatabase(const std::filesystem::path& path, int busy_timeout_ms)
    : path_(path.string()), busy_timeout_ms_(busy_timeout_ms) {
  Open({SQLITE_OPEN_READWRITE, SQLITE_OPEN_READONLY});
}

void SqliteDatabase::Open(std::initializer_list<int> flags) {
  for (const int flag : flags) {
    if (TryOpen(path_, flag)) return;
  }
  // Without its log, the file would show an older state, or half of a newer one.
  if (!HasUnmergedLog(path_) &&
      TryOpen(ImmutableUri(path_), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)) {
    is_without_locks_ = true;
    return;
  }
  TryOpen(path_, SQLITE_OPEN_READONLY);
  Fail(sqlite3_errcode(handle_.get()), "open it");
}

// Opening a file in WAL mode creates a -wal file when there is none. A read-only connection leaves
// it behind when it closes; a connection that may write removes it, but would also remove one that
// a killed writer left. So the mode depends on whether a -wal file exists.
SqliteDatabase SqliteDatabase::ReadCopy(const std::filesystem::path& path) {
  constexpr int kAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    SqliteDatabase file;
    file.path_ = path.string();
    const auto before = StatFile(path);
    if (StatFile(file.path_ + "-wal")) {
      file.Open({SQLITE_OPEN_READONLY, SQLITE_OPEN_READWRITE});
    } else {
      file.Open({SQLITE_OPEN_READWRITE, SQLITE_OPEN_READONLY});
    }
    SqliteDatabase copy = file.Copy();
    if (!file.is_without_locks_ || IsUnchanged(file.path_, before)) return copy;
    if (attempt == kAttempts) file.Fail(SQLITE_BUSY, "read it");
  }
}

SqliteDatabase SqliteDatabase::InMemory(std::string path) {
  SqliteDatabase database;
  database.path_ = std::move(path);
  if (!database.TryOpen(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) {
    database.Fail(sqlite3_errcode(database.handle()), "read it");
  }
  return database;
}

SqliteDatabase SqliteDatabase::Copy() const {
  constexpr int kAllPages = -1;
  SqliteDatabase copy = InMemory(path_);
  int code = SQLITE_NOMEM;
  if (sqlite3_backup* backup = sqlite3_backup_init(copy.handle(), "main", handle(), "main")) {
    code = sqlite3_backup_step(backup, kAllPages);
    sqlite3_backup_finish(backup);
  }
  if (code != SQLITE_DONE) copy.Fail(code, "read it");
  return copy;
}

// Opens the database and reads its header, because opening alone reads nothing. Returns false only
// for failures that a weaker mode can avoid, and throws for all others.
bool SqliteDatabase::TryOpen(const std::string& name, int flags) {
  sqlite3* opened = nullptr;
  int code = sqlite3_open_v2(name.c_str(), &opened, flags | SQLITE_OPEN_FULLMUTEX, nullptr);
  handle_.reset(opened);
  if (code == SQLITE_OK) {
    sqlite3_busy_timeout(opened, busy_timeout_ms_);
    code = sqlite3_exec(opened, "SELECT count(*) FROM sqlite_master", nullptr, nullptr, nullptr);
  }
  if (code == SQLITE_OK) return true;
  if (code != SQLITE_CANTOPEN && code != SQLITE_READONLY) Fail(code, "open it");
  return false;
}

void SqliteDatabase::Execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) Fail(code, "write to it");
}

int64_t SqliteDatabase::changes() const { return sqlite3_changes(handle_.get()); }

bool SqliteDatabase::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

void SqliteDatabase::Fail(int code, std::string_view doing) const {
  const char* reason = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  switch (code & 0xff) {  // the primary code; extended codes add higher bits
    case SQLITE_NOTADB:
      throw Error(ErrorCode::kInvalid,
                  fmt::format("{}: not a catalog (no SQLite database): restore it from a copy, or "
                              "name another lake",
                              path_));
    case SQLITE_CORRUPT:
      throw Error(
          ErrorCode::kInvalid,
          fmt::format("{}: the catalog is damaged ({}): restore it from a copy; the tables' "
                      "own files beside it are not touched",
                      path_, reason));
    case SQLITE_FULL:
      throw Error(ErrorCode::kUnavailable,
                  fmt::format("{}: the disk is full: free some space and run again", path_));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      if (busy_timeout_ms_ <= kShortBusyTimeoutMs) {
        throw Error(ErrorCode::kLocked,
                    fmt::format("{}: another program writes to the catalog: wait for it, or run "
                                "without --no-wait",
                                path_));
      }
      throw Error(ErrorCode::kUnavailable,
                  fmt::format("{}: another program has been writing to the catalog for {} s: try "
                              "again when it is done",
                              path_, kBusyTimeoutMs / 1000));
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
      throw Error(ErrorCode::kUnavailable, fmt::format("{}: cannot {}: {}", path_, doing, reason));
    default:
      throw Error(ErrorCode::kInternal, fmt::format("{}: cannot {}: {}", path_, doing, reason));
  }
}

void SqliteStatement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

SqliteStatement::SqliteStatement(const SqliteDatabase& database, std::string_view sql)
    : database_(database) {
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v2(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                      &prepared, nullptr);
  statement_.reset(prepared);
  if (code != SQLITE_OK) database_.Fail(code, "read it");
}

void SqliteStatement::CheckBind(int code) const {
  if (code != SQLITE_OK) database_.Fail(code, "bind a value");
}

SqliteStatement& SqliteStatement::Bind(std::string_view text) {
  // A null data() would bind NULL instead of the empty string.
  const char* data = text.data() == nullptr ? "" : text.data();
  CheckBind(sqlite3_bind_text64(statement_.get(), ++bound_, data, text.size(), SQLITE_TRANSIENT,
                                SQLITE_UTF8));
  return *this;
}

SqliteStatement& SqliteStatement::Bind(int64_t value) {
  CheckBind(sqlite3_bind_int64(statement_.get(), ++bound_, value));
  return *this;
}

SqliteStatement& SqliteStatement::Bind(double value) {
  CheckBind(sqlite3_bind_double(statement_.get(), ++bound_, value));
  return *this;
}

SqliteStatement& SqliteStatement::Bind(const std::optional<int64_t>& value) {
  if (value) return Bind(*value);
  CheckBind(sqlite3_bind_null(statement_.get(), ++bound_));
  return *this;
}

bool SqliteStatement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const bool is_reader = sqlite3_stmt_readonly(statement_.get()) != 0;
  database_.Fail(code, is_reader ? "read it" : "write to it");
}

std::string SqliteStatement::Text(int column) const {
  const auto* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  const auto bytes = static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column));
  return {reinterpret_cast<const char*>(text), bytes};
}

int64_t SqliteStatement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double SqliteStatement::Real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

bool SqliteStatement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

bool SqliteStatement::IsInteger(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_INTEGER;
}

bool SqliteStatement::IsNumber(int column) const {
  return IsInteger(column) || sqlite3_column_type(statement_.get(), column) == SQLITE_FLOAT;
}

SqliteTransaction::SqliteTransaction(SqliteDatabase& database) : database_(database) {
  database_.Execute("BEGIN IMMEDIATE");
}

SqliteTransaction::~SqliteTransaction() {
  if (database_.in_transaction()) {
    // If this fails, the transaction is rolled back when the connection is closed.
    sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

bool SqliteTransaction::Commit() {
  const int code = sqlite3_exec(database_.handle(), "COMMIT", nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return true;
  // The I/O error may have occurred after the commit record had reached the disk. The next
  // connection to the file would find it there, whatever this connection reports.
  if ((code & 0xff) == SQLITE_IOERR || !database_.in_transaction()) return false;
  database_.Fail(code, "commit to it");
}

}  // namespace stedi
