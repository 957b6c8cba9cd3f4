// What stedi records about its own runs: rows of the stedi_* tables of catalog.db.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stedi {

enum class RunStatus : uint8_t {
  kRunning,
  kOk,
  kNoNews,
  kFailed,
  kCancelled,
  kInterrupted,  // a later run found that its process had ended
  kUnknown,      // not known whether it was published; never in the log
};

// What a run did to a table.
enum class TableAction : uint8_t {
  kUnchanged,
  kAppended,
  kUpdated,   // rows were added and removed
  kReplaced,  // rebuilt in full
  kFailed,
};

// What happened to a landing file.
enum class LoadStatus : uint8_t {
  kLoaded,
  kReplaced,
  kRedelivered,  // its content was loaded from another file
  kKept,         // missing when its feed's contract changed; read again when it is back
};

// The word in the log, in the output of commands and in their JSON, such as "no_news".
std::string_view ToString(RunStatus status);
std::string_view ToString(TableAction action);
std::string_view ToString(LoadStatus status);
std::optional<RunStatus> ParseRunStatus(std::string_view text);
std::optional<TableAction> ParseTableAction(std::string_view text);
std::optional<LoadStatus> ParseLoadStatus(std::string_view text);

struct StepRecord {
  std::string table;
  TableAction action = TableAction::kUnchanged;
  std::map<std::string, int64_t> rows_in;  // by input table; for a feed: {"files": number of files}
  int64_t rows_out = 0;
  std::optional<int64_t> snapshot_id;  // the table's current one after the run
  double seconds = 0;
  std::string
      fingerprint;  // of all that decides the table's rows (inputs' snapshots, SQL, contract ..)
  bool operator==(const StepRecord&) const = default;
};

struct FileRecord {
  std::string feed;
  std::string file;
  LoadStatus status = LoadStatus::kLoaded;
  uint64_t size_bytes = 0;
  uint64_t decoded_bytes = 0;
  int64_t mtime_ns = 0;
  std::string content_hash;
  // plain | gzip | zstd: how its bytes were decoded. unchecked: read as plain text by an earlier
  // stedi, which recognized compressed files only by their names.
  std::string decoding;
  uint64_t records = 0;
  uint64_t rejected = 0;
  uint64_t accepted_bytes = 0;
  uint64_t quarantined_bytes = 0;
  uint64_t whitespace_bytes = 0;
  uint64_t framing_bytes = 0;
  std::string run_id;  // the run that saw this content first
  bool operator==(const FileRecord&) const = default;
};

inline constexpr const char* kUncheckedDecoding = "unchecked";

// A landing file that a run could not read. Personal parts of its name are masked.
struct BadFileRecord {
  std::string feed;
  std::string file;
  std::string problem;      // one line
  bool is_skipped = false;  // the run went on without it (--skip-bad-files)
  bool operator==(const BadFileRecord&) const = default;
};

struct ExpectationRecord {
  std::string table;
  std::string name;
  std::string kind;
  std::string action;  // fail | warn | drop | quarantine
  int64_t failed = 0;  // number of violating rows
  bool operator==(const ExpectationRecord&) const = default;
};

struct RunRecord {
  std::string run_id;
  std::string project;
  std::string database;
  RunStatus status = RunStatus::kRunning;
  int64_t started_ms = 0;
  int64_t finished_ms = 0;
  std::map<std::string, std::string> parameters;  // secrets only as fingerprints
  std::string message;                            // of a failed run; no personal data
  std::vector<StepRecord> steps;
  std::vector<FileRecord> files;  // new or changed in this run
  // Feeds whose table was rebuilt: the records of their files that are not in `files` are deleted.
  std::vector<std::string> forgotten_feeds;
  std::vector<std::pair<std::string, std::string>> forgotten_files;  // (feed, file), also deleted
  std::vector<BadFileRecord> bad_files;
  std::map<std::string, std::string> settings;  // those that this run's commit changes
  std::vector<ExpectationRecord> expectations;
  bool operator==(const RunRecord&) const = default;
};

// A table of the log as `stedi query` shows it (ops.*): all values as text.
struct OpsTable {
  std::string name;  // runs, steps, files, expectations, bad_files
  std::vector<std::string> columns;
  std::vector<std::string> types;  // VARCHAR | BIGINT | DOUBLE
  std::vector<std::vector<std::optional<std::string>>> rows;
  std::string damaged;  // row and column of the first value of a wrong type; "": none
};

}  // namespace stedi
