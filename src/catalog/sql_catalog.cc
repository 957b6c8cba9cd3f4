#include "catalog/sql_catalog.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "base/error.h"
#include "base/fail_point.h"
#include "base/file.h"
#include "catalog/run_log.h"
#include "catalog/sqlite_statement.h"

namespace stedi {
namespace {

// The same statements as in PyIceberg. Java's JdbcCatalog accepts these tables and adds nothing.
constexpr const char* kCreateIcebergTables = R"sql(
CREATE TABLE IF NOT EXISTS iceberg_tables (
  catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL,
  table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000),
  previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5),
  PRIMARY KEY (catalog_name, table_namespace, table_name));
CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (
  catalog_name VARCHAR(255) NOT NULL, namespace VARCHAR(255) NOT NULL,
  property_key VARCHAR(255) NOT NULL, property_value VARCHAR(1000) NOT NULL,
  PRIMARY KEY (catalog_name, namespace, property_key));
)sql";

// A condition in SQL: the row of iceberg_tables is a table, not a view.
constexpr const char* kIsTable = "(iceberg_type = 'TABLE' OR iceberg_type IS NULL)";

int BusyTimeoutMs(bool wait) { return wait ? kBusyTimeoutMs : kShortBusyTimeoutMs; }

bool HasTable(const SqliteDatabase& database, std::string_view name) {
  return SqliteStatement(database, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?")
      .Bind(name)
      .Step();
}

int64_t UserVersion(const SqliteDatabase& database) {
  SqliteStatement row(database, "PRAGMA user_version");
  row.Step();
  return row.Integer(0);
}

std::string CrcSetting(const TableIdentifier& table) {
  return fmt::format("metadata_crc32.{}.{}", table.database, table.name);
}

std::vector<std::string> ReadNames(SqliteStatement& row) {
  std::vector<std::string> names;
  while (row.Step()) names.push_back(row.Text(0));
  return names;
}

}  // namespace

struct SqlCatalog::State {
  SqliteDatabase database;
  std::string name;
  std::string is_table;  // kIsTable, or "true" when there is no column iceberg_type

  State(SqliteDatabase opened, std::string catalog_name)
      : database(std::move(opened)), name(std::move(catalog_name)) {}

  // Returns false when the file is empty. Throws kInvalid when it is anything other than a catalog
  // that this program knows.
  bool IsInitialized() const {
    const int64_t version = UserVersion(database);
    if (version > kLakeFormat) {
      throw Error(
          ErrorCode::kInvalid,
          fmt::format("{}: this lake is of format {}, this stedi knows {}: use a newer stedi",
                      database.path(), version, kLakeFormat));
    }
    if (!SqliteStatement(database, "SELECT 1 FROM sqlite_master").Step()) return false;
    if (HasCatalogColumns()) return true;
    throw Error(ErrorCode::kInvalid,
                fmt::format("{}: a SQLite database, but not an Iceberg catalog: name another lake",
                            database.path()));
  }

  // Whether iceberg_tables has the columns that it has in every Iceberg catalog.
  bool HasCatalogColumns() const {
    constexpr int64_t kColumns = 5;
    SqliteStatement row(database,
                        "SELECT count(*) FROM pragma_table_info('iceberg_tables') WHERE name IN "
                        "('catalog_name', 'table_namespace', 'table_name', 'metadata_location', "
                        "'previous_metadata_location')");
    return row.Step() && row.Integer(0) == kColumns;
  }

  bool HasTypeColumn() const {
    return SqliteStatement(database,
                           "SELECT 1 FROM pragma_table_info('iceberg_tables') WHERE name = "
                           "'iceberg_type'")
        .Step();
  }

  // Upgrades an empty file, or a catalog of another program or of an earlier stedi, to this format.
  void UpgradeSchema() {
    database.Execute("PRAGMA journal_mode = WAL");
    if (UserVersion(database) == kLakeFormat && HasRunLog(database)) return;
    SqliteTransaction transaction(database);
    database.Execute(kCreateIcebergTables);
    if (!HasTypeColumn()) {  // the first layout of Java's JdbcCatalog
      database.Execute("ALTER TABLE iceberg_tables ADD COLUMN iceberg_type VARCHAR(5)");
    }
    CreateRunLog(database);
    database.Execute(fmt::format("PRAGMA user_version = {}", kLakeFormat));
    if (!transaction.Commit()) {
      throw Error(ErrorCode::kUnavailable,
                  fmt::format("{}: cannot write to it: I/O error", database.path()));
    }
    is_table = kIsTable;
  }

