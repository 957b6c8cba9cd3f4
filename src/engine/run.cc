#include "engine/run.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>

#include "base/clock.h"
#include "base/fail_point.h"
#include "catalog/lake_lock.h"
#include "catalog/sql_catalog.h"
#include "engine/check.h"
#include "engine/dialect.h"
#include "engine/failed_run_files.h"
#include "engine/feed_loader.h"
#include "engine/lake_origin.h"
#include "engine/lake_place.h"
#include "engine/pseudonym_key.h"
#include "engine/publish.h"
#include "engine/rejected_table.h"
#include "engine/run_project.h"
#include "engine/run_without_news.h"
#include "engine/staged_files.h"
#include "engine/value_masking.h"
#include "engine/view_builder.h"
#include "iceberg/identifiers.h"

namespace stedi {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// What the C library keeps of freed memory comes on top of what the run may take. So blocks of this
// size go back to the system as soon as they are free, and all others after each table.
constexpr int kLargeBlock = 4 << 20;

// Spilled rows and rejected records are personal data: 0700, and empty when no run works in it.
std::filesystem::path FreshTempFolder(const std::filesystem::path& folder) {
  std::filesystem::remove_all(folder);
  MakeFolders(folder);
  return folder;
}

// One for the check of the project and the run: to open one takes 20 ms.
struct RunDatabase {
  RunDatabase(const RunOptions& options, const std::filesystem::path& temp_folder)
      : database({options.threads, MemoryOf(options), temp_folder, /*preserve_order=*/false}),
        connection(database) {
    CreateDialect(connection);
    // Bounds of one side's keys as a filter of the other's: of e-mail addresses and serial numbers
    // they hold nearly all, and to compare each row's costs a quarter of the join.
    connection.Execute("SET disabled_optimizers = 'join_filter_pushdown'");
  }

  Database database;
  Connection connection;
};

// One run from the lock to the report. The order of the private functions is that of Execute().
class RunInProgress {
 public:
  RunInProgress(const RunOptions& options, RunObserver& observer, const CheckedProject& checked,
                LakePlace place, SqlCatalog& catalog, const SqlCatalog& found, RunDatabase& engine)
      : options_(options),
        observer_(observer),
        checked_(checked),
        place_(std::move(place)),
        catalog_(catalog),
        found_(found),
        temp_folder_(FreshTempFolder(place_.temp_folder)),
        database_(engine.database),
        connection_(engine.connection),
        storage_(database_),
        session_{database_,
                 connection_,
                 storage_,
                 found,
                 place_.lake,
                 temp_folder_,
                 checked.project.database,
                 NewUuidV7(),
                 MemoryOf(options),
                 &side_work_,
                 &ahead_,
                 &staged_files_,
                 &sound_files_},
        quarantine_(session_),
        side_work_(database_) {
    if (observer.WantsProgress()) {
      connection_.Execute("SET enable_progress_bar = true");
      connection_.Execute("SET enable_progress_bar_print = false");
    }
    connection_.Execute(fmt::format("CREATE SCHEMA IF NOT EXISTS {0}; USE {0}",
                                    QuoteIdentifier(session_.database_name)));
    record_.run_id = report_.run_id = session_.run_id;
    record_.project = checked.project.name;
    record_.database = checked.project.database;
    record_.started_ms = NowMs();
    record_.status = "running";
  }

  // Before anything is written. Throws kConflict.
  void Claim() { ClaimLake(place_, storage_, catalog_); }

