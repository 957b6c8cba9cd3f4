#include "inspect/lake_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "base/ascii_case.h"
#include "base/file.h"
#include "catalog/sql_catalog.h"
#include "database/column_types.h"
#include "database/database.h"
#include "database/dialect.h"
#include "files/file_names.h"
#include "iceberg/property_names.h"
#include "inspect/query_guard.h"
#include "lake/lake_origin.h"
#include "lake/lake_place.h"
#include "lake/lake_table.h"
#include "landing/contract.h"
#include "pipeline/nearest_name.h"
#include "pipeline/project.h"
#include "run/quarantine.h"
#include "run/table_contract.h"
#include "select/select_tree.h"
#include "store/scratch_folder.h"

namespace stedi {
namespace {

constexpr const char* kDefaultDatabase = "stedi";
constexpr int kNoIndent = -1;

// Whether `sql` mentions `name`. Errs toward true: it may be in a comment, or part of another name.
bool Names(std::string_view sql, std::string_view name) { return ContainsIgnoringCase(sql, name); }

TableInfo InfoOf(const LakeTable& table) {
  TableInfo info;
  info.name = table.id.name;
  info.rows = RowsOf(table);
  info.data_files = SummaryNumber(table, "total-data-files");
  info.bytes = SummaryNumber(table, "total-files-size");
  info.snapshots = static_cast<int64_t>(table.metadata.snapshots.size());
  info.last_updated_ms = table.metadata.last_updated_ms;
  info.last_run_id = SummaryText(table, kRunIdKey);
  info.metadata_location = table.committed_location;
  if (const auto found = table.metadata.properties.find(kCommentProperty);
      found != table.metadata.properties.end()) {
    info.comment = found->second;
  }
  return info;
}

[[noreturn]] void ThrowNoLake(const LakePlace& place, const std::filesystem::path& lake,
                              const std::filesystem::path& catalog) {
  if (place.catalog_is_inside) {
    throw Error(ErrorCode::kNotFound,
                StatFile(place.catalog).has_value()
                    ? fmt::format("no lake yet at {}: its first run did not come far enough; "
                                  "repeat it with stedi run",
                                  lake.string())
                    : fmt::format("no lake at {}: make one with stedi run, or name it with --lake",
                                  lake.string()));
  }
  throw Error(
      ErrorCode::kNotFound,
      fmt::format("no catalog at {}: make the lake with stedi run, or name its catalog with "
                  "--catalog",
                  catalog.string()));
}

}  // namespace

struct LakeReader::State {
  explicit State(FoundLake found)
      : found_catalog(std::move(found.catalog)),
        catalog(*found_catalog),
        database_name(std::move(found.database)),
        lake_folder(found.place.lake.string()),
        database(DatabaseOptions{}),
        connection(database),
        storage(database) {
    CreateDialect(connection);
  }

  LakeTable Open(const std::string& database_of_table, const std::string& table) {
    return OpenTable(storage, catalog, {database_of_table, table}, lake_folder);
  }

  // Listing runs and queries work without this: the first run may have failed.
  void RequireTables() const {
    if (!catalog.ListDatabases().empty()) return;
    throw Error(
        ErrorCode::kNotFound,
        fmt::format("the lake at {} has no tables yet: fill it with stedi run", lake.string()));
  }

  // Makes all tables readable by their names. A damaged table is an error only if `sql` mentions
  // it.
  void CreateTableViews(std::string_view sql) {
    if (has_views) return;
    has_views = true;
    for (const std::string& name : catalog.ListDatabases()) {
      connection.Execute(fmt::format("CREATE SCHEMA IF NOT EXISTS {}", QuoteIdentifier(name)));
      for (const std::string& table_name : catalog.ListTables(name)) {
        try {
          LakeTable table = Open(name, table_name);
          LoadFiles(database, connection, table);
          AddReadable(name, table);
          connection.Execute(fmt::format("CREATE VIEW {}.{} AS {}", QuoteIdentifier(name),
                                         QuoteIdentifier(table_name),
                                         SelectRows(database, connection, table)));
        } catch (const Error& error) {
          if (error.code() == ErrorCode::kCancelled || IsOutOfMemory(error)) throw;
          if (Names(sql, table_name)) throw;
        }
      }
    }
    if (Names(sql, "ops")) CreateOpsTables(sql);
    readable.folders.insert(lake_folder);
    connection.Execute(
        fmt::format("CREATE SCHEMA IF NOT EXISTS {0}; USE {0}", QuoteIdentifier(database_name)));
    CreateEmptyQuarantine();
  }

