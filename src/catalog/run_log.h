// The stedi_* tables of catalog.db: what runs did. Each function works inside its caller's
// transaction; the readers find nothing where the tables do not exist (a catalog that stedi did not
// make and has not written to).
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

// Creates the tables that are missing, and adds to those of an earlier format the columns that they
// lack.
void CreateRunLog(SqliteDatabase& database);
bool HasRunLog(const SqliteDatabase& database);

// Writes or replaces the run's row, steps, expectations and bad files. A run that is recorded as
// committed is left as it is; returns false then.
bool WriteRun(SqliteDatabase& database, const RunRecord& run);
// Forgets all files of run.forgotten_feeds, then writes or replaces the current state of each of
// run.files.
void WriteFiles(SqliteDatabase& database, const RunRecord& run);
void InterruptRuns(SqliteDatabase& database);
void WriteSetting(SqliteDatabase& database, std::string_view key, std::string_view value);

// The ids of the failed runs that were begun after the run `after`, oldest first.
std::vector<std::string> ReadFailedRuns(const SqliteDatabase& database, std::string_view after);
bool ReadHasCommitted(const SqliteDatabase& database, std::string_view run_id);
std::vector<RunRecord> ReadRuns(const SqliteDatabase& database, size_t limit);
// The newest committed run of database `name`.
std::optional<RunRecord> ReadLastPublished(const SqliteDatabase& database, std::string_view name);
// The tables that this run had.
std::set<std::string> ReadTablesOfLastRun(const SqliteDatabase& database, std::string_view name);
// The files of all feeds, or of the one that is named.
std::vector<FileRecord> ReadFiles(const SqliteDatabase& database, std::string_view name,
                                  std::string_view feed = {});
std::optional<StepRecord> ReadLastStep(const SqliteDatabase& database, std::string_view name,
                                       std::string_view table);
std::optional<std::string> ReadSetting(const SqliteDatabase& database, std::string_view key);
std::vector<OpsTable> ReadRunLog(const SqliteDatabase& database);

}  // namespace stedi