  RunReport Execute(const PseudonymKey& key, const FolderListings& listings) {
    try {
      last_published_ = found_.LastPublishedRun(session_.database_name);
      NoteKey(key);
      inputs_.emplace(checked_.project, key.value);
      catalog_.MarkInterruptedRuns();
      catalog_.RecordRun(record_);
      const std::string removed = NoteOf(RemoveFilesOfFailedRuns(place_.lake, catalog_));
      if (!removed.empty()) Note(removed);
      const std::vector<FeedPlan> plans = FindLandingFiles(listings);
      ReadTablesAhead(plans);
      LoadFeeds(plans);
      BuildViews();
      StageQuarantine();
      Publish();
    } catch (const Error& error) {  // the end of the run: a report either way
      Fail(error);
    } catch (const std::system_error& error) {  // no more threads, a folder that cannot be read ..
      Fail(Error(ErrorCode::kUnavailable, error.what()));
    } catch (const std::bad_alloc&) {
      Fail(Error(ErrorCode::kUnavailable, "out of memory; try a smaller --memory"));
    } catch (const std::exception& error) {
      Fail(Error(ErrorCode::kInternal, fmt::format("internal error: {}", error.what())));
    }
    report_.seconds = SecondsSince(begin_);
    FailPoint("before_report");
    std::error_code failure;
    std::filesystem::remove_all(temp_folder_, failure);
    if (failure) {
      Note(fmt::format("{}: cannot be removed: {}; the next run does it", temp_folder_.string(),
                       failure.message()));
    }
    return std::move(report_);
  }

 private:
  // Only the key's fingerprint is ever written down.
  void NoteKey(const PseudonymKey& key) {
    for (const auto& [name, parameter] : checked_.project.parameters) {
      record_.parameters[name] = parameter.secret ? KeyRecord(key.value) : parameter.value;
    }
    if (key.new_file.has_value()) {
      Note(
          fmt::format("made a pseudonym key in {}: keep it, the same key gives the same pseudonyms",
                      key.new_file->string()));
    }
    const std::string fingerprint = KeyFingerprint(key.value);
    const std::optional<std::string> before =
        PublishedKeyFingerprint(catalog_, session_.database_name);
    if (before.has_value() && *before != fingerprint && UsesPseudonymKey(checked_.project)) {
      Note(fmt::format(
          "the pseudonym key is another one (fingerprint {}, before {}): all pseudonyms change",
          fingerprint, *before));
    }
  }

  std::vector<FeedPlan> FindLandingFiles(const FolderListings& listings) {
    std::vector<FeedPlan> plans;
    std::vector<std::string> notes;
    for (const Feed& feed : checked_.project.feeds) {
      const auto listed = listings.find(feed.folder);
      FeedListing listing = listed != listings.end() ? listed->second : storage_.List(feed.folder);
      plans.push_back(PlanFeed(session_, feed, std::move(listing), options_, notes));
      if (IsRemote(feed.folder) || !plans.back().listing.bad_files.empty()) inputs_.reset();
      if (inputs_.has_value()) inputs_->Add(feed, plans.back().listing);
    }
    for (const std::string& note : notes) Note(note);
    FailPoint("after_list");
    return plans;
  }

  // Those that news of the feeds will change, and those that they are made from.
  void ReadTablesAhead(const std::vector<FeedPlan>& plans) {
    std::set<std::string> changing;
    std::vector<std::string> names;
    for (const FeedPlan& plan : plans) {
      if (plan.news.to_load.empty() && plan.news.outdated.empty()) continue;
      changing.insert(plan.feed->name);
      names.push_back(plan.feed->name);
      if (!plan.feed->rejected.has_value()) continue;
      changing.insert(plan.feed->rejected->name);
      names.push_back(plan.feed->rejected->name);
    }
    for (const size_t index : checked_.order) {
      const View& view = checked_.project.views[index];
      if (std::ranges::none_of(
              view.inputs, [&](const std::string& input) { return changing.contains(input); })) {
        continue;
      }
      changing.insert(view.name);
      names.insert(names.end(), view.inputs.begin(), view.inputs.end());
      names.push_back(view.name);
    }
    for (const std::string& name : names) {
      if (!ahead_.contains(name)) ReadAhead(session_, name);
    }
  }

  void LoadFeeds(const std::vector<FeedPlan>& plans) {
    for (const FeedPlan& plan : plans) {
      Step(plan.feed->name, "feed",
           [&] { return LoadFeed(session_, plan, quarantine_, observer_); });
      // A file that was passed over is news to the next run, too.
      if (outcomes_.back().landing.files < plan.news.to_load.size()) inputs_.reset();
      if (!plan.feed->rejected.has_value()) continue;
      Step(plan.feed->rejected->name, "rejected",
           [&] { return BuildRejected(session_, plan, outcomes_.back()); });
    }
    FailPoint("after_load");
  }