  // Before the first published run, a lake has no quarantine table; queries see an empty one.
  void CreateEmptyQuarantine() {
    if (!readable.names.insert(kQuarantineTable).second) return;
    std::string columns;
    for (const Field& field : QuarantineFields()) {
      columns += fmt::format("{}{} {}", columns.empty() ? "" : ", ", QuoteIdentifier(field.name),
                             DuckdbType(field.type));
    }
    connection.Execute(
        fmt::format("CREATE TABLE IF NOT EXISTS {} ({})", kQuarantineTable, columns));
  }

  void AddReadable(const std::string& database_of_table, const LakeTable& table) {
    const std::string name = LowerCase(table.id.name);
    if (database_of_table == database_name) readable.names.insert(name);
    readable.names.insert(fmt::format("{}.{}", LowerCase(database_of_table), name));
    data_folders.insert(LocalPath(table.metadata.location));
    for (const LiveFile& live : table.files) {
      data_folders.insert(std::filesystem::path(live.entry.file.path).parent_path().string());
    }
  }

  // Called before a statement of the user: from now on, nothing but the tables can be read.
  // `metadata_files` are those of tables that are staged but not published.
  void Confine(uint64_t memory_bytes, const std::set<std::string>& metadata_files) {
    if (scratch.has_value()) return;
    scratch.emplace("stedi-query");
    connection.Execute(
        fmt::format("SET temp_directory = {}", QuoteLiteral(scratch->path().string())));
    if (memory_bytes > 0) {
      connection.Execute(fmt::format("SET memory_limit = '{}B'", memory_bytes));
    }
    if (!metadata_files.empty()) {
      for (const char* extension : {"avro", "httpfs", "iceberg"}) {
        database.LoadExtension(connection, extension);
      }
    }
    for (const std::string& file : metadata_files) {
      data_folders.insert(std::filesystem::path(file).parent_path().parent_path().string());
    }
    ConfineReads(connection, data_folders, scratch->path().string());
  }

  // Creates stedi's own records as the tables ops.*. Bytes that are not UTF-8 become U+FFFD.
  void CreateOpsTables(std::string_view sql) {
    connection.Execute("CREATE SCHEMA IF NOT EXISTS ops");
    for (const OpsTable& table : catalog.ReadOpsTables()) {
      readable.names.insert("ops." + table.name);
      if (!table.damaged.empty()) {
        if (!Names(sql, table.name)) continue;
        throw Error(ErrorCode::kInvalid,
                    fmt::format("ops.{} of the catalog is damaged: {}: restore the catalog from a "
                                "copy; the tables can be read",
                                table.name, table.damaged));
      }
      std::string columns;
      std::string values;
      nlohmann::json shape = nlohmann::json::object();
      for (size_t i = 0; i < table.columns.size(); ++i) {
        values += fmt::format("{}r.{}", i == 0 ? "" : ", ", QuoteIdentifier(table.columns[i]));
        shape[table.columns[i]] = table.types[i];
      }
      nlohmann::json rows = nlohmann::json::array();
      for (const auto& row : table.rows) {
        nlohmann::json object = nlohmann::json::object();
        for (size_t i = 0; i < row.size(); ++i) {
          object[table.columns[i]] =
              row[i].has_value() ? nlohmann::json(*row[i]) : nlohmann::json();
        }
        rows.push_back(std::move(object));
      }
      connection.Execute(
          fmt::format(
              "CREATE TABLE ops.{} AS SELECT {} FROM (SELECT unnest(from_json($1, {})) AS r)",
              QuoteIdentifier(table.name), values,
              QuoteLiteral(nlohmann::json::array({shape}).dump())),
          {rows.dump(kNoIndent, ' ', false, nlohmann::json::error_handler_t::replace)});
    }
  }

