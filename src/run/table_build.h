// What building a feed and building a view have in common: the table's schema and properties, its
// fingerprint, the name under which the rest of the run reads it, rows taken out of it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "catalog/run_record.h"
#include "files/landing_files.h"
#include "lake/lake_session.h"
#include "lake/lake_table.h"
#include "lake/table_delta.h"
#include "pipeline/feed_tables.h"
#include "pipeline/project.h"
#include "run/run_report.h"

namespace stedi {

// Raised when a change of these rules must make every table be looked at again.
inline constexpr const char* kRulesVersion = "2";

// The columns that kPiiProperty names.
std::set<std::string> PersonalColumns(const TableMetadata& metadata);
// The rows that a step changed, as SELECTs of all columns; empty: none. Valid until the run ends.
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
  bool is_rebuilt = false;        // on demand: the files it had may be bad
  std::vector<ExpectationReport> expectations;
  std::vector<FileRecord> files;   // of a feed: new, changed, re-delivered
  LandingSummary landing;          // of a feed
  std::vector<std::string> notes;  // lines for people
  // Of a feed: a SELECT of the rows that its new files gave to its table of rejected records, valid
  // until the next feed is loaded; empty: there are none.
  std::string rejected_rows;
  std::vector<BadFile> bad_files;  // of a feed: they could not be read
  std::set<std::string>
      forgotten_files;        // of a feed: their rows are gone, as what is known of them
  bool forget_files = false;  // of a feed: what is known of files not among `files` is untrue
  // Earlier quarantined rows of this table that are no longer true:
  std::set<std::string> outdated_files;  // of a feed: those of these files, which were read again
  bool forget_quarantine = false;        // all
  std::set<std::string> kept_files;      // with forget_quarantine: but those of these files
  std::set<std::string> retried_files;   // of a feed: those of these files that `retried` tells
  std::string retried;                   // SQL condition; empty: none
  std::map<std::string, std::string> settings;  // of the catalog, to be set once this is published
};

// All columns as Iceberg fields, ids unset. None is `required`: Spark would infer NOT NULL columns
// from them and refuse the project's views (docs/decisions).
std::vector<Field> FieldsOf(const TableDefinition& definition);
std::map<std::string, std::string> IcebergProperties(const TableDefinition& definition);
// Those of which files hold no bounds: PiiOf, and the names of a feed's files, in which e-mail
// addresses may stand.
std::set<std::string> WithoutBounds(const TableDefinition& definition);

// All that decides the rows of a table: the SHA-256 of rules version, `sql`, contract and
// properties, then the states of its inputs, with a semicolon before each.
std::string Fingerprint(const TableDefinition& definition, const std::string& sql,
                        const std::vector<TableState>& inputs);
// The inputs' states in `last`, by table, when the rest of it is that of `now`.
std::optional<std::map<std::string, TableState>> StatesOfSame(const std::string& last,
                                                              const std::string& now);

// Whether the last committed run left `table` as it stands now, made from the same fingerprint.
bool IsUpToDate(const LakeSession& session, const LakeTable& table, const std::string& fingerprint);

// The schema that `definition` gives `table` (ids assigned). Throws kInvalid with the way out.
Schema NextSchema(const LakeTable& table, const std::vector<Field>& fields, EvolutionRule rule);

// From now on the plain name of the table reads `select`.
void ShowTable(const LakeSession& session, const std::string& name, const std::string& select);

// Those of the live files not in `removed` that are small, when there are so many of them that they
// are worth being written anew as one; else none.
std::set<std::string> SmallFiles(const LakeTable& table, const std::set<std::string>& removed);

// Paths of the live files that hold rows which `with` lets pass: SQL behind `FROM .. AS l`, WHERE
// or a join. One statement.
std::set<std::string> FilesWith(const LakeSession& session, const LakeTable& table,
                                const std::string& with);

// Writes the rows of the files `paths` that `with` lets pass into new files: the old ones join
// change.removed, the new ones change.added.
void RewriteFiles(const LakeSession& session, const LakeTable& table,
                  const std::set<std::string>& paths, const std::string& with,
                  const std::set<std::string>& without_bounds, SnapshotChange& change);

// Condition of RemoveRows that no row meets.
inline constexpr const char* kNoRow = "false";

// Writes the rows of `table` that meet `condition` (SQL over its columns) out of its data files.
// Where another program has written delete files, all is written anew, whatever the condition: a
// snapshot of ours has none, and without this it would bring deleted rows back (StageSnapshot
// refuses it).
void RemoveRows(const LakeSession& session, const LakeTable& table, const std::string& condition,
                const std::set<std::string>& without_bounds, SnapshotChange& change);

}  // namespace stedi
