#include "run/publish.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "iceberg/property_names.h"
#include "lake/snapshot_update.h"
#include "pipeline/quarantine_table.h"
#include "run/copy_on_write.h"
#include "run/guards.h"
#include "run/table_contract.h"

namespace stedi {
namespace {

// Returns a condition over the quarantine's columns for the rows that this run made outdated; empty
// when there are none.
std::string OutdatedCondition(const std::vector<TableOutcome>& outcomes) {
  std::string condition;
  const auto add = [&](const std::string& part) {
    condition += (condition.empty() ? "" : " OR ") + part;
  };
  for (const TableOutcome& outcome : outcomes) {
    const std::string table = fmt::format("table_name = {}", QuoteLiteral(outcome.table.id.name));
    if (outcome.forget_quarantine && !outcome.kept_files.empty()) {
      add(fmt::format("({} AND file NOT IN ({}))", table, QuoteLiterals(outcome.kept_files)));
    } else if (outcome.forget_quarantine) {
      add(fmt::format("({})", table));
    } else if (!outcome.outdated_files.empty()) {
      add(fmt::format("({} AND file IN ({}))", table, QuoteLiterals(outcome.outdated_files)));
    }
    if (!outcome.retried.empty()) add(fmt::format("({})", outcome.retried));
  }
  return condition;
}

std::atomic<Publishing>& State() {
  static std::atomic<Publishing> state{Publishing::kNotYet};
  return state;
}

// Finds out whether the run was committed, when SQLite could not say. The answer stays true: a run
// that was not is recorded as failed.
bool SettleCommit(const SqlCatalog& catalog, RunRecord record) {
  try {
    const std::unique_ptr<SqlCatalog> fresh = catalog.Reopen();
    if (fresh->HasCommitted(record.run_id)) return true;
    // This overwrites what the failed commit left in SQLite's log.
    record.status = RunStatus::kFailed;
    record.message = "the catalog could not be written";
    record.files.clear();
    fresh->RecordRun(record);
    return false;
  } catch (const Error& error) {
    throw Error(ErrorCode::kCommitStateUnknown,
                fmt::format("whether run {} was published is unknown: {}; when the disk is well "
                            "again, stedi runs tells",
                            record.run_id, error.what()));
  }
}

// Returns the kind of the expectation. A report of what an earlier version recorded may have none;
// then the project tells it.
std::string KindOf(const Project& project, const ExpectationReport& report) {
  if (!report.kind.empty()) return report.kind;
  const auto find = [&](const auto& tables) -> std::string {
    for (const TableDefinition& table : tables) {
      if (table.name != report.table) continue;
      const auto found = std::ranges::find(table.expectations, report.name, &Expectation::name);
      if (found != table.expectations.end()) return std::string(found->kind);
    }
    return "";
  };
  const std::string kind = find(project.feeds);
  return kind.empty() ? find(project.views) : kind;
}

}  // namespace

Publishing PublishingState() { return State(); }

TableOutcome BuildQuarantine(const RunSession& session, const std::vector<TableOutcome>& outcomes,
                             QuarantineNews& news) {
  TableOutcome outcome;
  outcome.table = session.tables_ahead.Open(session, kQuarantineTable);
  LakeTable& table = outcome.table;
  outcome.report.table = kQuarantineTable;
  outcome.report.action = TableAction::kUnchanged;
  std::vector<DataFile> added = news.Finish();
  const std::string outdated = OutdatedCondition(outcomes);
  if (!table.exists() || !added.empty() || !outdated.empty()) {
    LoadFiles(session.database, session.connection, table);
    SnapshotUpdate update(table, NextSchema(table, QuarantineFields(), EvolutionRule::kAppendOnly),
                          {{kCompressionProperty, "zstd"},
                           {kPiiProperty, fmt::format("{}", fmt::join(QuarantinePii(), ","))},
                           {kCommentProperty, kQuarantineComment}},
                          session.run_id);
    if (table.exists() && (!outdated.empty() || table.has_deletes)) {
      RemoveRows(session, outdated.empty() ? kNoRow : outdated, QuarantineWithoutBounds(), update);
    }
    update.Add(std::move(added));
    if (!table.exists() || update.ChangesFiles()) {
      outcome.report.action =
          update.removed().empty() ? TableAction::kAppended : TableAction::kReplaced;
      update.Stage(session);
    }
  }
  outcome.report.rows_out = RowsOf(table);
  outcome.report.snapshot_id = table.metadata.current_snapshot_id;
  return outcome;
}

TableCommit CommitOf(const LakeTable& table, StagedFiles& staged_files) {
  for (const LiveFile& live : table.files) {
    staged_files.Add(live.entry.file.path, live.entry.file.file_size_bytes);
  }
  return {table.id, table.committed_location, table.staged_location,
          staged_files.CrcOf(LocalPath(table.staged_location))};
}

void FillRecord(const Project& project, const RunReport& report,
                const std::vector<TableOutcome>& outcomes, RunRecord& record) {
  record.status = report.status;
  record.message = report.error.value_or("");
  record.steps.clear();
  record.files.clear();
  record.expectations.clear();
  for (const TableReport& table : report.tables) {
    StepRecord step{
        table.table, table.action, table.rows_in, table.rows_out, table.snapshot_id, table.seconds,
        ""};
    const auto outcome = std::ranges::find(
        outcomes, table.table, [](const TableOutcome& built) { return built.table.id.name; });
    if (outcome != outcomes.end()) step.fingerprint = outcome->fingerprint;
    record.steps.push_back(std::move(step));
  }
  record.forgotten_feeds.clear();
  record.forgotten_files.clear();
  for (const TableOutcome& outcome : outcomes) {
    record.files.insert(record.files.end(), outcome.files.begin(), outcome.files.end());
    for (const std::string& file : outcome.forgotten_files) {
      record.forgotten_files.emplace_back(outcome.table.id.name, file);
    }
    if (outcome.forget_files) record.forgotten_feeds.push_back(outcome.table.id.name);
  }
  for (const ExpectationReport& expectation : report.expectations) {
    if (!expectation.is_recorded) continue;
    record.expectations.push_back({expectation.table, expectation.name,
                                   KindOf(project, expectation),
                                   std::string(ToString(expectation.action)), expectation.failed});
  }
}

void PublishRun(SqlCatalog& catalog, const std::vector<TableCommit>& commits,
                const RunRecord& record) {
  State() = Publishing::kUnknown;
  CommitOutcome outcome = CommitOutcome::kUnknown;
  try {
    outcome = catalog.Commit(commits, record);
  } catch (const Error&) {  // nothing was changed
    State() = Publishing::kNotYet;
    throw;
  }
  if (outcome == CommitOutcome::kUnknown && SettleCommit(catalog, record)) {
    outcome = CommitOutcome::kCommitted;
  }
  State() = outcome == CommitOutcome::kCommitted ? Publishing::kDone : Publishing::kNotYet;
  switch (outcome) {
    case CommitOutcome::kCommitted:
      return;
    case CommitOutcome::kConflict:
      throw Error(ErrorCode::kConflict,
                  "another program changed a table of the lake during the run: nothing was "
                  "published, run again");
    case CommitOutcome::kUnknown:
      throw Error(ErrorCode::kUnavailable,
                  "the catalog could not be written: nothing was published, run again when the "
                  "disk is well");
  }
}

}  // namespace stedi
