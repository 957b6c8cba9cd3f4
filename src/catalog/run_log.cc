#include "catalog/run_log.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <span>

#include "base/error.h"
#include "catalog/run_log_tables.h"

namespace stedi {
namespace {

using Json = nlohmann::json;

struct OpsColumn {
  const char* name;
  const char* type;
};
constexpr OpsColumn kRunColumns[] = {
    {"run_id", "VARCHAR"},     {"project", "VARCHAR"},   {"database_name", "VARCHAR"},
    {"status", "VARCHAR"},     {"started_ms", "BIGINT"}, {"finished_ms", "BIGINT"},
    {"parameters", "VARCHAR"}, {"message", "VARCHAR"},
};
constexpr OpsColumn kStepColumns[] = {
    {"run_id", "VARCHAR"},  {"table_name", "VARCHAR"},  {"action", "VARCHAR"},
    {"rows_in", "VARCHAR"}, {"rows_out", "BIGINT"},     {"snapshot_id", "BIGINT"},
    {"seconds", "DOUBLE"},  {"fingerprint", "VARCHAR"},
};
constexpr OpsColumn kFileColumns[] = {
    {"database_name", "VARCHAR"},   {"feed", "VARCHAR"},          {"file", "VARCHAR"},
    {"status", "VARCHAR"},          {"size_bytes", "BIGINT"},     {"decoded_bytes", "BIGINT"},
    {"mtime_ns", "BIGINT"},         {"content_hash", "VARCHAR"},  {"records", "BIGINT"},
    {"rejected", "BIGINT"},         {"accepted_bytes", "BIGINT"}, {"quarantined_bytes", "BIGINT"},
    {"whitespace_bytes", "BIGINT"}, {"framing_bytes", "BIGINT"},  {"run_id", "VARCHAR"},
    {"decoding", "VARCHAR"},
};
constexpr OpsColumn kExpectationColumns[] = {
    {"run_id", "VARCHAR"}, {"table_name", "VARCHAR"}, {"name", "VARCHAR"},
    {"kind", "VARCHAR"},   {"action", "VARCHAR"},     {"failed", "BIGINT"},
};

constexpr OpsColumn kBadFileColumns[] = {
    {"run_id", "VARCHAR"},  {"feed", "VARCHAR"},      {"file", "VARCHAR"},
    {"problem", "VARCHAR"}, {"is_skipped", "BIGINT"},
};

struct OpsRow {
  const char* name;
  std::span<const OpsColumn> columns;
  const char* from;
  const char* order;
};
constexpr OpsRow kOpsTables[] = {
    {"runs", kRunColumns, "stedi_runs", "number"},
    {"steps", kStepColumns, "stedi_steps", "number"},
    {"files", kFileColumns, "stedi_files", "database_name, feed, file"},
    {"expectations", kExpectationColumns, "stedi_expectations", "number"},
    {"bad_files", kBadFileColumns, "stedi_bad_files", "number"},
};

std::string ColumnList(std::span<const OpsColumn> columns) {
  std::string list;
  for (const OpsColumn& column : columns) {
    if (!list.empty()) list += ", ";
    list += column.name;
  }
  return list;
}

bool HasColumn(const SqliteDatabase& database, std::string_view table, std::string_view column) {
  return SqliteStatement(database, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?")
      .Bind(table)
      .Bind(column)
      .Step();
}

// The columns to SELECT from `table`. A column that is missing in a lake of an earlier format is
// read as the empty string.
std::string ColumnsToRead(const SqliteDatabase& database, std::string_view table,
                          std::span<const OpsColumn> columns) {
  std::string list;
  for (const OpsColumn& column : columns) {
    if (!list.empty()) list += ", ";
    list += HasColumn(database, table, column.name) ? column.name
                                                    : fmt::format("'' AS {}", column.name);
  }
  return list;
}

bool HasTable(const SqliteDatabase& database, std::string_view name) {
  return SqliteStatement(database, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?")
      .Bind(name)
      .Step();
}

template <class Map>
std::string ToText(const Map& map) {
  return Json(map).dump(-1, ' ', false, Json::error_handler_t::replace);
}

[[noreturn]] void ThrowDamaged(const SqliteDatabase& database) {
  throw Error(
      ErrorCode::kInvalid,
      fmt::format("{}: the log of runs is damaged: restore the file from a copy", database.path()));
}

// Parses a map that ToText() wrote. Throws for anything else: the row is damaged.
template <class Value>
std::map<std::string, Value> ReadMap(const SqliteDatabase& database, const std::string& text) {
  std::map<std::string, Value> map;
  const Json json = Json::parse(text, nullptr, false);
  bool is_valid = json.is_object();
  for (const auto& [key, value] : json.items()) {
    if constexpr (std::is_same_v<Value, std::string>) {
      is_valid = is_valid && value.is_string();
    } else {
      is_valid = is_valid && value.is_number_integer();
    }
    if (!is_valid) break;
    map.emplace(key, value.template get<Value>());
  }
  if (!is_valid) ThrowDamaged(database);
  return map;
}

// Throws for a word that ToString() does not write: the row is damaged.
template <class Enum>
Enum ReadWord(const SqliteDatabase& database, std::optional<Enum> word) {
  if (!word.has_value()) ThrowDamaged(database);
  return *word;
}

// The statuses of runs whose tables are published, as a list for IN.
std::string PublishedStatuses() {
  return fmt::format("('{}', '{}')", ToString(RunStatus::kOk), ToString(RunStatus::kNoNews));
}

int64_t Signed(uint64_t value) { return static_cast<int64_t>(value); }
uint64_t Unsigned(int64_t value) { return static_cast<uint64_t>(value); }

void WriteSteps(const SqliteDatabase& database, const RunRecord& run) {
  SqliteStatement(database, "DELETE FROM stedi_steps WHERE run_id = ?").Bind(run.run_id).Run();
  for (const StepRecord& step : run.steps) {
    SqliteStatement(database,
                    "INSERT INTO stedi_steps (run_id, table_name, action, rows_in, rows_out, "
                    "snapshot_id, seconds, fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .Bind(run.run_id)
        .Bind(step.table)
        .Bind(ToString(step.action))
        .Bind(ToText(step.rows_in))
        .Bind(step.rows_out)
        .Bind(step.snapshot_id)
        .Bind(step.seconds)
        .Bind(step.fingerprint)
        .Run();
  }
}

void WriteExpectations(const SqliteDatabase& database, const RunRecord& run) {
  SqliteStatement(database, "DELETE FROM stedi_expectations WHERE run_id = ?")
      .Bind(run.run_id)
      .Run();
  for (const ExpectationRecord& expectation : run.expectations) {
    SqliteStatement(database,
                    "INSERT INTO stedi_expectations (run_id, table_name, name, kind, action, "
                    "failed) VALUES (?, ?, ?, ?, ?, ?)")
        .Bind(run.run_id)
        .Bind(expectation.table)
        .Bind(expectation.name)
        .Bind(expectation.kind)
        .Bind(expectation.action)
        .Bind(expectation.failed)
        .Run();
  }
}

void WriteBadFiles(const SqliteDatabase& database, const RunRecord& run) {
  SqliteStatement(database, "DELETE FROM stedi_bad_files WHERE run_id = ?").Bind(run.run_id).Run();
  for (const BadFileRecord& bad : run.bad_files) {
    SqliteStatement(database,
                    "INSERT INTO stedi_bad_files (run_id, feed, file, problem, is_skipped) VALUES "
                    "(?, ?, ?, ?, ?)")
        .Bind(run.run_id)
        .Bind(bad.feed)
        .Bind(bad.file)
        .Bind(bad.problem)
        .Bind(int64_t{bad.is_skipped})
        .Run();
  }
}

// Reads the current row of a SELECT of kStepColumns.
StepRecord ReadStep(const SqliteDatabase& database, const SqliteStatement& row) {
  StepRecord step;
  step.table = row.Text(1);
  step.action = ReadWord(database, ParseTableAction(row.Text(2)));
  step.rows_in = ReadMap<int64_t>(database, row.Text(3));
  step.rows_out = row.Integer(4);
  if (!row.IsNull(5)) step.snapshot_id = row.Integer(5);
  step.seconds = row.Real(6);
  step.fingerprint = row.Text(7);
  return step;
}

// Reads the rows of a run in the other tables.
void ReadParts(const SqliteDatabase& database, RunRecord& run) {
  SqliteStatement steps(database, fmt::format("SELECT {} FROM stedi_steps WHERE run_id = ? "
                                              "ORDER BY number",
                                              ColumnList(kStepColumns)));
  steps.Bind(run.run_id);
  while (steps.Step()) run.steps.push_back(ReadStep(database, steps));
  SqliteStatement expectations(
      database, fmt::format("SELECT {} FROM stedi_expectations WHERE run_id = ? ORDER BY number",
                            ColumnList(kExpectationColumns)));
  expectations.Bind(run.run_id);
  while (expectations.Step()) {
    run.expectations.push_back({expectations.Text(1), expectations.Text(2), expectations.Text(3),
                                expectations.Text(4), expectations.Integer(5)});
  }
  if (!HasTable(database, "stedi_bad_files")) return;
  SqliteStatement bad(database,
                      fmt::format("SELECT {} FROM stedi_bad_files WHERE run_id = ? ORDER BY number",
                                  ColumnList(kBadFileColumns)));
  bad.Bind(run.run_id);
  while (bad.Step()) {
    run.bad_files.push_back({bad.Text(1), bad.Text(2), bad.Text(3), bad.Integer(4) != 0});
  }
}

}  // namespace

void CreateRunLog(SqliteDatabase& database) {
  database.Execute(kCreateTables);
  if (!HasColumn(database, "stedi_files", "decoding")) database.Execute(kAddDecoding);
}

bool HasRunLog(const SqliteDatabase& database) { return HasTable(database, "stedi_settings"); }

bool WriteRun(SqliteDatabase& database, const RunRecord& run) {
  const std::string sql = fmt::format(
      "INSERT INTO stedi_runs (run_id, project, database_name, status, started_ms, finished_ms, "
      "parameters, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run_id) DO UPDATE SET "
      "status = excluded.status, finished_ms = excluded.finished_ms, "
      "parameters = excluded.parameters, message = excluded.message WHERE status NOT IN {}",
      PublishedStatuses());
  SqliteStatement(database, sql)
      .Bind(run.run_id)
      .Bind(run.project)
      .Bind(run.database)
      .Bind(ToString(run.status))
      .Bind(run.started_ms)
      .Bind(run.finished_ms)
      .Bind(ToText(run.parameters))
      .Bind(run.message)
      .Run();
  if (database.changes() == 0) return false;
  WriteSteps(database, run);
  WriteExpectations(database, run);
  WriteBadFiles(database, run);
  return true;
}

void WriteFiles(SqliteDatabase& database, const RunRecord& run) {
  for (const std::string& feed : run.forgotten_feeds) {
    SqliteStatement(database, "DELETE FROM stedi_files WHERE database_name = ? AND feed = ?")
        .Bind(run.database)
        .Bind(feed)
        .Run();
  }
  for (const auto& [feed, file] : run.forgotten_files) {
    SqliteStatement(database,
                    "DELETE FROM stedi_files WHERE database_name = ? AND feed = ? AND file = ?")
        .Bind(run.database)
        .Bind(feed)
        .Bind(file)
        .Run();
  }
  const std::string sql = fmt::format(
      "INSERT OR REPLACE INTO stedi_files ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?, ?, ?, ?, ?)",
      ColumnList(kFileColumns));
  for (const FileRecord& file : run.files) {
    SqliteStatement(database, sql)
        .Bind(run.database)
        .Bind(file.feed)
        .Bind(file.file)
        .Bind(ToString(file.status))
        .Bind(Signed(file.size_bytes))
        .Bind(Signed(file.decoded_bytes))
        .Bind(file.mtime_ns)
        .Bind(file.content_hash)
        .Bind(Signed(file.records))
        .Bind(Signed(file.rejected))
        .Bind(Signed(file.accepted_bytes))
        .Bind(Signed(file.quarantined_bytes))
        .Bind(Signed(file.whitespace_bytes))
        .Bind(Signed(file.framing_bytes))
        .Bind(file.run_id.empty() ? run.run_id : file.run_id)
        .Bind(file.decoding)
        .Run();
  }
}

void InterruptRuns(SqliteDatabase& database) {
  database.Execute(fmt::format(
      "UPDATE stedi_runs SET status = '{}', message = 'the process ended before its run' "
      "WHERE status = '{}'",
      ToString(RunStatus::kInterrupted), ToString(RunStatus::kRunning)));
}

void WriteSetting(SqliteDatabase& database, std::string_view key, std::string_view value) {
  SqliteStatement(database, "INSERT OR REPLACE INTO stedi_settings (key, value) VALUES (?, ?)")
      .Bind(key)
      .Bind(value)
      .Run();
}

bool ReadHasCommitted(const SqliteDatabase& database, std::string_view run_id) {
  return SqliteStatement(database,
                         fmt::format("SELECT 1 FROM stedi_runs WHERE run_id = ? AND status IN {}",
                                     PublishedStatuses()))
      .Bind(run_id)
      .Step();
}

std::vector<std::string> ReadFailedRuns(const SqliteDatabase& database, std::string_view after) {
  std::vector<std::string> ids;
  SqliteStatement row(
      database,
      fmt::format("SELECT run_id FROM stedi_runs WHERE status IN ('{}', '{}', '{}') AND number > "
                  "coalesce((SELECT number FROM stedi_runs WHERE run_id = ?), 0) ORDER BY number",
                  ToString(RunStatus::kFailed), ToString(RunStatus::kCancelled),
                  ToString(RunStatus::kInterrupted)));
  row.Bind(after);
  while (row.Step()) ids.push_back(row.Text(0));
  return ids;
}

namespace {

// Reads the current row of a SELECT of kRunColumns, and what belongs to the run in other tables.
RunRecord ReadRun(const SqliteDatabase& database, SqliteStatement& row) {
  RunRecord run;
  run.run_id = row.Text(0);
  run.project = row.Text(1);
  run.database = row.Text(2);
  run.status = ReadWord(database, ParseRunStatus(row.Text(3)));
  run.started_ms = row.Integer(4);
  run.finished_ms = row.Integer(5);
  run.parameters = ReadMap<std::string>(database, row.Text(6));
  run.message = row.Text(7);
  ReadParts(database, run);
  return run;
}

}  // namespace

std::vector<RunRecord> ReadRuns(const SqliteDatabase& database, size_t limit) {
  std::vector<RunRecord> runs;
  SqliteStatement row(database,
                      fmt::format("SELECT {} FROM stedi_runs ORDER BY number DESC LIMIT ?",
                                  ColumnList(kRunColumns)));
  row.Bind(Signed(limit));
  while (row.Step()) runs.push_back(ReadRun(database, row));
  return runs;
}

std::optional<RunRecord> ReadLastPublished(const SqliteDatabase& database, std::string_view name) {
  SqliteStatement row(
      database, fmt::format("SELECT {} FROM stedi_runs WHERE database_name = ? AND status IN {} "
                            "ORDER BY number DESC LIMIT 1",
                            ColumnList(kRunColumns), PublishedStatuses()));
  row.Bind(name);
  if (!row.Step()) return std::nullopt;
  return ReadRun(database, row);
}

std::set<std::string> ReadTablesOfLastRun(const SqliteDatabase& database, std::string_view name) {
  SqliteStatement row(
      database, fmt::format("SELECT table_name FROM stedi_steps WHERE run_id = (SELECT run_id FROM "
                            "stedi_runs WHERE database_name = ? AND status IN {} "
                            "ORDER BY number DESC LIMIT 1)",
                            PublishedStatuses()));
  row.Bind(name);
  std::set<std::string> tables;
  while (row.Step()) tables.insert(row.Text(0));
  return tables;
}

std::vector<FileRecord> ReadFiles(const SqliteDatabase& database, std::string_view name,
                                  std::string_view feed) {
  std::vector<FileRecord> files;
  SqliteStatement row(database, fmt::format("SELECT {} FROM stedi_files WHERE database_name = ?{} "
                                            "ORDER BY feed, file",
                                            ColumnsToRead(database, "stedi_files", kFileColumns),
                                            feed.empty() ? "" : " AND feed = ?"));
  row.Bind(name);
  if (!feed.empty()) row.Bind(feed);
  while (row.Step()) {
    FileRecord file;
    file.feed = row.Text(1);
    file.file = row.Text(2);
    file.status = ReadWord(database, ParseLoadStatus(row.Text(3)));
    file.size_bytes = Unsigned(row.Integer(4));
    file.decoded_bytes = Unsigned(row.Integer(5));
    file.mtime_ns = row.Integer(6);
    file.content_hash = row.Text(7);
    file.records = Unsigned(row.Integer(8));
    file.rejected = Unsigned(row.Integer(9));
    file.accepted_bytes = Unsigned(row.Integer(10));
    file.quarantined_bytes = Unsigned(row.Integer(11));
    file.whitespace_bytes = Unsigned(row.Integer(12));
    file.framing_bytes = Unsigned(row.Integer(13));
    file.run_id = row.Text(14);
    file.decoding = row.Text(15);
    files.push_back(std::move(file));
  }
  return files;
}

std::optional<StepRecord> ReadLastStep(const SqliteDatabase& database, std::string_view name,
                                       std::string_view table) {
  SqliteStatement row(
      database,
      fmt::format("SELECT s.run_id, s.table_name, s.action, s.rows_in, s.rows_out, s.snapshot_id, "
                  "s.seconds, s.fingerprint FROM stedi_steps s JOIN stedi_runs r "
                  "ON r.run_id = s.run_id WHERE s.table_name = ? AND r.database_name = ? "
                  "AND r.status IN {} ORDER BY s.number DESC LIMIT 1",
                  PublishedStatuses()));
  row.Bind(table).Bind(name);
  if (!row.Step()) return std::nullopt;
  return ReadStep(database, row);
}

std::optional<std::string> ReadSetting(const SqliteDatabase& database, std::string_view key) {
  SqliteStatement row(database, "SELECT value FROM stedi_settings WHERE key = ?");
  row.Bind(key);
  if (!row.Step()) return std::nullopt;
  return row.Text(0);
}

namespace {

void ReadOpsRow(const SqliteStatement& row, std::span<const OpsColumn> columns, OpsTable& table) {
  auto& values = table.rows.emplace_back();
  for (int i = 0; i < static_cast<int>(columns.size()); ++i) {
    const OpsColumn& column = columns[static_cast<size_t>(i)];
    const std::string_view type = column.type;
    const bool is_right = row.IsNull(i) || type == "VARCHAR" ||
                          (type == "BIGINT" ? row.IsInteger(i) : row.IsNumber(i));
    if (!is_right && table.damaged.empty()) {
      table.damaged =
          fmt::format("row {}, column {} holds no number", table.rows.size(), column.name);
    }
    if (row.IsNull(i)) {
      values.emplace_back(std::nullopt);
    } else {
      values.emplace_back(row.Text(i));
    }
  }
}

}  // namespace

std::vector<OpsTable> ReadRunLog(const SqliteDatabase& database) {
  const bool exists = HasRunLog(database);
  std::vector<OpsTable> tables;
  for (const OpsRow& ops : kOpsTables) {
    OpsTable table;
    table.name = ops.name;
    for (const OpsColumn& column : ops.columns) {
      table.columns.emplace_back(column.name);
      table.types.emplace_back(column.type);
    }
    if (exists && HasTable(database, ops.from)) {
      SqliteStatement row(database, fmt::format("SELECT {} FROM {} ORDER BY {}",
                                                ColumnsToRead(database, ops.from, ops.columns),
                                                ops.from, ops.order));
      while (row.Step()) ReadOpsRow(row, ops.columns, table);
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace stedi
