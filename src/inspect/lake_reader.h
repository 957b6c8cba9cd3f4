// Reads a lake: its tables, stedi's records of runs and files, and any SELECT over them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/run_record.h"
#include "iceberg/table_metadata.h"
#include "inspect/quarantine_reader.h"
#include "lake/lake_place.h"

namespace stedi {

struct TableInfo {
  std::string name;
  int64_t rows = 0;
  int64_t data_files = 0;
  int64_t bytes = 0;  // of the data files
  int64_t snapshots = 0;
  int64_t last_updated_ms = 0;
  std::string last_run_id;
  std::string metadata_location;
  std::string comment;
  bool left_project = false;  // the newest published run of its database had no such table
};

struct TableDetails {
  TableInfo info;
  TableMetadata metadata;
};

// A result as text; `types` are DuckDB's names (VARCHAR, BIGINT, DOUBLE, BOOLEAN, ..).
struct QueryResult {
  std::vector<std::string> columns;
  std::vector<std::string> types;
  // Returns the next rows; an empty vector at the end.
  std::function<std::vector<std::vector<std::optional<std::string>>>()> next_rows;
};

// An existing lake, and its catalog as it was when the lake was found.
struct FoundLake {
  LakePlace place;
  std::shared_ptr<const SqlCatalog> catalog;
  std::string database;
};
// Treats an empty `catalog` or `database`, and throws, as the constructor of LakeReader does.
FoundLake FindLake(const std::filesystem::path& lake, const std::filesystem::path& catalog,
                   std::string database);

// Shows the lake as it was when it was opened: a run that is published later changes nothing here.
class LakeReader {
 public:
  // An empty `database` means the only one of the lake, or else the one named stedi. An empty
  // `catalog` means <lake>/catalog.db. Throws kNotFound when there is no lake at `lake` or no such
  // database; kInvalid when the lake is damaged or of a newer format. A lake whose runs have all
  // failed has no tables: its runs can be listed, but ListTables, GetTable and Quarantine throw
  // kNotFound.
  LakeReader(const std::filesystem::path& lake, std::string database,
             const std::filesystem::path& catalog = {});
  ~LakeReader();

  const std::string& database() const;
  std::string catalog_name() const;
  std::vector<TableInfo> ListTables();
  TableDetails GetTable(const std::string& table);  // throws kNotFound with the nearest name
  // Runs a SELECT. It reads tables by their plain names, and tables of other databases as
  // database.name. ops.runs, ops.steps, ops.files, ops.expectations and ops.bad_files are stedi's
  // own records. It can read nothing else, neither files nor settings. Throws SqlError, and
  // kInvalid for another kind of statement. The result must be read before the next call.
  // `memory_bytes` is DuckDB's memory limit; 0: its default.
  QueryResult Query(const std::string& sql, uint64_t memory_bytes = 0);
  // Runs a SELECT as Query does and hands the bytes of a Parquet file of its rows to `write`, piece
  // by piece. Every column keeps its type, but HUGEINT and UHUGEINT, which Parquet does not know,
  // become DECIMAL(38, 0).
  void QueryAsParquet(const std::string& sql, uint64_t memory_bytes,
                      const std::function<void(std::string_view)>& write);
  std::vector<RunRecord> ListRuns(size_t limit);
  std::vector<FileRecord> ListFiles();
  // Landing files that the newest published run could not read and left out.
  std::vector<BadFileRecord> ListSkippedFiles();
  // Returns the name of a landing file of `table` in the form that users may see.
  std::string ShownFileOf(const std::string& table, const std::string& file);
  // The result is valid as long as this object.
  QuarantineReader Quarantine();

 private:
  // Opens the tables, confines the connection, checks `sql`; returns it without its semicolon.
  std::string PrepareSelect(const std::string& sql, uint64_t memory_bytes);
  // Returns a row of name and type for each column of a SELECT.
  std::vector<std::vector<std::optional<std::string>>> Describe(const std::string& select);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stedi