  // Returns false when another program has moved the pointer.
  bool MovePointer(const TableCommit& commit) {
    if (commit.expected_location.empty()) {
      SqliteStatement(database,
                      "INSERT OR IGNORE INTO iceberg_tables (catalog_name, table_namespace, "
                      "table_name, metadata_location, previous_metadata_location, iceberg_type) "
                      "VALUES (?, ?, ?, ?, NULL, 'TABLE')")
          .Bind(name)
          .Bind(commit.table.database)
          .Bind(commit.table.name)
          .Bind(commit.new_location)
          .Run();
    } else {
      SqliteStatement(database,
                      "UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location "
                      "= ? WHERE catalog_name = ? AND table_namespace = ? AND table_name = ? AND "
                      "metadata_location = ? AND " +
                          is_table)
          .Bind(commit.new_location)
          .Bind(commit.expected_location)
          .Bind(name)
          .Bind(commit.table.database)
          .Bind(commit.table.name)
          .Bind(commit.expected_location)
          .Run();
    }
    return database.changes() == 1;
  }

  void AddNamespace(const std::string& database_name) {
    SqliteStatement(database,
                    "INSERT OR IGNORE INTO iceberg_namespace_properties (catalog_name, namespace, "
                    "property_key, property_value) VALUES (?, ?, 'exists', 'true')")
        .Bind(name)
        .Bind(database_name)
        .Run();
  }

  // Runs `write` in a transaction of its own.
  template <class Write>
  void WriteAlone(Write write) {
    UpgradeSchema();
    SqliteTransaction transaction(database);
    write();
    if (!transaction.Commit()) {
      throw Error(ErrorCode::kUnavailable,
                  fmt::format("{}: cannot write to it: I/O error", database.path()));
    }
  }
};

namespace {

// Whether the file exists. Throws kInvalid when something other than a regular file is there.
bool IsThere(const std::filesystem::path& db_path) {
  const auto status = StatFile(db_path);
  if (status && !status->is_regular) {
    throw Error(
        ErrorCode::kInvalid,
        fmt::format("{}: not a file, so it is no catalog: name another lake", db_path.string()));
  }
  return status.has_value();
}

}  // namespace

SqlCatalog::SqlCatalog(const std::filesystem::path& db_path, std::string catalog_name, Mode mode,
                       bool wait) {
  if (!IsThere(db_path)) {
    if (mode != Mode::kCreate) {
      throw Error(ErrorCode::kNotFound,
                  fmt::format("{}: no such catalog: run a pipeline first, or name the lake with "
                              "--lake",
                              db_path.string()));
    }
    // SQLite gives -wal and -shm the mode of the file itself: 0600.
    MakeFolders(db_path.parent_path());
    WriteNewFile(db_path, "");
    SyncFolder(db_path.parent_path());
  }
  state_ = OpenState(SqliteDatabase(db_path, BusyTimeoutMs(wait)), std::move(catalog_name));
  if (mode == Mode::kCreate) state_->UpgradeSchema();
  if (!state_->IsInitialized()) {
    throw Error(ErrorCode::kNotFound,
                fmt::format("{}: the catalog is empty: run a pipeline first", db_path.string()));
  }
}

