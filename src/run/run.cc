#include "run/run.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>

#include "base/clock.h"
#include "base/fail_point.h"
#include "base/file.h"
#include "catalog/lake_lock.h"
#include "catalog/sql_catalog.h"
#include "database/value_masking.h"
#include "iceberg/identifiers.h"
#include "lake/failed_run_files.h"
#include "lake/lake_origin.h"
#include "lake/lake_place.h"
#include "lake/staged_files.h"
#include "run/build_anyway.h"
#include "run/feed_loader.h"
#include "run/folder_overlap.h"
#include "run/guards.h"
#include "run/pseudonym_key.h"
#include "run/publish.h"
#include "run/rejected_table.h"
#include "run/run_database.h"
#include "run/run_guards.h"
#include "run/run_project.h"
#include "run/run_without_news.h"
#include "run/view_builder.h"
#include "run/view_note.h"
#include "run/withdrawal.h"
#include "select/check.h"

namespace stedi {
namespace {

struct CatalogInUse {
  SqlCatalog& written;
  const SqlCatalog& found;  // a copy from when the run began; the run reads only this
};

// One run from the lock to the report. The order of the private functions is that of Execute().
class RunInProgress {
 public:
  RunInProgress(const RunOptions& options, RunObserver& observer, const CheckedProject& checked,
                LakePlace place, const CatalogInUse& catalog, RunDatabase& engine)
      : options_(options),
        observer_(observer),
        checked_(checked),
        place_(std::move(place)),
        catalog_(catalog.written),
        found_(catalog.found),
        temp_folder_(FreshTempFolder(place_.temp_folder)),
        database_(engine.database),
        connection_(engine.connection),
        storage_(database_),
        side_work_(database_),
        tables_ahead_(side_work_),
        session_{{database_, connection_, storage_, found_, place_.lake, temp_folder_,
                  checked.project.database},
                 NewUuidV7(),
                 MemoryOf(options),
                 side_work_,
                 tables_ahead_,
                 staged_files_,
                 sound_files_},
        quarantine_(session_),
        guards_(session_, checked, options, [this](const std::string& name) {
          MakeReadable(name);
          return Find(name);
        }) {
    connection_.Execute(fmt::format("CREATE SCHEMA IF NOT EXISTS {0}; USE {0}",
                                    QuoteIdentifier(session_.database_name)));
    record_.run_id = report_.run_id = session_.run_id;
    record_.project = checked.project.name;
    record_.database = checked.project.database;
    record_.started_ms = NowMs();
    record_.status = RunStatus::kRunning;
  }

  // Call it before anything is written. Throws kConflict when the lake or the catalog belongs
  // elsewhere.
  void Claim() { ClaimLake(place_, storage_, catalog_); }