  void BuildViews() {
    for (const size_t index : checked_.order) {
      const View& view = checked_.project.views[index];
      Step(view.name, "view", [&] {
        return BuildView(session_, PlanView(view), quarantine_, observer_,
                         [&] { ShowInputs(view); });
      });
      NoteAbout(view);
    }
  }

  // The line that the project wants said of a table's rows; nothing where it is NULL.
  void NoteAbout(const View& view) {
    const auto note = view.properties.find("note");
    if (note == view.properties.end()) return;
    ShowInputs(view);
    Show(view.name);
    Result result = connection_.Query(fmt::format("SELECT CAST(({}) AS VARCHAR) FROM {}",
                                                  note->second, QuoteIdentifier(view.name)));
    for (const TextRow& row : result.Rows()) {
      if (row[0].has_value()) Note(*row[0]);
    }
  }

  ViewPlan PlanView(const View& view) {
    ViewPlan plan;
    plan.view = &view;
    plan.replace = std::ranges::find(options_.rebuild, view.name) != options_.rebuild.end();
    plan.rebuild = plan.replace || options_.full;
    plan.project = &checked_.project;
    for (const std::string& name : view.inputs) {
      plan.inputs.push_back(Find(name));
      plan.input_states.push_back(StateOf(plan.inputs.back()->table));
      plan.rows_in[name] = plan.inputs.back()->report.rows_out;
    }
    for (const Expectation& expectation : view.expectations) {
      const TableOutcome* table = Find(expectation.references_table);
      if (table == nullptr) continue;  // it comes later
      plan.references.push_back(table);
      plan.input_states.push_back(StateOf(table->table));
    }
    for (const ExpectationReport& last : LastExpectations(view.name)) {
      plan.last_failed[last.name] = last.failed;
    }
    return plan;
  }

  void ShowInputs(const View& view) {
    for (const std::string& name : view.inputs) Show(name);
    for (const Expectation& expectation : view.expectations) {
      if (!expectation.references_table.empty()) Show(expectation.references_table);
    }
  }

  void Show(const std::string& name) {
    TableOutcome* outcome = Find(name);
    if (outcome == nullptr || !shown_.insert(name).second) return;
    LoadFiles(database_, connection_, outcome->table);
    ShowTable(session_, name, SelectRows(database_, connection_, outcome->table));
  }

  // Does one table's step, reports it, and ends the run when the table broke a promise.
  template <class Function>
  void Step(const std::string& name, const char* kind, const Function& function) {
    const Clock::time_point begin = Clock::now();
    observer_.OnTableBegin(name, kind);
    TableReport failed;
    failed.table = name;
    failed.action = "failed";
    try {
      outcomes_.push_back(function());
    } catch (const Error&) {
      failed.seconds = SecondsSince(begin);
      report_.tables.push_back(failed);
      throw;
    }
    malloc_trim(0);
    TableOutcome& outcome = outcomes_.back();
    for (const std::string& note : outcome.notes) Note(note);
    outcome.report.seconds = SecondsSince(begin);
    if (outcome.expectations.empty()) outcome.expectations = LastExpectations(name);
    const auto broken =
        std::ranges::find_if(outcome.expectations, [](const ExpectationReport& expectation) {
          return expectation.action == "fail" && expectation.failed > 0;
        });
    if (broken != outcome.expectations.end()) outcome.report.action = "failed";
    report_.tables.push_back(outcome.report);
    report_.expectations.insert(report_.expectations.end(), outcome.expectations.begin(),
                                outcome.expectations.end());
    AddLanding(outcome.landing);
    observer_.OnTableEnd(outcome.report);
    if (broken != outcome.expectations.end()) {
      throw Error(ErrorCode::kExpectationFailed,
                  fmt::format("{}: expectation {} failed for {} rows: nothing was published", name,
                              broken->name, broken->failed));
    }
  }

