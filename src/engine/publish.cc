#include "engine/publish.h"

#include <fmt/format.h>

#include "engine/data_writer.h"

namespace stedi {
namespace {

// SQL over the quarantine's columns: the rows that this run's outcomes made untrue; empty when
// there are none.
std::string OutdatedCondition(const std::vector<TableOutcome>& outcomes) {
  std::string condition;
  const auto add = [&](const std::string& part) {
    condition += (condition.empty() ? "" : " OR ") + part;
  };
  for (const TableOutcome& outcome : outcomes) {
    const std::string table = fmt::format("table_name = {}", QuoteLiteral(outcome.table.id.name));
    if (outcome.forget_quarantine) {
      add(fmt::format("({})", table));
    } else if (!outcome.outdated_files.empty()) {
      add(fmt::format("({} AND file IN ({}))", table, QuoteLiterals(outcome.outdated_files)));
    }
  }
  return condition;
}

}  // namespace

TableOutcome BuildQuarantine(const LakeSession& session, const std::vector<TableOutcome>& outcomes,
                             QuarantineNews& news) {
  TableOutcome outcome;
  outcome.table = OpenTable(session, kQuarantineTable);
  LakeTable& table = outcome.table;
  outcome.report.table = kQuarantineTable;
  outcome.report.action = "unchanged";
  const int64_t added = news.count();
  const std::string outdated = OutdatedCondition(outcomes);
  if (!table.exists() || added > 0 || !outdated.empty()) {
    LoadFiles(session.database, session.connection, table);
    SnapshotChange change;
    change.schema = NextSchema(table, QuarantineFields(), EvolutionRule::kAppendOnly);
    change.properties = {
        {"write.parquet.compression-codec", "zstd"},
        {kPiiProperty, fmt::format("{}", fmt::join(QuarantinePii(), ","))},
        {"comment", "Every landing record and derived row that was kept out, and why."}};
    change.summary["stedi.run-id"] = session.run_id;
    if (table.exists() && (!outdated.empty() || table.has_deletes)) {
      RemoveRows(session, table, outdated.empty() ? kNoRow : outdated, QuarantinePii(), change);
    }
    if (added > 0) {
      std::vector<DataFile> files = WriteDataFiles(
          session.connection, session.storage, news.Select(),
          {change.schema, TableFolder(session.lake, table.id) / "data", QuarantinePii()});
      change.added.insert(change.added.end(), files.begin(), files.end());
    }
    if (!table.exists() || !change.added.empty() || !change.removed.empty()) {
      outcome.report.action = change.removed.empty() ? "appended" : "replaced";
      StageSnapshot(session, table, change);
    }
  }
  outcome.report.rows_out = SummaryNumber(table, "total-records");
  outcome.report.snapshot_id = table.metadata.current_snapshot_id;
  return outcome;
}

void PublishRun(SqlCatalog& catalog, const std::vector<TableCommit>& commits,
                const RunRecord& record) {
  switch (catalog.Commit(commits, record)) {
    case CommitOutcome::kCommitted:
      return;
    case CommitOutcome::kConflict:
      throw Error(ErrorCode::kConflict,
                  "another program changed a table of the lake during the run: nothing was "
                  "published, run again");
    case CommitOutcome::kUnknown:
      if (catalog.HasCommitted(record.run_id)) return;
      throw Error(
          ErrorCode::kCommitStateUnknown,
          fmt::format("the catalog did not say whether run {} was published: run again to find out",
                      record.run_id));
  }
}

}  // namespace stedi
