// The reports of a run and of its parts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/run_record.h"
#include "pipeline/expectation.h"

namespace stedi {

struct LandingSummary {
  uint64_t files = 0;        // loaded in this run
  uint64_t redelivered = 0;  // same content as a known file: not loaded
  uint64_t records = 0;
  uint64_t rejected = 0;
  uint64_t bytes = 0;        // stored bytes of the loaded files
  uint64_t skipped = 0;      // could not be read, and were left out (--skip-bad-files)
  uint64_t passed_over = 0;  // have names that 'feed.files' does not take

  void Add(const LandingSummary& part) {
    files += part.files;
    redelivered += part.redelivered;
    records += part.records;
    rejected += part.rejected;
    bytes += part.bytes;
    skipped += part.skipped;
    passed_over += part.passed_over;
  }
};

// A landing file that could not be read. Personal parts of names are masked.
struct BadFileReport {
  std::string table;
  std::string file;
  std::string problem;
  bool is_skipped = false;
  std::string line;  // all of the above, for people
};

// One table's part of a run.
struct TableReport {
  std::string table;
  TableAction action = TableAction::kUnchanged;
  std::map<std::string, int64_t> rows_in;
  int64_t rows_out = 0;
  int64_t rejected =
      0;  // a feed's rejected records; rows that drop or quarantine took from a derived table
  // Of a feed: keys of its new records that its contract does not name, and how often they occur;
  // only the most frequent of those that look like names of fields.
  std::map<std::string, int64_t> unknown_keys;
  std::optional<int64_t> snapshot_id;
  double seconds = 0;
};

struct ExpectationReport {
  std::string table;
  std::string name;
  ExpectationAction action = ExpectationAction::kFail;
  int64_t failed = 0;  // rows
  // Only if rows failed and were not taken out: up to 10 examples, as "file:offset" if the table
  // has these columns, else as the row with personal data masked; and a statement that selects all
  // rows that failed.
  std::vector<std::string> examples;
  std::string query;
  std::string kind = {};    // of kExpectationKinds: expect, unique ..
  std::string detail = {};  // of a guard that fails: what it found, with counts
  bool is_guard = false;    // looks at a table as a whole (run/guards.h)
  // False for a guard that judges what one run brought: a later run must not report it again.
  bool is_recorded = true;
};

// Returns the report of an expectation that an earlier run recorded. Throws kInvalid when the
// record has an unknown action.
ExpectationReport ReportOf(const ExpectationRecord& record);

// Rows that left a published table.
struct RowsTakenOut {
  std::string table;
  int64_t rows = 0;
};

struct RunReport {
  std::string run_id;
  RunStatus status = RunStatus::kRunning;
  double seconds = 0;
  LandingSummary landing;
  std::vector<TableReport>
      tables;  // feeds first, then views in graph order; a failed run: those it reached
  std::vector<ExpectationReport> expectations;
  // Of a failed run: the rows of people who withdrew. They are removed even then; nothing else is
  // published.
  std::vector<RowsTakenOut> taken_out;
  std::vector<BadFileReport> bad_files;
  std::vector<std::string> notes;       // lines for people: key file made, bad files skipped ..
  std::optional<std::string> error;     // of a failed or cancelled run: one line
  std::optional<ErrorCode> error_code;  // with error; kExpectationFailed: an expectation failed
};

}  // namespace stedi
