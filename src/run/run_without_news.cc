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

// Its length before each part, so that no two lists of parts look alike.
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

// A program that was built anew may have other rules.
std::string ThisProgram() {
  const std::optional<FileStatus> status = StatFile("/proc/self/exe");
  return status ? ToString(StampOf(*status)) : "";
}

// As the lake's last run left them: none has lost its metadata file.
bool TablesAreThere(const SqlCatalog& catalog, const std::string& database) {
  return std::ranges::all_of(catalog.ListTables(database), [&](const std::string& name) {
    const std::optional<std::string> location = catalog.FindTable({database, name});
    return location.has_value() && !IsRemote(LocalPath(*location)) &&
           StatFile(LocalPath(*location)).has_value();
  });
}

// The inputs of a run whose folders are all on a disk and hold nothing that cannot be read.
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

// What `last` left, once more.
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

// What is noted of a project that has no mistakes.
std::string CheckedText(const RunInputs& inputs, const Project& project) {
  nlohmann::json reads = nlohmann::json::object();
  for (const View& view : project.views) reads[view.name] = view.inputs;
  return nlohmann::json{{"project", inputs.project_hash()}, {"reads", std::move(reads)}}.dump();
}

// As the check would give it, or nothing where this very project was not checked.
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

// A project whose folders are all on a disk, when it is asked whether there is news.
struct Look {
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

// What a run left that failed or was killed.
void RemoveLeftovers(const Look& look, RunReport& report) {
  std::error_code ignored;  // the next run tries again
  std::filesystem::remove_all(look.place.temp_folder, ignored);
  const std::string note = NoteOf(RemoveFilesOfFailedRuns(look.place.lake, look.catalog));
  if (note.empty()) return;
  report.notes.push_back(note);
  look.observer.OnNote(note);
}

// Nothing where there may be news.
std::optional<RunReport> ReportWithoutNews(const Look& look) {
  const std::string& database = look.project.database;
  const auto is_up_to_date = [&] {
    return look.catalog.GetSetting(SettingOf(database)) ==
           look.inputs.StateHash(look.catalog.ListPointers());
  };
  if (!is_up_to_date()) return std::nullopt;
  bool has_waited = false;
  const auto on_wait = [&](int pid) {
    has_waited = true;  // there will be newer files
    look.observer.OnWait(pid);
  };
  const LakeLock lock(look.place.lock, look.options.wait, on_wait, StatementsCancelled);
  FailPoint("after_lock");
  if (has_waited) {
    look.listings.clear();
    return std::nullopt;
  }
  const std::optional<RunRecord> last = look.catalog.LastPublishedRun(database);
  if (!last.has_value() || !is_up_to_date() || !TablesAreThere(look.catalog, database)) {
    return std::nullopt;
  }
  look.catalog.MarkInterruptedRuns();
  RunReport report = ReportAgain(look.project, *last, look.listings, look.observer);
  RemoveLeftovers(look, report);
  RunRecord record = *last;
  record.run_id = report.run_id;
  record.status = report.status;
  record.started_ms = look.started_ms;
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
  PublishRun(look.catalog, {}, record);
  FailPoint("after_publish");
  report.seconds = SecondsSince(look.begin);
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
