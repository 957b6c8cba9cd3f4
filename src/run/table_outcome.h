// The outcome of a table's step of a run: for the steps after it, for the report, and for the
// records that the catalog gets when the run is published.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "catalog/run_record.h"
#include "files/landing_files.h"
#include "lake/lake_table.h"
#include "lake/table_delta.h"
#include "run/run_report.h"

namespace stedi {

// The rows that a step added (`fresh`) and removed (`gone`), and the table's state before it. Both
// are SELECTs of all columns, or empty if there are no such rows. Valid until the run ends.
struct RowDelta {
  TableState before;
  std::string fresh;
  int64_t fresh_rows = 0;
  std::string gone;
  int64_t gone_rows = 0;
};

// A table after its step of the run.
struct TableOutcome {
  TableReport report;
  LakeTable table;
  std::string fingerprint;
  std::optional<RowDelta> delta;  // where the step knows it
  bool is_rebuilt = false;        // on demand: the files that it had may be damaged
  std::vector<ExpectationReport> expectations;
  std::vector<FileRecord> files;   // of a feed: new, changed, re-delivered
  LandingSummary landing;          // of a feed
  std::vector<std::string> notes;  // lines for people
  // Of a feed: a SELECT of the rows that its new files gave to its table of rejected records, valid
  // until the next feed is loaded; empty: there are none.
  std::string rejected_rows;
  std::vector<BadFile> bad_files;         // of a feed: they could not be read
  std::set<std::string> forgotten_files;  // of a feed: files that the catalog forgets
  bool forget_files = false;  // of a feed: the catalog forgets all files that are not among `files`
  // The earlier quarantined rows of this table that are no longer true:
  std::set<std::string> outdated_files;  // of a feed: those of these files, which were read again
  bool forget_quarantine = false;        // all
  std::set<std::string> kept_files;      // with forget_quarantine: except those of these files
  std::set<std::string> retried_files;   // of a feed: those of these files that meet `retried`
  std::string retried;                   // a condition in SQL; empty: none
  std::map<std::string, std::string> settings;  // of the catalog, to be set once this is published
};

// Returns the outcome of the table, or nullptr when its step did not run.
inline TableOutcome* FindOutcome(std::vector<TableOutcome>& outcomes, const std::string& name) {
  const auto found = std::ranges::find_if(
      outcomes, [&](const TableOutcome& outcome) { return outcome.table.id.name == name; });
  return found == outcomes.end() ? nullptr : &*found;
}

}  // namespace stedi
