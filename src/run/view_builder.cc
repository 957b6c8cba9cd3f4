#include "run/view_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "base/fail_point.h"
#include "database/value_masking.h"
#include "iceberg/property_names.h"
#include "lake/damaged_files.h"
#include "pipeline/sql_tokens.h"
#include "rows/data_writer.h"
#include "rows/row_tally.h"
#include "run/audit.h"
#include "run/guards.h"
#include "run/progress_ticker.h"
#include "run/view_update.h"
#include "select/late_strings.h"

namespace stedi {
namespace {

constexpr double kPerMille = 10;  // of a percentage

// DuckDB's memory limit for as long as something else needs a part of the run's memory.
class MemoryLimit {
 public:
  MemoryLimit(const LakeSession& session, uint64_t bytes) : session_(session) { Set(bytes); }
  ~MemoryLimit() {
    try {
      Set(session_.memory_bytes);
    } catch (const Error&) {  // cancelled: there is no next statement
    }
  }
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

 private:
  void Set(uint64_t bytes) {
    session_.connection.Execute(fmt::format("SET memory_limit = '{}B'", bytes));
  }
  const LakeSession& session_;
};

// A set of row hashes may take this part of the run's memory; DuckDB keeps the rest.
constexpr uint64_t kSetShare = 2;
// Different strings of a SELECT that is sorted may take this part, beside DuckDB's.
constexpr uint64_t kPoolShare = 8;

struct WrittenRows {
  std::vector<DataFile> files;
  TableChecksum checksum;
};

WrittenRows WriteTallied(const LakeSession& session, const View& view, const std::string& select,
                         const Schema& schema, RowTally& tally) {
  WrittenRows written;
  written.files = WriteDataFiles(
      session.connection, session.storage, select,
      {schema, TableFolder(session.lake, {session.database_name, view.name}) / "data",
       WithoutBounds(view), session.run_id},
      &tally);
  written.checksum = tally.checksum();
  return written;
}

void RemoveFiles(const LakeSession& session, const std::vector<DataFile>& files) {
  for (const DataFile& file : files) session.storage.Of(file.path).Remove(file.path);
}

// SELECT DISTINCT by a set of row hashes, or nothing when that set would take too much memory.
// Where it has no room for all rows, and the SELECT gives the same rows each time, it is run
// several times.
std::optional<WrittenRows> WriteDistinct(const LakeSession& session, const ViewPlan& plan,
                                         const std::string& select, const Schema& schema) {
  const View& view = *plan.view;
  const bool is_repeatable = ShapeOf(session.connection, view, *plan.project).is_incremental();
  const uint64_t set_bytes = session.memory_bytes / kSetShare;
  RowTally tally(set_bytes, is_repeatable ? RowTally::Again::kCan : RowTally::Again::kCannot,
                 session.temp_folder);
  const MemoryLimit limit(session, session.memory_bytes - set_bytes);
  WrittenRows written;
  try {
    do {
      WrittenRows more = WriteTallied(session, view, select, schema, tally);
      std::ranges::move(more.files, std::back_inserter(written.files));
      written.checksum = more.checksum;  // of all that passed so far
    } while (tally.NextPass());
    return written;
  } catch (const Error&) {
    RemoveFiles(session, written.files);
    if (!tally.out_of_room()) throw;
    return std::nullopt;
  }
}

// SELECT .. ORDER BY without its strings, or nothing when there are too many different ones.
std::optional<WrittenRows> WriteSorted(const LakeSession& session, const View& view,
                                       const Schema& schema) {
  LateStrings strings(session.memory_bytes / kPoolShare);
  const std::optional<std::string> select = strings.Wrap(session.connection, view);
  if (!select.has_value()) return std::nullopt;
  RowTally tally;
  try {
    return WriteTallied(session, view, *select, schema, tally);
  } catch (const SqlError&) {
    if (!strings.out_of_room()) throw;
    return std::nullopt;
  }
}

// What `run` gives, which runs the view's SELECT. An error about a row's value is told without the
// value.
template <class Function>
auto WithMaskedErrors(const View& view, const Function& run) {
  try {
    return run();
  } catch (const SqlError& error) {
    if (!QuotesValues(error.type())) throw;
    throw Error(
        error.code(),
        fmt::format("{}: table {}: a row breaks its SELECT: {}; use try_cast, or look for the row "
                    "with stedi query",
                    view.path, view.name, MaskValues(error.what())));
  }
}

// One thread of DuckDB's for as long as it lives: each needs memory of its own that cannot spill.
class OneThread {
 public:
  explicit OneThread(Connection& connection)
      : connection_(connection),
        threads_(connection.Integer("SELECT current_setting('threads')::BIGINT")) {
    connection_.Execute("SET threads = 1");
  }
  ~OneThread() {
    try {
      connection_.Execute(fmt::format("SET threads = {}", threads_));
    } catch (const Error&) {  // cancelled: there is no next statement
    }
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  Connection& connection_;
  int64_t threads_;
};

// As DuckDB does it, with all of the memory its own.
WrittenRows WritePlainly(const LakeSession& session, const View& view, const Schema& schema) {
  RowTally tally;
  return WriteTallied(session, view, view.select.text, schema, tally);
}

WrittenRows WriteQuickly(const LakeSession& session, const ViewPlan& plan, const Schema& schema) {
  const View& view = *plan.view;
  if (const auto select = WithoutDistinct(view.select.text)) {
    if (auto written = WriteDistinct(session, plan, *select, schema)) return std::move(*written);
  }
  if (auto written = WriteSorted(session, view, schema)) return std::move(*written);
  return WritePlainly(session, view, schema);
}

// The fail point `in_select` fails as DuckDB does when it runs out of memory.
void FailPointInSelect() {
  try {
    FailPoint("in_select");
  } catch (const Error& error) {
    throw SqlError(error.code(), error.what(), DUCKDB_ERROR_OUT_OF_MEMORY, "");
  }
}

// Writes the view's rows into data files. DuckDB may run out of memory although it spills,
// depending on thread timing: then the SELECT is run once more with one thread.
WrittenRows RunSelect(const LakeSession& session, const ViewPlan& plan, const Schema& schema) {
  const View& view = *plan.view;
  return WithMaskedErrors(view, [&] {
    try {
      FailPointInSelect();
      return WriteQuickly(session, plan, schema);
    } catch (const SqlError& error) {
      if (error.type() != DUCKDB_ERROR_OUT_OF_MEMORY) throw;
    }
    const OneThread one(session.connection);
    return WritePlainly(session, view, schema);
  });
}

// Writes the rows, then writes them again without those that a drop or quarantine expectation
// names; a run without such rows writes once.
WrittenRows WriteRows(const LakeSession& session, const ViewPlan& plan, const Schema& schema,
                      QuarantineNews& quarantine, TableOutcome& outcome) {
  const View& view = *plan.view;
  WrittenRows written = RunSelect(session, plan, schema);
  ShowTable(session, view.name, SelectFiles(schema, written.files));
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
    RowTally tally;
    WrittenRows fewer = WriteTallied(session, view, kept, schema, tally);
    RemoveFiles(session, written.files);
    written = std::move(fewer);
    ShowTable(session, view.name, SelectFiles(schema, written.files));
  }
  return written;
}

// All of a snapshot but its files.
void Describe(const LakeSession& session, const View& view, const Schema& schema,
              const TableChecksum& checksum, SnapshotChange& change) {
  change.schema = schema;
  change.properties = IcebergProperties(view);
  change.summary[kRunIdKey] = session.run_id;
  change.summary[kChecksum] = ToString(checksum);
}

bool IsSound(const LakeSession& session, const LakeTable& table) {
  if (!DamagedFiles(session.storage, table).empty()) return false;
  std::set<std::string> paths;
  for (const LiveFile& live : table.files) paths.insert(live.entry.file.path);
  return CheckPages(session.storage, paths).faults.empty();
}

// Stages `written` as the table's whole content, or removes its files when they say what the table
// already says.
void StageRows(const LakeSession& session, const ViewPlan& plan, const Schema& schema,
               WrittenRows written, TableOutcome& outcome) {
  const View& view = *plan.view;
  LakeTable& table = outcome.table;
  SnapshotChange change;
  Describe(session, view, schema, written.checksum, change);
  const bool same = !plan.replace && table.metadata.CurrentSnapshot() != nullptr &&
                    SummaryText(table, kChecksum) == change.summary[kChecksum] &&
                    table.metadata.CurrentSchema().fields == schema.fields &&
                    table.metadata.properties == change.properties &&
                    (!plan.rebuild || IsSound(session, table));
  if (same) {
    RemoveFiles(session, written.files);
    ShowTable(session, view.name, SelectRows(session.database, session.connection, table));
    outcome.report.action = TableAction::kUnchanged;
    return;
  }
  for (const LiveFile& live : table.files) change.removed.insert(live.entry.file.path);
  change.added = std::move(written.files);
  StageSnapshot(session, table, change);
  outcome.report.action = TableAction::kReplaced;
}

// An update reads parts of its inputs and of its own rows, whose files have to be there. Where they
// are small, to look at all of their checksums costs nothing that is felt.
void RequireSoundIfSmall(const LakeSession& session, const ViewPlan& plan, const LakeTable& table) {
  constexpr int64_t kBytesMax = 32 << 20;
  int64_t bytes = 0;
  const auto add = [&](const LakeTable& read) {
    RequireFiles(session, read);
    for (const LiveFile& live : read.files) bytes += live.entry.file.file_size_bytes;
  };
  add(table);
  for (const TableOutcome* input : plan.inputs) add(input->table);
  if (bytes > kBytesMax) return;
  RequireSound(session, table);
  for (const TableOutcome* input : plan.inputs) RequireSound(session, input->table);
}

// Whether the table could be brought up to date from what changed in its inputs; then that is done.
bool Update(const LakeSession& session, const ViewPlan& plan, const UpdateStart& start,
            const Schema& schema, TableOutcome& outcome) {
  const View& view = *plan.view;
  LakeTable& table = outcome.table;
  RequireSoundIfSmall(session, plan, table);
  ShowTable(session, view.name, SelectRows(session.database, session.connection, table));
  std::optional<UpdatedRows> updated =
      WithMaskedErrors(view, [&] { return UpdateRows(session, view, plan.inputs, start, table); });
  if (!updated.has_value()) return false;
  FailPoint("after_build");
  outcome.delta = std::move(updated->delta);
  SnapshotChange& change = updated->change;
  if (change.added.empty() && change.removed.empty()) return true;
  Describe(session, view, schema, updated->checksum, change);
  StageSnapshot(session, table, change);
  ShowTable(session, view.name, SelectRows(session.database, session.connection, table));
  outcome.report.action = change.removed.empty() ? TableAction::kAppended : TableAction::kUpdated;
  return true;
}

// Whether a table that the view refers to may have lost rows since the view was last built.
bool LostRows(const LakeSession& session, const ViewPlan& plan, const TableState& last) {
  for (const TableOutcome* reference : plan.references) {
    if (reference->table.id.name != last.table) continue;
    const std::optional<TableDelta> delta = DeltaSince(session.connection, reference->table, last);
    if (!delta.has_value()) return true;
    return reference->delta.has_value() && reference->delta->before == last
               ? reference->delta->gone_rows > 0
               : !delta->removed.empty();
  }
  return true;
}

// The expectations of an updated view that all of its rows kept and that its news may break alone.
std::vector<const Expectation*> KeptBefore(const LakeSession& session, const ViewPlan& plan,
                                           const UpdateStart& start) {
  std::vector<const Expectation*> kept;
  for (const Expectation& expectation : plan.view->expectations) {
    const auto last_failed = plan.last_failed.find(expectation.name);
    if (TakesRowsOut(expectation) || last_failed == plan.last_failed.end()) continue;
    if (expectation.kind == kCovers) continue;  // says nothing of single rows
    if (last_failed->second > 0) continue;
    if (const std::string& name = expectation.references_table; !name.empty()) {
      const auto before = start.inputs.find(name);
      if (before == start.inputs.end() || LostRows(session, plan, before->second)) continue;
    }
    kept.push_back(&expectation);
  }
  return kept;
}

// Counts the rows that break the expectations, but those that are taken out.
void CountExpectations(const LakeSession& session, const ViewPlan& plan,
                       const std::optional<UpdateStart>& start, TableOutcome& outcome) {
  const View& view = *plan.view;
  std::vector<const Expectation*> kept;
  if (outcome.delta.has_value()) {
    kept = KeptBefore(session, plan, *start);
    const std::string fresh = outcome.delta->fresh_rows > 0 ? outcome.delta->fresh : "";
    if (IsOffended(session, view, kept, fresh)) kept.clear();
  }
  for (const Expectation& expectation : view.expectations) {
    if (TakesRowsOut(expectation)) continue;
    if (expectation.kind == kCovers) {
      const auto covered =
          std::ranges::find(plan.references, expectation.references_table,
                            [](const TableOutcome* table) { return table->table.id.name; });
      assert(covered != plan.references.end());
      outcome.expectations.push_back(
          ReportCovers(view, expectation, CountUncovered(session, expectation, **covered, outcome),
                       SummaryNumber((*covered)->table, "total-records")));
      continue;
    }
    const bool is_kept = std::ranges::find(kept, &expectation) != kept.end();
    outcome.expectations.push_back(ReportExpectation(
        session, view, expectation, is_kept ? 0 : CountOffending(session, view, expectation),
        outcome.table.current_location()));
  }
}

}  // namespace

std::vector<ExpectationReport> LastExpectations(const std::optional<RunRecord>& last_published,
                                                const std::string& table) {
  std::vector<ExpectationReport> out;
  if (!last_published.has_value()) return out;
  for (const ExpectationRecord& record : last_published->expectations) {
    if (record.table == table) out.push_back(ReportOf(record));
  }
  return out;
}

std::optional<std::string> NoteLine(const LakeSession& session, const View& view,
                                    const std::string& note) {
  Result result = session.connection.Query(
      fmt::format("SELECT CAST(({}) AS VARCHAR) FROM {}", note, QuoteIdentifier(view.name)));
  const std::vector<TextRow> rows = result.Rows();
  return rows.empty() ? std::nullopt : rows.front().front();
}

ViewPlan PlanView(const Project& project, const View& view, const RunOptions& options,
                  const std::optional<RunRecord>& last_published,
                  const std::function<const TableOutcome*(const std::string&)>& find) {
  ViewPlan plan;
  plan.view = &view;
  plan.replace = std::ranges::find(options.rebuild, view.name) != options.rebuild.end();
  plan.rebuild = plan.replace || options.full;
  plan.project = &project;
  for (const std::string& name : view.inputs) {
    plan.inputs.push_back(find(name));
    plan.input_states.push_back(StateOf(plan.inputs.back()->table));
    plan.rows_in[name] = plan.inputs.back()->report.rows_out;
  }
  for (const Expectation& expectation : view.expectations) {
    const TableOutcome* table = find(expectation.references_table);
    if (table == nullptr) continue;  // it comes later
    plan.references.push_back(table);
    plan.input_states.push_back(StateOf(table->table));
  }
  for (const ExpectationReport& last : LastExpectations(last_published, view.name)) {
    plan.last_failed[last.name] = last.failed;
  }
  return plan;
}

TableOutcome BuildView(const LakeSession& session, const ViewPlan& plan, QuarantineNews& quarantine,
                       RunObserver& observer, const std::function<void()>& show_inputs) {
  const View& view = *plan.view;
  TableOutcome outcome;
  outcome.table = OpenTable(session, view.name);
  LakeTable& table = outcome.table;
  outcome.report.table = view.name;
  outcome.report.rows_in = plan.rows_in;
  outcome.fingerprint = Fingerprint(view, view.select.text, plan.input_states);
  outcome.report.action = TableAction::kUnchanged;
  if (plan.rebuild || !IsUpToDate(session, table, outcome.fingerprint)) {
    show_inputs();
    LoadDerivedFiles(session, table, plan.replace);
    std::optional<ProgressTicker> ticker;
    const auto tick = [&] {
      const duckdb_query_progress_type progress =
          duckdb_query_progress(session.connection.handle());
      observer.OnProgress(view.name,
                          static_cast<uint64_t>(std::max(0.0, progress.percentage * kPerMille)),
                          static_cast<uint64_t>(100 * kPerMille), 0, 0);
    };
    if (observer.WantsProgress()) ticker.emplace(tick);
    const Schema schema = NextSchema(table, FieldsOf(view), EvolutionRule::kReplace);
    std::optional<UpdateStart> start;
    if (!plan.rebuild) {
      start = MayStartFrom(session, view, *plan.project, table, schema, outcome.fingerprint).start;
    }
    if (!start.has_value() || !Update(session, plan, *start, schema, outcome)) {
      for (const TableOutcome* input : plan.inputs) RequireSound(session, input->table);
      WrittenRows written = WriteRows(session, plan, schema, quarantine, outcome);
      FailPoint("after_build");
      StageRows(session, plan, schema, std::move(written), outcome);
      outcome.is_rebuilt = plan.rebuild && outcome.report.action != TableAction::kUnchanged;
      outcome.forget_quarantine =
          std::ranges::any_of(view.expectations, [](const Expectation& expectation) {
            return expectation.action == ExpectationAction::kQuarantine;
          });
    }
    FailPoint("after_stage");
    CountExpectations(session, plan, start, outcome);
  }
  outcome.report.rows_out = SummaryNumber(table, "total-records");
  outcome.report.snapshot_id = table.metadata.current_snapshot_id;
  return outcome;
}

}  // namespace stedi
