// The stedi_* tables of catalog.db, which record what runs did. Each function runs inside its
// caller's transaction. All functions but CreateRunLog(), HasRunLog() and ReadRunLog() REQUIRE that
// the tables exist: a catalog that stedi did not make and has not written to does not have them.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/run_record.h"
#include "catalog/sqlite_statement.h"

namespace stedi {

// Creates the tables that are missing, and adds the columns that tables of an earlier format lack.
void CreateRunLog(SqliteDatabase& database);
bool HasRunLog(const SqliteDatabase& database);

// Inserts or replaces the run's row, steps, expectations and bad files. Returns false, and changes
// nothing, when the run is recorded as committed.
bool WriteRun(SqliteDatabase& database, const RunRecord& run);
// Deletes the records of all files of run.forgotten_feeds, and of run.forgotten_files. Then inserts
// or replaces the record of each of run.files.
void WriteFiles(SqliteDatabase& database, const RunRecord& run);
// Marks the runs that are recorded as running as interrupted.
void InterruptRuns(SqliteDatabase& database);
void WriteSetting(SqliteDatabase& database, std::string_view key, std::string_view value);

// The ids of the runs that failed, were cancelled or were interrupted, and that began after the run
// `after` (empty: all of them), oldest first.
std::vector<std::string> ReadFailedRuns(const SqliteDatabase& database, std::string_view after);
bool ReadHasCommitted(const SqliteDatabase& database, std::string_view run_id);
// At most `limit` of the newest runs, newest first.
std::vector<RunRecord> ReadRuns(const SqliteDatabase& database, size_t limit);
// The newest committed run of database `name`.
std::optional<RunRecord> ReadLastPublished(const SqliteDatabase& database, std::string_view name);
// The tables of that run.
std::set<std::string> ReadTablesOfLastRun(const SqliteDatabase& database, std::string_view name);
// The files of all feeds of database `name`, or of `feed` when it is given.
std::vector<FileRecord> ReadFiles(const SqliteDatabase& database, std::string_view name,
                                  std::string_view feed = {});
// The newest step of `table` in a committed run of database `name`.
std::optional<StepRecord> ReadLastStep(const SqliteDatabase& database, std::string_view name,
                                       std::string_view table);
std::optional<std::string> ReadSetting(const SqliteDatabase& database, std::string_view key);
// All tables of the log with their values as text; without rows when they do not exist.
std::vector<OpsTable> ReadRunLog(const SqliteDatabase& database);

}  // namespace stedi
