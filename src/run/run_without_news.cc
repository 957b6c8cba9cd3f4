#include "run/run_without_news.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/fail_point.h"
#include "base/file_stamp.h"
#include "base/file_store.h"
#include "base/sha256.h"
#include "catalog/lake_lock.h"
#include "iceberg/identifiers.h"
#include "iceberg/table_metadata.h"
#include "lake/failed_run_files.h"
#include "lake/lake_origin.h"
#include "run/feed_plan.h"
#include "run/folder_overlap.h"
#include "run/publish.h"
#include "run/quarantine.h"
#include "run/run_project.h"
#include "run/table_fingerprint.h"

namespace stedi {
namespace {

std::string SettingOf(const std::string& database) { return "up_to_date." + database; }
std::string CheckedSettingOf(const std::string& database) { return "checked." + database; }

// Adds the part with its length before it, so that different lists of parts give different texts.
void AddPart(std::string_view part, std::string& text) {
  text += fmt::format("{}:{}\n", part.size(), part);
}

void AddTable(const TableDefinition& table, std::string& text) {
  for (const std::string& part : {table.name, table.path, table.comment}) AddPart(part, text);
  for (const ColumnDefinition& column : table.columns) {
    AddPart(column.name, text);
    AddPart(ToString(column.type), text);
    AddPart(column.comment, text);
    AddPart(column.not_null ? "NOT NULL" : "", text);
  }
  for (const auto& [key, value] : table.properties) {
    AddPart(key, text);
    AddPart(value, text);
  }
}

// Identifies this build of the program, because another build may have other rules.
std::string ThisProgram() {
  const std::optional<FileStatus> status = StatFile("/proc/self/exe");
  return status ? ToString(StampOf(*status)) : "";
}

// Whether the metadata file of each table is still there.
bool TablesAreThere(const SqlCatalog& catalog, const std::string& database) {
  return std::ranges::all_of(catalog.ListTables(database), [&](const std::string& name) {
    const std::optional<std::string> location = catalog.FindTable({database, name});
    return location.has_value() && !IsRemote(LocalPath(*location)) &&
           StatFile(LocalPath(*location)).has_value();
  });
}

// Returns the inputs of a run. Returns nothing if a landing folder is on S3 or missing, or if it
// has files that cannot be read or links that leave it.
std::optional<RunInputs> InputsOf(const Project& project, const std::string& key,
                                  FolderListings& listings) {
  RunInputs inputs(project, key);
  for (const Feed& feed : project.feeds) {
    if (IsRemote(feed.folder)) return std::nullopt;
    const std::optional<FileStatus> status = StatFile(feed.folder);
    if (!status.has_value() || !status->is_folder) return std::nullopt;
    const FeedListing& listing = listings[feed.name] = ListFeed(feed.folder, feed.files);
    if (!listing.bad_files.empty() || !listing.places_outside.empty()) return std::nullopt;
    inputs.Add(feed, listing);
  }
  return inputs;
}

TableKind KindOf(const Project& project, const std::string& table) {
  if (table == kQuarantineTable) return TableKind::kQuarantine;
  const TableDefinition* found = FindTable(project, table);
  return found == nullptr ? TableKind::kView : found->kind;
}

// Returns the report of a run that leaves everything as the run `last` left it.
RunReport ReportAgain(const Project& project, const RunRecord& last, const FolderListings& listings,
                      RunObserver& observer) {
  RunReport report;
  report.run_id = NewUuidV7();
  report.status = RunStatus::kNoNews;
  for (const Feed& feed : project.feeds) {
    const FeedListing& listing = listings.at(feed.name);
    report.landing.passed_over += listing.passed_over.size();
    const std::optional<std::string> note = PassedOverNote(feed, listing);
    if (!note.has_value()) continue;
    report.notes.push_back(*note);
    observer.OnNote(*note);
  }
  for (const StepRecord& step : last.steps) {
    const TableKind kind = KindOf(project, step.table);
    observer.OnTableBegin(step.table, kind);
    TableReport table;
    table.table = step.table;
    table.action = TableAction::kUnchanged;
    table.rows_in = step.rows_in;
    if (kind == TableKind::kFeed) table.rows_in["files"] = 0;
    table.rows_out = step.rows_out;
    table.snapshot_id = step.snapshot_id;
    observer.OnTableEnd(table);
    report.tables.push_back(std::move(table));
  }
  for (const ExpectationRecord& record : last.expectations) {
    report.expectations.push_back(ReportOf(record));
  }
  return report;
}

// Returns the text that is noted for a project without mistakes.
std::string CheckedText(const RunInputs& inputs, const Project& project) {
  nlohmann::json reads = nlohmann::json::object();
  for (const View& view : project.views) reads[view.name] = view.inputs;
  return nlohmann::json{{"project", inputs.project_hash()}, {"reads", std::move(reads)}}.dump();
}

// Returns the project as the check would, or nothing if exactly this project was not checked
// before.
std::optional<CheckedProject> CheckedBefore(Project project, const RunInputs& inputs,
                                            const SqlCatalog& catalog) {
  const std::optional<std::string> noted = catalog.GetSetting(CheckedSettingOf(project.database));
  if (!noted.has_value()) return std::nullopt;
  const nlohmann::json known = nlohmann::json::parse(*noted, nullptr, /*allow_exceptions=*/false);
  if (!known.is_object() || known.value("project", "") != inputs.project_hash()) {
    return std::nullopt;
  }
  CheckedProject checked;
  checked.project = std::move(project);
  for (View& view : checked.project.views) known.at("reads").at(view.name).get_to(view.inputs);
  checked.order = OrderViews(checked.project, checked.diagnostics);
  checked.ok = true;
  return checked;
}

// What ReportWithoutNews needs. The landing folders of the project are all on a disk.
struct NewsCheck {
  const RunOptions& options;
  const LakePlace& place;
  const Project& project;
  const RunInputs& inputs;
  SqlCatalog& catalog;
  RunObserver& observer;
  FolderListings& listings;
  std::chrono::steady_clock::time_point begin;
  int64_t started_ms = 0;
};

// Removes what a failed or killed run left behind.
void RemoveLeftovers(const NewsCheck& check, RunReport& report) {
  std::error_code ignored;  // the next run tries again
  std::filesystem::remove_all(check.place.temp_folder, ignored);
  const std::string note = NoteOf(RemoveFilesOfFailedRuns(check.place.lake, check.catalog));
  if (note.empty()) return;
  report.notes.push_back(note);
  check.observer.OnNote(note);
}

// Records a run without news and returns its report. Returns nothing if there may be news.
std::optional<RunReport> ReportWithoutNews(const NewsCheck& check) {
  const std::string& database = check.project.database;
  const auto is_up_to_date = [&] {
    return check.catalog.GetSetting(SettingOf(database)) ==
           check.inputs.StateHash(check.catalog.ListPointers());
  };
  if (!is_up_to_date()) return std::nullopt;
  bool has_waited = false;
  const auto on_wait = [&](int pid) {
    has_waited = true;  // there may be newer files
    check.observer.OnWait(pid);
  };
  const LakeLock lock(check.place.lock, check.options.wait, on_wait, StatementsCancelled);
  FailPoint("after_lock");
  if (has_waited) {
    check.listings.clear();
    return std::nullopt;
  }
  const std::optional<RunRecord> last = check.catalog.LastPublishedRun(database);
  if (!last.has_value() || !is_up_to_date() || !TablesAreThere(check.catalog, database)) {
    return std::nullopt;
  }
  check.catalog.MarkInterruptedRuns();
  RunReport report = ReportAgain(check.project, *last, check.listings, check.observer);
  RemoveLeftovers(check, report);
  RunRecord record = *last;
  record.run_id = report.run_id;
  record.status = report.status;
  record.started_ms = check.started_ms;
  record.finished_ms = NowMs();
  record.files.clear();
  record.bad_files.clear();
  for (size_t i = 0; i < record.steps.size(); ++i) {
    record.steps[i].action = report.tables[i].action;
    record.steps[i].rows_in = report.tables[i].rows_in;
    record.steps[i].seconds = 0;
  }
  FailPoint("before_publish");
  ThrowIfCancelled();
  PublishRun(check.catalog, {}, record);
  FailPoint("after_publish");
  report.seconds = SecondsSince(check.begin);
  FailPoint("before_report");
  return report;
}

}  // namespace

RunInputs::RunInputs(const Project& project, const std::string& pseudonym_key)
    : database_(project.database) {
  for (const std::string& part :
       {ThisProgram(), std::string(kRulesVersion), project.folder.string(), project.name,
        project.catalog, project.database, pseudonym_key}) {
    AddPart(part, text_);
  }
  for (const auto& [name, parameter] : project.parameters) {
    AddPart(name, text_);
    AddPart(parameter.value, text_);
  }
  for (const Feed& feed : project.feeds) {
    AddTable(feed, text_);
    AddPart(feed.folder.string(), text_);
  }
  for (const View& view : project.views) {
    AddTable(view, text_);
    AddPart(view.select.text, text_);
  }
  project_hash_ = Sha256(text_);
}

void RunInputs::Add(const Feed& feed, const FeedListing& listing) {
  AddPart(feed.name, text_);
  for (const LandingFile& file : listing.files) {
    AddPart(file.file, text_);
    AddPart(ToString(StampOf(file)), text_);
  }
}

std::string RunInputs::StateHash(const std::vector<TablePointer>& pointers) const {
  std::map<std::string, std::string> locations;
  for (const TablePointer& pointer : pointers) {
    if (pointer.table.database == database_) locations[pointer.table.name] = pointer.location;
  }
  std::string text = text_;
  for (const auto& [name, location] : locations) {
    AddPart(name, text);
    AddPart(location, text);
  }
  return Sha256(text);
}

void NoteUpToDate(const RunInputs& inputs, const std::string& database, const SqlCatalog& before,
                  const std::vector<TableCommit>& commits, SqlCatalog& catalog) {
  std::vector<TablePointer> pointers = before.ListPointers();
  for (const TableCommit& commit : commits) pointers.push_back({commit.table, commit.new_location});
  const std::string hash = inputs.StateHash(pointers);
  const std::string setting = SettingOf(database);
  if (catalog.GetSetting(setting) != hash) catalog.SetSetting(setting, hash);
}

void NoteChecked(const RunInputs& inputs, const Project& project, SqlCatalog& catalog) {
  const std::string text = CheckedText(inputs, project);
  const std::string setting = CheckedSettingOf(project.database);
  if (catalog.GetSetting(setting) != text) catalog.SetSetting(setting, text);
}

KnownStart StartFromKnown(const RunOptions& options, const PseudonymKey& key,
                          const LakePlace& place, RunObserver& observer) {
  KnownStart start;
  const auto begin = std::chrono::steady_clock::now();
  const int64_t started_ms = NowMs();
  if (options.full || !options.rebuild.empty() || options.retry_quarantine.has_value() ||
      key.new_file.has_value() || IsRemote(place.lake) || !place.catalog_is_inside ||
      !StatFile(place.catalog).has_value()) {
    return start;
  }
  std::vector<Diagnostic> diagnostics;
  Project project =
      LoadProject(options.project_folder, OptionsOfRun(options, key.value), diagnostics);
  if (!diagnostics.empty()) return start;
  const std::optional<RunInputs> inputs =
      InputsOf(project, KeyInUse(project, key).value, start.listings);
  if (!inputs.has_value()) return start;
  for (const Feed& feed : project.feeds) CheckApart(place, feed, {});
  const auto catalog = SqlCatalog::OpenIfMade(place.catalog, project.catalog, options.wait);
  if (catalog == nullptr) return start;
  CheckIsAtHome(place, *catalog);
  start.report = ReportWithoutNews(
      {options, place, project, *inputs, *catalog, observer, start.listings, begin, started_ms});
  if (!start.report.has_value()) {
    start.checked = CheckedBefore(std::move(project), *inputs, *catalog);
  }
  return start;
}

}  // namespace stedi
