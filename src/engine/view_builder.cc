#include "engine/view_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/fail_point.h"
#include "engine/audit.h"
#include "engine/data_writer.h"
#include "engine/progress_ticker.h"
#include "engine/value_masking.h"

namespace stedi {
namespace {

constexpr const char* kChecksum = "stedi.checksum";
constexpr double kPerMille = 10;  // of a percentage

bool TakesRowsOut(const Expectation& expectation) {
  return expectation.action == ExpectationAction::kDrop ||
         expectation.action == ExpectationAction::kQuarantine;
}

// The view's rows into data files. An error about a row's value is told without the value.
std::vector<DataFile> RunSelect(const LakeSession& session, const View& view, const Schema& schema,
                                const std::filesystem::path& folder) {
  try {
    return WriteDataFiles(session.connection, session.storage, view.select.text, schema, folder,
                          PiiOf(view));
  } catch (const SqlError& error) {
    if (!QuotesValues(error.type())) throw;
    throw Error(
        error.code(),
        fmt::format("{}: table {}: a row breaks its SELECT: {}; use try_cast, or look for the row "
                    "with stedi query",
                    view.path, view.name, MaskValues(error.what())));
  }
}

void RemoveFiles(const LakeSession& session, const std::vector<DataFile>& files) {
  for (const DataFile& file : files) session.storage.Of(file.path).Remove(file.path);
}

// Writes the rows, then writes them again without those that a drop or quarantine expectation
// names; a run without such rows writes once.
std::vector<DataFile> WriteRows(const LakeSession& session, const View& view, const Schema& schema,
                                QuarantineNews& quarantine, TableOutcome& outcome) {
  const std::filesystem::path folder = TableFolder(session.lake, outcome.table.id) / "data";
  std::vector<DataFile> files = RunSelect(session, view, schema, folder);
  ShowTable(session, view.name, SelectFiles(schema, files));
  for (const Expectation& expectation : view.expectations) {
    if (!TakesRowsOut(expectation)) continue;
    const int64_t failed = CountOffending(session, view, expectation);
    outcome.expectations.push_back(ReportExpectation(session, view, expectation, failed, ""));
    outcome.report.rejected += failed;
    if (failed == 0) continue;
    if (expectation.action == ExpectationAction::kQuarantine) {
      quarantine.AddRows(
          view.name, expectation.name,
          KindOf(expectation).offending_rows(expectation, QuoteIdentifier(view.name)));
    }
    const std::string kept = fmt::format("SELECT * FROM {} WHERE coalesce(({}), true)",
                                         QuoteIdentifier(view.name), expectation.condition);
    std::vector<DataFile> fewer =
        WriteDataFiles(session.connection, session.storage, kept, schema, folder, PiiOf(view));
    RemoveFiles(session, files);
    files = std::move(fewer);
    ShowTable(session, view.name, SelectFiles(schema, files));
  }
  return files;
}

// Stages `files` as the table's whole content, or removes them when they say what the table already
// says.
void StageRows(const LakeSession& session, const View& view, const Schema& schema,
               std::vector<DataFile> files, TableOutcome& outcome) {
  LakeTable& table = outcome.table;
  SnapshotChange change;
  change.schema = schema;
  change.properties = IcebergProperties(view);
  change.summary["stedi.run-id"] = session.run_id;
  change.summary[kChecksum] = Checksum(session, schema, SelectFiles(schema, files));
  const bool same = table.metadata.CurrentSnapshot() != nullptr &&
                    SummaryText(table, kChecksum) == change.summary[kChecksum] &&
                    table.metadata.CurrentSchema().fields == schema.fields &&
                    table.metadata.properties == change.properties;
  LoadFiles(session.database, session.connection, table);
  if (same) {
    RemoveFiles(session, files);
    ShowTable(session, view.name, SelectRows(session.database, session.connection, table));
    outcome.report.action = "unchanged";
    return;
  }
  for (const LiveFile& live : table.files) change.removed.insert(live.entry.file.path);
  change.added = std::move(files);
  StageSnapshot(session, table, change);
  outcome.report.action = "replaced";
}

}  // namespace

TableOutcome BuildView(const LakeSession& session, const ViewPlan& plan, QuarantineNews& quarantine,
                       RunObserver& observer, const std::function<void()>& show_inputs) {
  const View& view = *plan.view;
  TableOutcome outcome;
  outcome.table = OpenTable(session.storage, session.catalog, {session.database_name, view.name});
  LakeTable& table = outcome.table;
  outcome.report.table = view.name;
  outcome.report.rows_in = plan.rows_in;
  outcome.fingerprint = Fingerprint(session, view, view.select.text, plan.input_states);
  outcome.report.action = "unchanged";
  if (plan.rebuild || !IsUpToDate(session, table, outcome.fingerprint)) {
    show_inputs();
    const ProgressTicker ticker([&] {
      const duckdb_query_progress_type progress =
          duckdb_query_progress(session.connection.handle());
      observer.OnProgress(view.name,
                          static_cast<uint64_t>(std::max(0.0, progress.percentage * kPerMille)),
                          static_cast<uint64_t>(100 * kPerMille), 0, 0);
    });
    const Schema schema = NextSchema(table, FieldsOf(view), EvolutionRule::kReplace);
    std::vector<DataFile> files = WriteRows(session, view, schema, quarantine, outcome);
    FailPoint("after_build");
    StageRows(session, view, schema, std::move(files), outcome);
    FailPoint("after_stage");
    outcome.forget_quarantine =
        std::ranges::any_of(view.expectations, [](const Expectation& expectation) {
          return expectation.action == ExpectationAction::kQuarantine;
        });
    for (const Expectation& expectation : view.expectations) {
      if (TakesRowsOut(expectation)) continue;
      outcome.expectations.push_back(ReportExpectation(session, view, expectation,
                                                       CountOffending(session, view, expectation),
                                                       table.current_location()));
    }
  }
  outcome.report.rows_out = SummaryNumber(table, "total-records");
  outcome.report.snapshot_id = table.metadata.current_snapshot_id;
  return outcome;
}

}  // namespace stedi
