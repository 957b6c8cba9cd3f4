#include "catalog/lake_move.h"

#include "catalog/run_log.h"

namespace stedi {
namespace {

constexpr const char* kCreateOutdatedFiles =
    "CREATE TABLE IF NOT EXISTS stedi_outdated_files (path TEXT PRIMARY KEY) WITHOUT ROWID";

bool HasOutdatedFiles(const SqliteDatabase& database) {
  return SqliteStatement(database,
                         "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = "
                         "'stedi_outdated_files'")
      .Step();
}

}  // namespace

bool WriteLakeMove(SqliteDatabase& database, const LakeMove& move) {
  for (const MovedPointer& pointer : move.pointers) {
    // The metadata file at the old location will be deleted, so there is no previous one.
    SqliteStatement(database,
                    "UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location = "
                    "NULL WHERE catalog_name = ? AND table_namespace = ? AND table_name = ? AND "
                    "metadata_location = ?")
        .Bind(pointer.to)
        .Bind(pointer.catalog_name)
        .Bind(pointer.database)
        .Bind(pointer.table)
        .Bind(pointer.from)
        .Run();
    if (database.changes() != 1) return false;
  }
  // A fingerprint contains the UUIDs of the inputs that a table was made from.
  for (const auto& [old_uuid, new_uuid] : move.table_uuids) {
    SqliteStatement(database,
                    "UPDATE stedi_steps SET fingerprint = replace(fingerprint, ?1, ?2) WHERE "
                    "instr(fingerprint, ?1) > 0")
        .Bind(old_uuid)
        .Bind(new_uuid)
        .Run();
  }
  for (const auto& [key, value] : move.settings) WriteSetting(database, key, value);
  database.Execute(kCreateOutdatedFiles);
  for (const std::string& path : move.outdated_files) {
    SqliteStatement(database, "INSERT OR IGNORE INTO stedi_outdated_files VALUES (?)")
        .Bind(path)
        .Run();
  }
  return true;
}

std::vector<std::string> ReadOutdatedFiles(const SqliteDatabase& database) {
  std::vector<std::string> paths;
  if (!HasOutdatedFiles(database)) return paths;
  SqliteStatement row(database, "SELECT path FROM stedi_outdated_files ORDER BY path");
  while (row.Step()) paths.push_back(row.Text(0));
  return paths;
}

void ForgetOutdatedFiles(SqliteDatabase& database) {
  if (HasOutdatedFiles(database)) database.Execute("DELETE FROM stedi_outdated_files");
}

}  // namespace stedi
