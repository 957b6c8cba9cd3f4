// Reading a lake: its tables, its own records, any SELECT over them.
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
  bool left_project = false;  // the newest published run of its database did not have it
};

struct TableDetails {
  TableInfo info;
  TableMetadata metadata;
};

// A result as text; `types` are DuckDB's names (VARCHAR, BIGINT, DOUBLE, BOOLEAN, ..).
struct QueryResult {
  std::vector<std::string> columns;
  std::vector<std::string> types;
  // Gives the next rows; an empty vector at the end.
  std::function<std::vector<std::vector<std::optional<std::string>>>()> next_rows;
};

// A lake that must be there, and its catalog at the moment when it was found.
struct FoundLake {
  LakePlace place;
  std::shared_ptr<const SqlCatalog> catalog;
  std::string database;
};
// `database` and `catalog` empty, and what is thrown: as LakeReader has it.
FoundLake FindLake(const std::filesystem::path& lake, const std::filesystem::path& catalog,
                   std::string database);

// Shows the lake as one run left it: a run that is published later changes nothing here.
class LakeReader {
 public:
  // A lake whose runs have all failed has no tables: its runs can be listed, its tables not
  // (kNotFound). `database` empty: the only one of the lake, else the one named stedi. Throws
  // kNotFound when there is no lake at `lake` or no such database; kInvalid when it is damaged or
  // newer. `catalog` empty: <lake>/catalog.db.
  LakeReader(const std::filesystem::path& lake, std::string database,
             const std::filesystem::path& catalog = {});
  ~LakeReader();

  const std::string& database() const;
  std::string catalog_name() const;
  std::vector<TableInfo> ListTables();
  TableDetails GetTable(const std::string& table);  // kNotFound with the nearest name
  // Tables are views by their plain names, of other databases by database.name; ops.runs,
  // ops.steps, ops.files, ops.expectations and ops.bad_files are stedi's own records; `sql` can
  // read nothing else, no file and no setting. Throws SqlError; the result must be read before the
  // next call. `memory_bytes`: 0 = the engine's default.
  QueryResult Query(const std::string& sql, uint64_t memory_bytes = 0);
  std::vector<RunRecord> ListRuns(size_t limit);
  std::vector<FileRecord> ListFiles();
  // Landing files that the newest published run could not read and left out.
  std::vector<BadFileRecord> ListSkippedFiles();
  // The name of a landing file of `table` as people may see it.
  std::string ShownFileOf(const std::string& table, const std::string& file);
  // Valid as long as this.
  QuarantineReader Quarantine();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stedi