  RunReport Execute(const PseudonymKey& key, const FolderListings& listings) {
    try {
      last_published_ = found_.LastPublishedRun(session_.database_name);
      CheckStart(key);
      inputs_.emplace(checked_.project, key.value);
      catalog_.MarkInterruptedRuns();
      catalog_.RecordRun(record_);
      is_on_record_ = true;
      const std::string removed = NoteOf(RemoveFilesOfFailedRuns(place_.lake, catalog_));
      if (!removed.empty()) Note(removed);
      plans_ = FindLandingFiles(listings);
      ReadTablesAhead();
      LoadFeeds();
      BuildViews();
      StageQuarantine();
      Publish();
    } catch (const Error& error) {  // a run that fails ends with a report, too
      End(error);
    } catch (const std::system_error& error) {  // no more threads, a folder that cannot be read ..
      End(Error(ErrorCode::kUnavailable, error.what()));
    } catch (const std::bad_alloc&) {
      End(Error(ErrorCode::kUnavailable, "out of memory; try a smaller --memory"));
    } catch (const std::exception& error) {
      End(Error(ErrorCode::kInternal, fmt::format("internal error: {}", error.what())));
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
  // Throws what ends the run before it reads anything, but must not hold up a withdrawal.
  void CheckStart(const PseudonymKey& key) {
    record_.parameters = RecordedParameters(checked_.project, key.value);
    CheckPseudonymKey(options_, checked_.project, found_, key);
    is_key_of_lake_ = true;
    CheckLandingFolders(checked_.project);
    SaveKey(key);
    for (const std::string& line : KeyNotes(checked_.project, key, found_)) Note(line);
  }

  std::vector<FeedPlan> FindLandingFiles(const FolderListings& listings) {
    std::vector<FeedPlan> plans;
    std::vector<std::string> notes;
    for (const Feed& feed : checked_.project.feeds) {
      const auto listed = listings.find(feed.name);
      plans.push_back(PlanFeed(
          session_, feed,
          listed != listings.end() ? listed->second : storage_.List(feed.folder, feed.files),
          options_, notes));
      CheckApart(place_, feed, plans.back().listing.places_outside);
      if (IsRemote(feed.folder) || !plans.back().bad_files.empty()) inputs_.reset();
      if (inputs_.has_value()) inputs_->Add(feed, plans.back().listing);
    }
    for (const std::string& note : notes) Note(note);
    FailPoint("after_list");
    return plans;
  }

  void ReadTablesAhead() {
    for (const std::string& name : TablesToRead(checked_, ChangingTables(plans_))) {
      tables_ahead_.BeginReading(session_, name);
    }
  }

  void LoadFeeds() {
    for (const FeedPlan& plan : plans_) {
      Step(plan.feed->name, TableKind::kFeed, [&] {
        TableOutcome outcome = LoadFeed(session_, plan, quarantine_, observer_);
        GuardAgainstRejected(session_, *plan.feed, quarantine_, outcome);
        return outcome;
      });
      AddBadFiles(plan);
      if (!outcomes_.back().bad_files.empty() && !options_.skip_bad_files) {
        outcomes_.pop_back();  // nothing was staged
        continue;
      }
      if (!plan.feed->rejected.has_value()) continue;
      Step(plan.feed->rejected->name, TableKind::kRejected,
           [&] { return BuildRejected(session_, plan, outcomes_.back()); });
    }
    if (!report_.bad_files.empty() && !options_.skip_bad_files) {
      throw BadFilesError(report_.bad_files, /*lists_all=*/false);
    }
    FailPoint("after_load");
  }

  // Reports the bad files of the feed that was loaded last. They are news to the next run, too, so
  // it must not compare its inputs with those of this run.
  void AddBadFiles(const FeedPlan& plan) {
    for (const BadFile& bad : outcomes_.back().bad_files) {
      inputs_.reset();
      report_.bad_files.push_back(ReportBadFile(*plan.feed, bad, options_.skip_bad_files));
      const BadFileReport& report = report_.bad_files.back();
      record_.bad_files.push_back({report.table, report.file, report.problem, report.is_skipped});
      if (report.is_skipped) Note("skipped " + report.line);
    }
  }

  void BuildViews() {
    for (const size_t index : checked_.order) {
      const View& view = checked_.project.views[index];
      Step(view.name, TableKind::kView, [&] {
        TableOutcome outcome = Build(view, options_);
        GuardAgainstEmpty(session_, checked_.project, view, outcome);
        return outcome;
      });
      NoteAbout(view);
    }
  }

  // Notes the line that the view's property 'note' gives, unless it is NULL.
  void NoteAbout(const View& view) {
    if (!view.properties.contains(kNoteKey)) return;
    ShowInputs(view);
    MakeReadable(view.name);
    if (const auto line = NoteLine(session_, view)) Note(*line);
  }

  TableOutcome Build(const View& view, const RunOptions& options) {
    const ViewPlan plan = PlanView(checked_.project, view, options, last_published_,
                                   [this](const std::string& name) { return Find(name); });
    return BuildView(session_, plan, quarantine_, observer_, [&] { ShowInputs(view); });
  }

  void ShowInputs(const View& view) {
    for (const std::string& name : view.inputs) MakeReadable(name);
    for (const Expectation& expectation : view.expectations) {
      if (!expectation.references_table.empty()) MakeReadable(expectation.references_table);
    }
  }

  void MakeReadable(const std::string& name) {
    TableOutcome* outcome = Find(name);
    if (outcome == nullptr || !shown_.insert(name).second) return;
    LoadFiles(database_, connection_, outcome->table);
    CreateView(connection_, name, SelectRows(database_, connection_, outcome->table));
  }

  // Runs one table's step and reports it. Throws kExpectationFailed, which ends the run, when an
  // expectation of the table failed.
  template <class Function>
  void Step(const std::string& name, TableKind kind, const Function& function) {
    const auto begin = std::chrono::steady_clock::now();
    observer_.OnTableBegin(name, kind);
    TableReport failed;
    failed.table = name;
    failed.action = TableAction::kFailed;
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
    const TableDefinition* definition = FindTable(checked_.project, name);
    if (outcome.expectations.empty() && definition != nullptr && !definition->expectations.empty())
      outcome.expectations = LastExpectations(last_published_, name);
    guards_.DowngradeFailedGuards(outcome);
    const ExpectationReport* broken = FindBroken(outcome.expectations);
    if (broken != nullptr) outcome.report.action = TableAction::kFailed;
    report_.tables.push_back(outcome.report);
    report_.expectations.insert(report_.expectations.end(), outcome.expectations.begin(),
                                outcome.expectations.end());
    report_.landing.Add(outcome.landing);
    observer_.OnTableEnd(outcome.report);
    if (broken != nullptr) {
      throw Error(ErrorCode::kExpectationFailed, FailedExpectationMessage(*broken));
    }
    const TableAction action = outcome.report.action;
    const bool may_shrink = action == TableAction::kUpdated || action == TableAction::kReplaced;
    if (kind != TableKind::kQuarantine && may_shrink) {
      if (const auto note = guards_.ShrinkWarning(outcome)) Note(*note);
    }
  }

  void StageQuarantine() {
    Step(kQuarantineTable, TableKind::kQuarantine,
         [&] { return BuildQuarantine(session_, outcomes_, quarantine_); });
  }

  void Publish() {
    side_work_.Finish();
    std::vector<TableCommit> commits;
    for (const TableOutcome& outcome : outcomes_) {
      const LakeTable& table = outcome.table;
      if (!table.staged_location.empty()) commits.push_back(CommitOf(table, staged_files_));
    }
    report_.status = commits.empty() ? RunStatus::kNoNews : RunStatus::kOk;
    Record();
    FailPoint("before_publish");
    ThrowIfCancelled();
    staged_files_.Check(storage_);
    if (!commits.empty()) MarkCommit(place_, storage_, catalog_);
    PublishRun(catalog_, commits, record_);
    FailPoint("after_publish");
    try {
      NoteForNextRun(commits);
    } catch (const std::exception& error) {  // the next run works without it
      Note(
          fmt::format("the run was published; what would quicken the next one could not be noted: "
                      "{}",
                      error.what()));
    }
  }

  void NoteForNextRun(const std::vector<TableCommit>& commits) {
    for (const TableOutcome& outcome : outcomes_) {
      for (const auto& [key, value] : outcome.settings) catalog_.SetSetting(key, value);
    }
    if (!inputs_.has_value()) return;
    NoteUpToDate(*inputs_, session_.database_name, found_, commits, catalog_);
    if (checked_.diagnostics.empty()) NoteChecked(*inputs_, checked_.project, catalog_);
  }

  // The queries in the report must work after a failed run, too, so the files that they read have
  // to be written first.
  void EndSideWork() {
    const bool names_rows = std::ranges::any_of(
        report_.expectations,
        [](const ExpectationReport& expectation) { return !expectation.query.empty(); });
    if (names_rows) SettleSideWork();
    side_work_.Stop();
  }

  void End(const Error& error) {
    const bool cancelled = error.code() == ErrorCode::kCancelled || StatementsCancelled();
    report_.status = cancelled ? RunStatus::kCancelled : RunStatus::kFailed;
    report_.error = ShownMessage(error);
    report_.error_code = cancelled ? ErrorCode::kCancelled : error.code();
    if (error.code() == ErrorCode::kExpectationFailed) *report_.error += ": nothing was published";
    if (!cancelled && error.code() != ErrorCode::kCommitStateUnknown) RemoveWithdrawnPeople();
    EndSideWork();
    if (error.code() == ErrorCode::kCommitStateUnknown) {
      report_.status = RunStatus::kUnknown;
      return;
    }
    Record();
    try {
      catalog_.RecordRun(record_);
    } catch (const Error& second) {
      Note(fmt::format("the failed run could not be recorded: {}", second.what()));
    }
  }

  // Removes the rows of people who withdrew, whatever made the run fail (run/withdrawal.h).
  void RemoveWithdrawnPeople() {
    std::vector<const View*> consent = TablesOfConsent(checked_.project);
    // Nobody can be taken out of a table that was never published.
    std::erase_if(consent, [&](const View* view) {
      return !found_.FindTable({session_.database_name, view->name}).has_value();
    });
    if (consent.empty() || catalog_.HasCommitted(session_.run_id)) return;
    const std::optional<std::string> why_it_failed = report_.error;
    try {
      if (!is_on_record_) catalog_.RecordRun(record_);  // else no run would remove its files
      SettleSideWork();
      const auto build = [this](const View& view, const RunOptions& options) {
        return Build(view, options);
      };
      const FailedRun failed = {session_,  checked_,    options_,  plans_,
                                outcomes_, quarantine_, observer_, build};
      for (const View* table : consent) {
        BuildAnyway(failed, table->name);
        MakeReadable(table->name);
      }
      Withdrawal withdrawal(session_, checked_.project, checked_.order,
                            [&](const std::string& name) { return TryMakeReadable(failed, name); });
      SettleSideWork();
      staged_files_.Abandon();
      if (!withdrawal.rows().empty()) NoteWithdrawalStaged(catalog_, withdrawal.file_id());
      const std::vector<const LakeTable*> tables = withdrawal.Stage();
      for (const std::string& line : withdrawal.MayStillHold()) Note(line);
      if (tables.empty()) return;
      side_work_.Finish();
      std::vector<TableCommit> commits;
      commits.reserve(tables.size());
      for (const LakeTable* table : tables) commits.push_back(CommitOf(*table, staged_files_));
      report_.taken_out = withdrawal.rows();
      report_.error = WithTakenOut(*report_.error, report_.taken_out);
      Record();
      record_.files.clear();  // they must be news to the next run, too
      record_.settings.clear();
      FailPoint("before_publish");
      staged_files_.Check(storage_);
      MarkCommit(place_, storage_, catalog_);
      PublishRun(catalog_, commits, record_);
      NoteWithdrawalPublished(catalog_);
    } catch (const std::exception& error) {  // the run ends with the error that made it fail
      report_.taken_out.clear();
      report_.error = why_it_failed;
      Note(fmt::format("who withdrew since the last run may still be in the tables: {}",
                       ShownMessage(error)));
    }
  }

  // Builds a table and makes it readable by its name. Returns false if that is not possible, and
  // for another key than the lake's: the rows would have pseudonyms that no published row refers
  // to.
  bool TryMakeReadable(const FailedRun& failed, const std::string& name) {
    if (!is_key_of_lake_) return false;
    try {
      BuildAnyway(failed, name);
      MakeReadable(name);
    } catch (const std::exception&) {  // the line about the table says what is wrong with it
      ThrowIfCancelled();
    }
    return shown_.contains(name);
  }

  // Waits for the side work. Its failure must not hold up a withdrawal, so it is ignored here; but
  // then files may be missing, so the report gets no queries.
  void SettleSideWork() {
    try {
      side_work_.Finish();
    } catch (const std::exception&) {  // the run has failed already, for this reason or another
      for (ExpectationReport& expectation : report_.expectations) expectation.query.clear();
      side_work_.Reset();
    }
  }

  void Record() {
    FillRecord(checked_.project, report_, outcomes_, record_);
    record_.settings[FoldersSetting(session_.database_name)] = FoldersText(checked_.project);
    record_.finished_ms = NowMs();
  }

  TableOutcome* Find(const std::string& name) { return FindOutcome(outcomes_, name); }

  void Note(const std::string& line) {
    report_.notes.push_back(line);
    observer_.OnNote(line);
  }

  const RunOptions& options_;
  RunObserver& observer_;
  const CheckedProject& checked_;
  LakePlace place_;
  SqlCatalog& catalog_;
  const SqlCatalog& found_;
  std::filesystem::path temp_folder_;
  Database& database_;
  Connection& connection_;
  Storage storage_;
  StagedFiles staged_files_;
  std::set<std::string> sound_files_;
  SideWork side_work_;
  TablesAhead tables_ahead_;
  RunSession session_;
  QuarantineNews quarantine_;
  RunGuards guards_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::optional<RunInputs> inputs_;          // empty: the next run must not compare with them
  std::optional<RunRecord> last_published_;  // before this one
  RunRecord record_;
  bool is_on_record_ = false;
  RunReport report_;
  std::vector<FeedPlan> plans_;  // by feed; empty if the run ended before all feeds were planned
  std::vector<TableOutcome> outcomes_;
  std::set<std::string> shown_;  // the tables that can be read by name
  bool is_key_of_lake_ = false;
};

}  // namespace

RunReport Run(const RunOptions& options, RunObserver& observer) {
  const PseudonymKey found_key = FindOrMakePseudonymKey();
  LakePlace place = PlaceOf(options.lake, options.catalog);
  KnownStart known = StartFromKnown(options, found_key, place, observer);
  if (known.report.has_value()) return std::move(*known.report);
  mallopt(M_MMAP_THRESHOLD, kLargeBlock);
  RunDatabase engine(options, place.temp_folder, observer.WantsProgress());
  const CheckedProject checked = known.checked.has_value()
                                     ? std::move(*known.checked)
                                     : LoadRunProject(options, found_key.value, &engine.connection);
  const PseudonymKey key = KeyInUse(checked.project, found_key);
  // If nobody can have withdrawn, CheckLandingFolders and CheckPseudonymKey fail here, before there
  // is a run to record. Else the run makes these checks when it has begun.
  const bool may_take_out =
      StatFile(place.catalog).has_value() && !TablesOfConsent(checked.project).empty();
  if (!may_take_out) CheckLandingFolders(checked.project);
  CheckPlaces(place, checked.project);
  MakeFolders(place.catalog.parent_path());
  const auto on_wait = [&](int pid) {
    known.listings.clear();  // there may be newer files
    observer.OnWait(pid);
  };
  const LakeLock lock(place.lock, options.wait, on_wait, StatementsCancelled);
  FailPoint("after_lock");
  SqlCatalog catalog(place.catalog, checked.project.catalog, SqlCatalog::Mode::kCreate,
                     options.wait);
  const std::unique_ptr<const SqlCatalog> found = catalog.Copy();
  CheckCatalogIsOf(place, *found);
  CheckIsAtHome(place, *found);
  if (!may_take_out) CheckPseudonymKey(options, checked.project, catalog, key);
  RunInProgress run(options, observer, checked, std::move(place), {catalog, *found}, engine);
  run.Claim();
  return run.Execute(key, known.listings);
}

}  // namespace stedi
