// What stedi knows about its own runs: rows of the stedi_* tables of catalog.db.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stedi {

struct StepRecord {
  std::string table;
  std::string action;                      // appended | updated | replaced | unchanged | failed
  std::map<std::string, int64_t> rows_in;  // by input table; of a feed: "files"
  int64_t rows_out = 0;
  std::optional<int64_t> snapshot_id;  // the table's current one after the run
  double seconds = 0;
  std::string
      fingerprint;  // of all that decides the table's rows (inputs' snapshots, SQL, contract ..)
  bool operator==(const StepRecord&) const = default;
};

inline constexpr const char* kKeptStatus = "kept";

struct FileRecord {
  std::string feed;
  std::string file;
  // loaded | replaced | redelivered | kept (it was gone when its contract changed: news when back)
  std::string status;
  uint64_t size_bytes = 0;
  uint64_t decoded_bytes = 0;
  int64_t mtime_ns = 0;
  std::string content_hash;
  uint64_t records = 0;
  uint64_t rejected = 0;
  uint64_t accepted_bytes = 0;
  uint64_t quarantined_bytes = 0;
  uint64_t whitespace_bytes = 0;
  uint64_t framing_bytes = 0;
  std::string run_id;  // the run that saw this content first
  bool operator==(const FileRecord&) const = default;
};

struct ExpectationRecord {
  std::string table;
  std::string name;
  std::string kind;
  std::string action;  // fail | warn | drop | quarantine
  int64_t failed = 0;  // rows
  bool operator==(const ExpectationRecord&) const = default;
};

struct RunRecord {
  std::string run_id;
  std::string project;
  std::string database;
  // running | ok | no_news | failed | cancelled | interrupted (found dead by a later run)
  std::string status;
  int64_t started_ms = 0;
  int64_t finished_ms = 0;
  std::map<std::string, std::string> parameters;  // secrets by fingerprint only
  std::string message;                            // of a failed run; no personal data
  std::vector<StepRecord> steps;
  std::vector<FileRecord> files;  // new or changed in this run
  std::vector<ExpectationRecord> expectations;
  bool operator==(const RunRecord&) const = default;
};

// A table of the log as `stedi query` shows it (ops.*): all values as text.
struct OpsTable {
  std::string name;  // runs, steps, files, expectations
  std::vector<std::string> columns;
  std::vector<std::string> types;  // VARCHAR | BIGINT | DOUBLE
  std::vector<std::vector<std::optional<std::string>>> rows;
  std::string damaged;  // the first value that is not of its column's type, and where; "": none
};

}  // namespace stedi