SqlCatalog::SqlCatalog(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqlCatalog::~SqlCatalog() = default;

std::unique_ptr<SqlCatalog::State> SqlCatalog::OpenState(SqliteDatabase database,
                                                         std::string catalog_name) {
  auto state = std::make_unique<State>(std::move(database), std::move(catalog_name));
  state->is_table = state->IsInitialized() && !state->HasTypeColumn() ? "true" : kIsTable;
  state->database.Execute("PRAGMA synchronous = FULL");
  return state;
}

std::unique_ptr<SqlCatalog> SqlCatalog::OpenIfMade(const std::filesystem::path& db_path,
                                                   std::string catalog_name, bool wait) {
  if (!IsThere(db_path)) return nullptr;
  auto state = OpenState(SqliteDatabase(db_path, BusyTimeoutMs(wait)), std::move(catalog_name));
  if (!state->IsInitialized()) return nullptr;
  return std::unique_ptr<SqlCatalog>(new SqlCatalog(std::move(state)));
}

std::unique_ptr<const SqlCatalog> SqlCatalog::ReadCopy(const std::filesystem::path& db_path,
                                                       std::string catalog_name) {
  if (!IsThere(db_path)) return nullptr;
  auto state = OpenState(SqliteDatabase::ReadCopy(db_path), std::move(catalog_name));
  if (!state->IsInitialized()) return nullptr;
  std::unique_ptr<SqlCatalog> catalog(new SqlCatalog(std::move(state)));
  if (!catalog->state_->name.empty()) return catalog;
  const std::vector<std::string> names = catalog->ListCatalogNames();
  catalog->state_->name = names.size() == 1 ? names.front() : kUsualCatalogName;
  return catalog;
}

std::unique_ptr<const SqlCatalog> SqlCatalog::Copy() const {
  return std::unique_ptr<SqlCatalog>(
      new SqlCatalog(OpenState(state_->database.Copy(), state_->name)));
}

std::unique_ptr<const SqlCatalog> SqlCatalog::Empty(std::string catalog_name) {
  auto state = OpenState(SqliteDatabase::InMemory("no catalog"), std::move(catalog_name));
  state->UpgradeSchema();
  return std::unique_ptr<SqlCatalog>(new SqlCatalog(std::move(state)));
}

const std::string& SqlCatalog::name() const { return state_->name; }

std::unique_ptr<SqlCatalog> SqlCatalog::Reopen() const {
  return std::make_unique<SqlCatalog>(state_->database.path(), state_->name, Mode::kMustExist);
}

std::optional<std::string> SqlCatalog::FindTable(const TableIdentifier& table) const {
  SqliteStatement row(state_->database,
                      "SELECT metadata_location FROM iceberg_tables WHERE catalog_name = ? AND "
                      "table_namespace = ? AND table_name = ? AND " +
                          state_->is_table);
  row.Bind(state_->name).Bind(table.database).Bind(table.name);
  if (!row.Step() || row.IsNull(0)) return std::nullopt;
  return row.Text(0);
}

std::vector<std::string> SqlCatalog::ListTables(std::string_view database) const {
  SqliteStatement row(state_->database,
                      "SELECT table_name FROM iceberg_tables WHERE catalog_name = ? AND "
                      "table_namespace = ? AND " +
                          state_->is_table + " ORDER BY table_name");
  row.Bind(state_->name).Bind(database);
  return ReadNames(row);
}

std::vector<std::string> SqlCatalog::ListDatabases() const {
  // Java creates the second table only when it is first needed.
  std::string sql = "SELECT table_namespace FROM iceberg_tables WHERE catalog_name = ?1";
  if (HasTable(state_->database, "iceberg_namespace_properties")) {
    sql += " UNION SELECT namespace FROM iceberg_namespace_properties WHERE catalog_name = ?1";
  }
  SqliteStatement row(state_->database, sql + " ORDER BY 1");
  row.Bind(state_->name);
  return ReadNames(row);
}

std::vector<TablePointer> SqlCatalog::ListPointers() const {
  SqliteStatement row(state_->database,
                      "SELECT table_namespace, table_name, metadata_location FROM iceberg_tables "
                      "WHERE catalog_name = ? AND metadata_location IS NOT NULL AND " +
                          state_->is_table + " ORDER BY table_namespace, table_name");
  row.Bind(state_->name);
  std::vector<TablePointer> pointers;
  while (row.Step()) pointers.push_back({{row.Text(0), row.Text(1)}, row.Text(2)});
  return pointers;
}

std::vector<std::string> SqlCatalog::ListCatalogNames() const {
  std::string sql = "SELECT catalog_name FROM iceberg_tables";
  if (HasTable(state_->database, "iceberg_namespace_properties")) {
    sql += " UNION SELECT catalog_name FROM iceberg_namespace_properties";
  }
  SqliteStatement row(state_->database,
                      "SELECT DISTINCT catalog_name FROM (" + sql + ") ORDER BY 1");
  return ReadNames(row);
}

CommitOutcome SqlCatalog::Commit(std::span<const TableCommit> commits, const RunRecord& run) {
  state_->UpgradeSchema();
  SqliteTransaction transaction(state_->database);
  for (const TableCommit& commit : commits) {
    state_->AddNamespace(commit.table.database);
    if (!state_->MovePointer(commit)) return CommitOutcome::kConflict;
    if (commit.new_crc.empty()) continue;
    WriteSetting(state_->database, CrcSetting(commit.table),
                 commit.new_crc + " " + commit.new_location);
  }
  if (!WriteRun(state_->database, run)) {
    throw Error(ErrorCode::kInternal, "a run that has committed tried to commit again");
  }
  WriteFiles(state_->database, run);
  for (const auto& [key, value] : run.settings) WriteSetting(state_->database, key, value);
  FailPoint("in_publish");
  return transaction.Commit() ? CommitOutcome::kCommitted : CommitOutcome::kUnknown;
}

void SqlCatalog::RecordRun(const RunRecord& run) {
  state_->WriteAlone([&] { WriteRun(state_->database, run); });
}

void SqlCatalog::MarkInterruptedRuns() {
  state_->WriteAlone([&] { InterruptRuns(state_->database); });
}

void SqlCatalog::SetSetting(std::string_view key, std::string_view value) {
  state_->WriteAlone([&] { WriteSetting(state_->database, key, value); });
}

bool SqlCatalog::HasCommitted(std::string_view run_id) const {
  return HasRunLog(state_->database) && ReadHasCommitted(state_->database, run_id);
}

std::vector<std::string> SqlCatalog::ListFailedRuns(std::string_view after) const {
  if (!HasRunLog(state_->database)) return {};
  return ReadFailedRuns(state_->database, after);
}

std::vector<std::string> SqlCatalog::FindDamage() const {
  SqliteStatement row(state_->database, "PRAGMA integrity_check(5)");
  std::vector<std::string> found = ReadNames(row);
  std::erase(found, "ok");
  return found;
}

std::optional<std::string> SqlCatalog::MetadataCrc(const TableIdentifier& table,
                                                   std::string_view location) const {
  const std::optional<std::string> noted = GetSetting(CrcSetting(table));
  const size_t space = noted.has_value() ? noted->find(' ') : std::string::npos;
  if (space == std::string::npos || noted->substr(space + 1) != location) return std::nullopt;
  return noted->substr(0, space);
}

std::vector<std::string> SqlCatalog::ListLocations() const {
  SqliteStatement row(state_->database,
                      "SELECT metadata_location FROM iceberg_tables WHERE metadata_location IS NOT "
                      "NULL");
  return ReadNames(row);
}

std::vector<RunRecord> SqlCatalog::ListRuns(size_t limit) const {
  if (!HasRunLog(state_->database)) return {};
  return ReadRuns(state_->database, limit);
}

std::optional<RunRecord> SqlCatalog::LastPublishedRun(std::string_view database) const {
  if (!HasRunLog(state_->database)) return std::nullopt;
  return ReadLastPublished(state_->database, database);
}

std::set<std::string> SqlCatalog::TablesOfLastRun(std::string_view database) const {
  if (!HasRunLog(state_->database)) return {};
  return ReadTablesOfLastRun(state_->database, database);
}

std::vector<FileRecord> SqlCatalog::ListFiles(std::string_view database,
                                              std::string_view feed) const {
  if (!HasRunLog(state_->database)) return {};
  return ReadFiles(state_->database, database, feed);
}

std::optional<StepRecord> SqlCatalog::LastStep(std::string_view database,
                                               std::string_view table) const {
  if (!HasRunLog(state_->database)) return std::nullopt;
  return ReadLastStep(state_->database, database, table);
}

std::optional<std::string> SqlCatalog::GetSetting(std::string_view key) const {
  if (!HasRunLog(state_->database)) return std::nullopt;
  return ReadSetting(state_->database, key);
}

void SqlCatalog::MoveLake(const LakeMove& move) {
  state_->UpgradeSchema();
  SqliteTransaction transaction(state_->database);
  if (!WriteLakeMove(state_->database, move)) {
    throw Error(ErrorCode::kConflict,
                "another program changed a table of the lake meanwhile: nothing was changed, try "
                "again");
  }
  FailPoint("in_relocate_commit");
  if (transaction.Commit()) return;
  throw Error(ErrorCode::kCommitStateUnknown,
              fmt::format("{}: it is unknown whether the lake's tables were moved: run stedi "
                          "relocate again",
                          state_->database.path()));
}

std::vector<std::string> SqlCatalog::ListOutdatedFiles() const {
  return ReadOutdatedFiles(state_->database);
}

void SqlCatalog::ForgetOutdatedFiles() {
  state_->WriteAlone([&] { stedi::ForgetOutdatedFiles(state_->database); });
}

std::vector<OpsTable> SqlCatalog::ReadOpsTables() const { return ReadRunLog(state_->database); }

}  // namespace stedi