  // The counts of the run that made the table as it still is.
  std::vector<ExpectationReport> LastExpectations(const std::string& table) const {
    std::vector<ExpectationReport> out;
    if (!last_published_.has_value()) return out;
    for (const ExpectationRecord& record : last_published_->expectations) {
      if (record.table != table) continue;
      out.push_back({record.table, record.name, record.action, record.failed, {}, "", record.kind});
    }
    return out;
  }

  void AddLanding(const LandingSummary& part) {
    report_.landing.files += part.files;
    report_.landing.redelivered += part.redelivered;
    report_.landing.records += part.records;
    report_.landing.rejected += part.rejected;
    report_.landing.bytes += part.bytes;
  }

  void StageQuarantine() {
    Step(kQuarantineTable, "quarantine",
         [&] { return BuildQuarantine(session_, outcomes_, quarantine_); });
  }

  void Publish() {
    side_work_.Finish();
    std::vector<TableCommit> commits;
    for (const TableOutcome& outcome : outcomes_) {
      const LakeTable& table = outcome.table;
      if (table.staged_location.empty()) continue;
      commits.push_back({table.id, table.committed_location, table.staged_location,
                         staged_files_.CrcOf(LocalPath(table.staged_location))});
      for (const LiveFile& live : table.files) {
        staged_files_.Add(live.entry.file.path, live.entry.file.file_size_bytes);
      }
    }
    report_.status = commits.empty() ? "no_news" : "ok";
    Record();
    FailPoint("before_publish");
    ThrowIfCancelled();
    staged_files_.Check(storage_);
    if (!commits.empty()) MarkCommit(place_, storage_, catalog_);
    PublishRun(catalog_, commits, record_);
    FailPoint("after_publish");
    try {
      NoteForNextRun(commits);
    } catch (const std::exception& error) {  // it looks for itself
      Note(
          fmt::format("the run was published; what would quicken the next one could not be noted: "
                      "{}",
                      error.what()));
    }
  }

  void NoteForNextRun(const std::vector<TableCommit>& commits) {
    if (!inputs_.has_value()) return;
    NoteUpToDate(*inputs_, session_.database_name, found_, commits, catalog_);
    if (checked_.diagnostics.empty()) NoteChecked(*inputs_, checked_.project, catalog_);
  }

  // What the report names can be looked at after a failed run, too.
  void EndSideWork() {
    try {
      const bool names_rows = std::ranges::any_of(
          report_.expectations,
          [](const ExpectationReport& expectation) { return !expectation.query.empty(); });
      if (names_rows) side_work_.Finish();
    } catch (const std::exception&) {  // the run has failed already, by this or something else
      for (ExpectationReport& expectation : report_.expectations) expectation.query.clear();
    }
    side_work_.Stop();
  }

  void Fail(const Error& error) {
    EndSideWork();
    const bool cancelled = error.code() == ErrorCode::kCancelled || StatementsCancelled();
    report_.status = cancelled ? "cancelled" : "failed";
    const auto* from_duckdb = dynamic_cast<const SqlError*>(&error);
    const bool quotes_values = from_duckdb != nullptr && QuotesValues(from_duckdb->type());
    report_.error = quotes_values ? MaskValues(error.what()) : error.what();
    report_.error_code = cancelled ? ErrorCode::kCancelled : error.code();
    if (error.code() == ErrorCode::kCommitStateUnknown) {
      report_.status = "unknown";
      return;
    }
    Record();
    try {
      catalog_.RecordRun(record_);
    } catch (const Error& second) {
      Note(fmt::format("the failed run could not be recorded: {}", second.what()));
    }
  }

  // A record of an earlier version may have none.
  std::string KindOf(const ExpectationReport& report) const {
    if (!report.kind.empty()) return report.kind;
    const auto find = [&](const auto& tables) -> std::string {
      for (const TableDefinition& table : tables) {
        if (table.name != report.table) continue;
        const auto found = std::ranges::find(table.expectations, report.name, &Expectation::name);
        if (found != table.expectations.end()) return std::string(found->kind);
      }
      return "";
    };
    const std::string kind = find(checked_.project.feeds);
    return kind.empty() ? find(checked_.project.views) : kind;
  }

