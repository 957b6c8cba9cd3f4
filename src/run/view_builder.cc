#include "run/view_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/fail_point.h"
#include "lake/damaged_files.h"
#include "lake/snapshot_update.h"
#include "run/audit.h"
#include "run/progress_ticker.h"
#include "run/row_errors.h"
#include "run/select_writer.h"
#include "run/table_contract.h"
#include "run/table_fingerprint.h"
#include "run/view_expectations.h"
#include "run/view_update.h"

namespace stedi {
namespace {

// Reports the progress of the view's statements to the observer for as long as it lives.
class ViewProgress {
 public:
  ViewProgress(const LakeSession& session, const View& view, RunObserver& observer) {
    if (!observer.WantsProgress()) return;
    ticker_.emplace([&connection = session.connection, &view, &observer] {
      observer.OnProgress(
          view.name, static_cast<uint64_t>(std::max(0.0, connection.PercentageDone() * kPerMille)),
          static_cast<uint64_t>(100 * kPerMille), 0, 0);
    });
  }

 private:
  static constexpr double kPerMille = 10;  // of a percentage

  std::optional<ProgressTicker> ticker_;
};

// Makes the rows of the view's own table, as they are in this run, readable by its name.
void ShowRows(const LakeSession& session, const LakeTable& table) {
  CreateView(session.connection, table.id.name,
             SelectRows(session.database, session.connection, table));
}

// Returns what the table can be brought up to date from; nothing if its SELECT must be run.
std::optional<UpdateStart> FindUpdateStart(const LakeSession& session, const ViewPlan& plan,
                                           const TableOutcome& outcome, const Schema& schema) {
  if (plan.rebuild) return std::nullopt;
  return MayStartFrom(session, plan.view, plan.project, outcome.table, schema, outcome.fingerprint)
      .start;
}

// Brings the table up to date from what changed in its inputs and stages it, if that changes it.
// Returns false, and changes nothing, if its SELECT must be run after all.
bool Update(const RunSession& session, const ViewPlan& plan, const UpdateStart& start,
            const Schema& schema, TableOutcome& outcome) {
  const View& view = plan.view;
  LakeTable& table = outcome.table;
  // Only parts of the inputs and of the table itself are read, but all their files must be there.
  std::vector<const LakeTable*> read = {&table};
  for (const TableOutcome* input : plan.inputs) read.push_back(&input->table);
  RequireSoundIfSmall(session, read);
  ShowRows(session, table);
  SnapshotUpdate update(table, schema, IcebergProperties(view), session.run_id);
  std::optional<UpdatedRows> updated =
      WithMaskedErrors(view, [&] { return UpdateRows(session, view, plan.inputs, start, update); });
  if (!updated.has_value()) return false;
  FailPoint("after_build");
  outcome.delta = std::move(updated->delta);
  if (!update.ChangesFiles()) return true;
  update.SetSummary(kChecksum, ToString(updated->checksum));
  update.Stage(session);
  ShowRows(session, table);
  outcome.report.action = update.removed().empty() ? TableAction::kAppended : TableAction::kUpdated;
  return true;
}

// Writes the view's rows. For each drop or quarantine expectation that some rows break, writes the
// rows once more without those. The view is readable by its name afterwards.
WrittenRows WriteRows(const RunSession& session, const ViewPlan& plan, const SelectWriter& writer,
                      const Schema& schema, QuarantineNews& quarantine, TableOutcome& outcome) {
  const View& view = plan.view;
  const std::string name = QuoteIdentifier(view.name);
  WrittenRows written = writer.WriteView();
  CreateView(session.connection, view.name, SelectFiles(schema, written.files));
  for (const Expectation& expectation : view.expectations) {
    if (!RemovesRows(expectation)) continue;
    const int64_t failed = CountViolations(session, view, expectation);
    outcome.expectations.push_back(ReportExpectation(session, view, expectation, failed, ""));
    outcome.report.rejected += failed;
    if (failed == 0) continue;
    if (expectation.action == ExpectationAction::kQuarantine) {
      quarantine.AddRows(view.name, expectation.name,
                         KindOf(expectation).offending_rows(expectation, name));
    }
    WrittenRows fewer = writer.Write(
        fmt::format("SELECT * FROM {} WHERE coalesce(({}), true)", name, expectation.condition));
    writer.Remove(written.files);
    written = std::move(fewer);
    CreateView(session.connection, view.name, SelectFiles(schema, written.files));
  }
  return written;
}

// Whether the table already has the rows and the definition that `update` would give it; `checksum`
// is that of the rows of `update`.
bool HasSameContent(const RunSession& session, const ViewPlan& plan, const SnapshotUpdate& update,
                    const std::string& checksum) {
  const LakeTable& table = update.table();
  return !plan.replace && table.metadata.CurrentSnapshot() != nullptr &&
         SummaryText(table, kChecksum) == checksum && update.KeepsDefinition() &&
         (!plan.rebuild || IsSound(session.storage, table));
}

// Runs the SELECT and stages its rows as the table's whole content. If the table has the same rows
// already, removes the new files instead.
void Rebuild(const RunSession& session, const ViewPlan& plan, const Schema& schema,
             QuarantineNews& quarantine, TableOutcome& outcome) {
  const View& view = plan.view;
  LakeTable& table = outcome.table;
  for (const TableOutcome* input : plan.inputs) RequireSound(session, input->table);
  const SelectWriter writer(session, view, plan.project, schema);
  WrittenRows written = WriteRows(session, plan, writer, schema, quarantine, outcome);
  FailPoint("after_build");
  outcome.forget_quarantine =
      std::ranges::any_of(view.expectations, [](const Expectation& expectation) {
        return expectation.action == ExpectationAction::kQuarantine;
      });
  SnapshotUpdate update(table, schema, IcebergProperties(view), session.run_id);
  const std::string checksum = ToString(written.checksum);
  if (HasSameContent(session, plan, update, checksum)) {
    writer.Remove(written.files);
    ShowRows(session, table);
    return;
  }
  update.RemoveAll();
  update.Add(std::move(written.files));
  update.SetSummary(kChecksum, checksum);
  update.Stage(session);
  outcome.report.action = TableAction::kReplaced;
  outcome.is_rebuilt = plan.rebuild;
}

}  // namespace

TableOutcome BuildView(const RunSession& session, const ViewPlan& plan, QuarantineNews& quarantine,
                       RunObserver& observer, const std::function<void()>& show_inputs) {
  const View& view = plan.view;
  TableOutcome outcome;
  outcome.table = session.tables_ahead.Open(session, view.name);
  outcome.report.table = view.name;
  outcome.report.rows_in = plan.rows_in;
  outcome.report.action = TableAction::kUnchanged;
  outcome.fingerprint = Fingerprint(view, view.select.text, plan.input_states);
  if (plan.rebuild || !IsUpToDate(session, outcome.table, outcome.fingerprint)) {
    show_inputs();
    LoadDerivedFiles(session, outcome.table, plan.replace);
    const ViewProgress progress(session, view, observer);
    const Schema schema = NextSchema(outcome.table, FieldsOf(view), EvolutionRule::kReplace);
    const std::optional<UpdateStart> start = FindUpdateStart(session, plan, outcome, schema);
    if (!start.has_value() || !Update(session, plan, *start, schema, outcome)) {
      Rebuild(session, plan, schema, quarantine, outcome);
    }
    FailPoint("after_stage");
    CountExpectations(session, plan, start, outcome);
  }
  outcome.report.rows_out = RowsOf(outcome.table);
  outcome.report.snapshot_id = outcome.table.metadata.current_snapshot_id;
  return outcome;
}

}  // namespace stedi