  std::shared_ptr<const SqlCatalog> found_catalog;
  const SqlCatalog& catalog;
  std::string database_name;
  std::string lake_folder;               // absolute, or s3://bucket/prefix
  std::optional<ScratchFolder> scratch;  // for spilled rows, once there is a query
  Database database;
  Connection connection;
  Storage storage;
  std::filesystem::path lake;  // as the user named it
  bool has_views = false;      // CreateTableViews was called
  LakeTable quarantine;
  ReadableTables readable;                              // filled by CreateTableViews
  std::set<std::string> data_folders;                   // of the tables' files
  std::map<std::string, bool> has_personal_file_names;  // by table
  Result result;                                        // of the last Query
};

FoundLake FindLake(const std::filesystem::path& lake, const std::filesystem::path& catalog,
                   std::string database) {
  FoundLake found;
  found.place = PlaceOf(lake, catalog);
  found.catalog = SqlCatalog::ReadCopy(found.place.catalog);
  if (found.catalog == nullptr) ThrowNoLake(found.place, lake, catalog);
  CheckCatalogIsOf(found.place, *found.catalog);
  CheckIsAtHome(found.place, *found.catalog);
  const std::vector<std::string> names = found.catalog->ListDatabases();
  if (database.empty()) database = names.size() == 1 ? names.front() : kDefaultDatabase;
  if (!names.empty() && std::ranges::find(names, database) == names.end()) {
    throw Error(ErrorCode::kNotFound, fmt::format("no database '{}' in the lake at {}; it has: {}",
                                                  database, lake.string(), fmt::join(names, ", ")));
  }
  found.database = std::move(database);
  return found;
}

LakeReader::LakeReader(const std::filesystem::path& lake, std::string database,
                       const std::filesystem::path& catalog) {
  state_ = std::make_unique<State>(FindLake(lake, catalog, std::move(database)));
  state_->lake = lake;
}

LakeReader::~LakeReader() = default;

const std::string& LakeReader::database() const { return state_->database_name; }
std::string LakeReader::catalog_name() const { return state_->catalog.name(); }

std::vector<TableInfo> LakeReader::ListTables() {
  state_->RequireTables();
  std::vector<TableInfo> tables;
  const std::set<std::string> in_project = state_->catalog.TablesOfLastRun(state_->database_name);
  for (const std::string& name : state_->catalog.ListTables(state_->database_name)) {
    tables.push_back(InfoOf(state_->Open(state_->database_name, name)));
    tables.back().left_project = !in_project.empty() && !in_project.contains(name);
  }
  return tables;
}

TableDetails LakeReader::GetTable(const std::string& table) {
  state_->RequireTables();
  LakeTable found = state_->Open(state_->database_name, table);
  if (!found.exists()) {
    const std::vector<std::string> names = state_->catalog.ListTables(state_->database_name);
    const std::string nearest = NearestName(table, names);
    throw Error(ErrorCode::kNotFound,
                nearest.empty() ? fmt::format("no table '{}'; the tables are: {}", table,
                                              fmt::join(names, ", "))
                                : fmt::format("no table '{}'; did you mean '{}'?", table, nearest));
  }
  return {InfoOf(found), std::move(found.metadata)};
}

namespace {

// Returns a SELECT of the same rows whose types Parquet has; `described` holds a row of name and
// type for each column.
std::string WithParquetTypes(const std::string& select, const std::vector<TextRow>& described) {
  std::string replaced;
  for (const TextRow& row : described) {
    const std::string& type = row[1].value();
    if (type != "HUGEINT" && type != "UHUGEINT") continue;
    const std::string name = QuoteIdentifier(row[0].value());
    replaced +=
        fmt::format("{}CAST({} AS DECIMAL(38, 0)) AS {}", replaced.empty() ? "" : ", ", name, name);
  }
  return replaced.empty() ? fmt::format("FROM (\n{}\n)", select)
                          : fmt::format("SELECT * REPLACE ({}) FROM (\n{}\n)", replaced, select);
}

void WriteFileTo(const std::string& path, const std::function<void(std::string_view)>& write) {
  constexpr size_t kPieceBytes = 1 << 20;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  std::string piece(kPieceBytes, '\0');
  size_t size = 0;
  while (file != nullptr && (size = std::fread(piece.data(), 1, piece.size(), file.get())) > 0) {
    write(std::string_view(piece).substr(0, size));
  }
  if (file == nullptr || std::ferror(file.get()) != 0) {
    throw Error(ErrorCode::kUnavailable, fmt::format("{}: cannot be read", path));
  }
}

}  // namespace

std::string LakeReader::PrepareSelect(const std::string& sql, uint64_t memory_bytes) {
  State& state = *state_;
  state.CreateTableViews(sql);
  std::string bare = sql;
  while (!bare.empty() &&
         (bare.back() == ';' || std::isspace(static_cast<unsigned char>(bare.back())) != 0)) {
    bare.pop_back();
  }
  const nlohmann::json tree = ParseSelect(state.connection, bare);
  std::set<std::string> metadata_files;
  if (!tree.is_null()) metadata_files = CheckReads(tree, state.readable);
  state.Confine(memory_bytes, metadata_files);
  state.connection.CheckSelect(bare);
  if (tree.is_null()) throw Error(ErrorCode::kInvalid, "this kind of statement cannot be run here");
  return bare;
}

std::vector<TextRow> LakeReader::Describe(const std::string& select) {
  return state_->connection
      .Query(fmt::format("SELECT column_name, column_type FROM (DESCRIBE (FROM (\n{}\n)))", select))
      .Rows();
}

QueryResult LakeReader::Query(const std::string& sql, uint64_t memory_bytes) {
  State& state = *state_;
  const std::string bare = PrepareSelect(sql, memory_bytes);
  QueryResult out;
  for (const TextRow& row : Describe(bare)) {
    out.columns.push_back(row[0].value());
    out.types.push_back(row[1].value());
  }
  state.result =
      state.connection.Query(fmt::format("SELECT COLUMNS(*)::VARCHAR FROM (\n{}\n)", bare));
  out.next_rows = [&state] { return state.result.NextRows(); };
  return out;
}

void LakeReader::QueryAsParquet(const std::string& sql, uint64_t memory_bytes,
                                const std::function<void(std::string_view)>& write) {
  State& state = *state_;
  const std::string bare = PrepareSelect(sql, memory_bytes);
  // In the folder for spilled rows, the only one that a confined connection may write to.
  const std::string file = (state.scratch.value().path() / "rows.parquet").string();
  state.connection.Execute(fmt::format("COPY ({}) TO {} (FORMAT parquet, COMPRESSION zstd)",
                                       WithParquetTypes(bare, Describe(bare)), QuoteLiteral(file)));
  WriteFileTo(file, write);
}

std::vector<RunRecord> LakeReader::ListRuns(size_t limit) {
  return state_->catalog.ListRuns(limit);
}

std::vector<FileRecord> LakeReader::ListFiles() {
  return state_->catalog.ListFiles(state_->database_name);
}

std::vector<BadFileRecord> LakeReader::ListSkippedFiles() {
  const std::optional<RunRecord> run = state_->catalog.LastPublishedRun(state_->database_name);
  if (!run.has_value()) return {};
  std::vector<BadFileRecord> skipped = run->bad_files;
  std::erase_if(skipped, [](const BadFileRecord& bad) { return !bad.is_skipped; });
  return skipped;
}

std::string LakeReader::ShownFileOf(const std::string& table, const std::string& file) {
  const auto [found, is_new] = state_->has_personal_file_names.try_emplace(table, false);
  if (is_new) {
    const LakeTable opened = state_->Open(state_->database_name, table);
    found->second = opened.exists() && PersonalColumns(opened.metadata).contains(kFileColumn);
  }
  return ShownFile(file, found->second);
}

QuarantineReader LakeReader::Quarantine() {
  state_->RequireTables();
  state_->quarantine = state_->Open(state_->database_name, kQuarantineTable);
  LakeTable& table = state_->quarantine;
  if (!table.exists()) throw Error(ErrorCode::kNotFound, "the lake has no quarantine table");
  LoadFiles(state_->database, state_->connection, table);
  return {state_->connection, table, SelectRows(state_->database, state_->connection, table)};
}

}  // namespace stedi