  // The report so far, as the catalog keeps it.
  void Record() {
    record_.status = report_.status;
    record_.finished_ms = NowMs();
    record_.message = report_.error.value_or("");
    record_.steps.clear();
    record_.files.clear();
    record_.expectations.clear();
    for (const TableReport& table : report_.tables) {
      StepRecord step{table.table,
                      table.action,
                      table.rows_in,
                      table.rows_out,
                      table.snapshot_id,
                      table.seconds,
                      ""};
      if (const TableOutcome* outcome = Find(table.table)) step.fingerprint = outcome->fingerprint;
      record_.steps.push_back(std::move(step));
    }
    for (const TableOutcome& outcome : outcomes_) {
      record_.files.insert(record_.files.end(), outcome.files.begin(), outcome.files.end());
    }
    for (const ExpectationReport& expectation : report_.expectations) {
      record_.expectations.push_back({expectation.table, expectation.name, KindOf(expectation),
                                      expectation.action, expectation.failed});
    }
  }

  TableOutcome* Find(const std::string& name) {
    const auto found = std::ranges::find_if(
        outcomes_, [&](const TableOutcome& outcome) { return outcome.table.id.name == name; });
    return found == outcomes_.end() ? nullptr : &*found;
  }

  void Note(const std::string& line) {
    report_.notes.push_back(line);
    observer_.OnNote(line);
  }

  const RunOptions& options_;
  RunObserver& observer_;
  const CheckedProject& checked_;
  LakePlace place_;
  SqlCatalog& catalog_;
  const SqlCatalog& found_;  // as it was when the run began: all that it reads
  std::filesystem::path temp_folder_;
  Database& database_;
  Connection& connection_;
  Storage storage_;
  LakeSession session_;
  QuarantineNews quarantine_;
  TablesAhead ahead_;
  StagedFiles staged_files_;
  std::set<std::string> sound_files_;
  SideWork side_work_;
  Clock::time_point begin_ = Clock::now();
  std::optional<RunInputs> inputs_;          // where the next run may compare with them
  std::optional<RunRecord> last_published_;  // before this one
  RunRecord record_;
  RunReport report_;
  std::vector<TableOutcome> outcomes_;
  std::set<std::string> shown_;  // those that can be read by name
};

}  // namespace

RunReport Run(const RunOptions& options, RunObserver& observer) {
  const PseudonymKey key = FindOrMakePseudonymKey();
  LakePlace place = PlaceOf(options.lake, options.catalog);
  KnownStart known = StartFromKnown(options, key, place, observer);
  if (known.report.has_value()) return std::move(*known.report);
  mallopt(M_MMAP_THRESHOLD, kLargeBlock);
  RunDatabase engine(options, place.temp_folder);
  const CheckedProject checked = known.checked.has_value()
                                     ? std::move(*known.checked)
                                     : LoadRunProject(options, key.value, &engine.connection);
  MakeFolders(place.catalog.parent_path());
  const auto on_wait = [&](int pid) {
    known.listings.clear();  // there will be newer files
    observer.OnWait(pid);
  };
  const LakeLock lock(place.lock, options.wait, on_wait, StatementsCancelled);
  FailPoint("after_lock");
  SqlCatalog catalog(place.catalog, checked.project.catalog, SqlCatalog::Mode::kCreate,
                     options.wait);
  const std::unique_ptr<const SqlCatalog> found = catalog.Copy();
  CheckCatalogIsOf(place, *found);
  CheckIsAtHome(place, *found);
  CheckPseudonymKey(options, checked.project, catalog, key);
  SaveKey(key);
  RunInProgress run(options, observer, checked, std::move(place), catalog, *found, engine);
  run.Claim();
  return run.Execute(key, known.listings);
}

}  // namespace stedi
