#include "engine/feed_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/audit.h"
#include "engine/data_writer.h"
#include "engine/landing_function.h"
#include "engine/progress_ticker.h"
#include "iceberg/identifiers.h"

namespace stedi {
namespace {

// What loading a list of files gave.
struct Loaded {
  std::vector<DataFile> data_files;
  std::vector<FileRecord> files;
  LandingSummary summary;
};

// One line that names the file once: the system's own message may have its path already.
std::string BadFileMessage(const std::string& feed, const std::string& file,
                           const std::string& problem) {
  if (problem.find(file) != std::string::npos) return fmt::format("{}: {}", feed, problem);
  return fmt::format("{}: {}: {}", feed, file, problem);
}

FileRecord RecordOf(const LakeSession& session, const std::string& feed, const LandingFile& file,
                    const FileReport& report, bool replaced) {
  FileRecord record;
  record.feed = feed;
  record.file = file.file;
  record.status = replaced ? "replaced" : "loaded";
  record.size_bytes = report.size_bytes;
  record.decoded_bytes = report.decoded_bytes;
  record.mtime_ns = file.mtime_ns;
  record.content_hash = report.content_hash;
  record.records = report.records;
  record.rejected = report.rejected;
  record.accepted_bytes = report.accepted_bytes;
  record.quarantined_bytes = report.quarantined_bytes;
  record.whitespace_bytes = report.whitespace_bytes;
  record.framing_bytes = report.framing_bytes;
  record.run_id = session.run_id;
  return record;
}

std::vector<Field> LandingFields(const Feed& feed) {
  std::vector<Field> fields = FieldsOf(feed);
  using Kind = IcebergType::Kind;
  fields.push_back(
      {0, kFileColumn, {Kind::kString}, false, "landing file, relative to the feed's folder"});
  fields.push_back(
      {0, kOffsetColumn, {Kind::kLong}, false, "byte of the record's { in the decoded file"});
  fields.push_back({0,
                    kRescuedColumn,
                    {Kind::kString},
                    false,
                    "JSON object of the keys the contract does not name"});
  return fields;
}

// Files that turned out unreadable are left out and the rest is read again, or the run fails.
std::vector<LandingFile> WithoutBadFiles(const FeedPlan& plan, const LandingScan& scan,
                                         RunObserver& observer) {
  std::vector<LandingFile> good;
  for (size_t i = 0; i < scan.files().size(); ++i) {
    const std::string& problem = scan.reports()[i].problem;
    if (problem.empty()) {
      good.push_back(scan.files()[i]);
      continue;
    }
    const std::string message =
        BadFileMessage(plan.feed->name, scan.files()[i].path.string(), problem);
    if (!plan.skip_bad_files) {
      throw Error(ErrorCode::kInvalid, message + " (--skip-bad-files leaves such files out)");
    }
    observer.OnNote("skipped " + message);
  }
  return good;
}

// An object that was written again while it was read may have been read half old, half new.
void CheckUnchanged(const LakeSession& session, const Feed& feed,
                    const std::vector<LandingFile>& files) {
  if (!IsRemote(feed.folder)) return;
  std::map<std::string, LandingFile> now;
  for (LandingFile& file : session.storage.List(feed.folder).files) now[file.file] = file;
  for (const LandingFile& file : files) {
    const auto found = now.find(file.file);
    const bool same = found != now.end() && found->second.size_bytes == file.size_bytes &&
                      found->second.mtime_ns == file.mtime_ns;
    if (same) continue;
    throw Error(ErrorCode::kInvalid,
                fmt::format("{}: {} changed while it was read: run again when its writer is done",
                            feed.name, file.path.string()));
  }
}

Loaded ReadFiles(const LakeSession& session, const FeedPlan& plan, const Schema& schema,
                 QuarantineNews& quarantine, RunObserver& observer) {
  const Feed& feed = *plan.feed;
  std::vector<LandingFile> files = plan.news.to_load;
  uint64_t total_bytes = 0;
  for (const LandingFile& file : files) total_bytes += file.size_bytes;
  for (;;) {
    Loaded loaded;
    if (files.empty()) return loaded;
    ScanOptions scan_options;
    scan_options.block_bytes = session.storage.Of(feed.folder).read_bytes();
    scan_options.spool_path = session.temp_folder / fmt::format("rejections-{}", NewUuid());
    LandingScan scan(feed.contract, files, scan_options);
    const std::string function = fmt::format("landing_{}", NewUuid());
    RegisterLandingFunction(session.connection, function, scan);
    {
      const ProgressTicker ticker([&] {
        if (StatementsCancelled()) scan.Cancel();
        if (!observer.WantsProgress()) return;
        observer.OnProgress(feed.name, scan.bytes_read(), total_bytes, scan.records(),
                            scan.rejected());
      });
      loaded.data_files = WriteDataFiles(
          session.connection, session.storage,
          fmt::format("SELECT * FROM {}()", QuoteIdentifier(function)),
          {schema, TableFolder(session.lake, {session.database_name, feed.name}) / "data",
           PiiOf(feed)});
    }
    ThrowIfCancelled();
    CheckUnchanged(session, feed, files);
    std::vector<LandingFile> good = WithoutBadFiles(plan, scan, observer);
    if (good.size() < files.size()) {
      for (const DataFile& file : loaded.data_files) {
        session.storage.Of(file.path).Remove(file.path);
      }
      files = std::move(good);
      continue;
    }
    quarantine.AddRejections(feed.name, scan, scan_options.spool_path);
    std::filesystem::remove(scan_options.spool_path);
    for (size_t i = 0; i < files.size(); ++i) {
      const FileReport& report = scan.reports()[i];
      const bool replaced = plan.news.outdated.contains(files[i].file);
      loaded.files.push_back(RecordOf(session, feed.name, files[i], report, replaced));
      ++loaded.summary.files;
      loaded.summary.records += report.records;
      loaded.summary.rejected += report.rejected;
      loaded.summary.bytes += report.size_bytes;
    }
    return loaded;
  }
}

std::string FileCondition(const std::set<std::string>& files) {
  if (files.empty()) return kNoRow;
  return fmt::format("{} IN ({})", kFileColumn, QuoteLiterals(files));
}

// Of the files whose rows are outdated, those whose new content is known. One that could not be
// read and was passed over keeps the rows it had.
std::set<std::string> Outdated(const FeedPlan& plan, const std::vector<FileRecord>& known_now) {
  std::set<std::string> outdated;
  for (const FileRecord& record : known_now) {
    if (plan.news.outdated.contains(record.file)) outdated.insert(record.file);
  }
  return outdated;
}

// `change` has what is loaded and what is outdated.
RowDelta DeltaOf(const LakeSession& session, const LakeTable& table, const TableOutcome& outcome,
                 const Loaded& loaded, const SnapshotChange& change) {
  RowDelta delta;
  delta.before = StateOf(table);
  delta.fresh = SelectFiles(change.schema, loaded.data_files);
  for (const DataFile& file : loaded.data_files) delta.fresh_rows += file.record_count;
  std::vector<DataFile> files;
  for (const LiveFile& live : table.files) {
    if (change.removed.contains(live.entry.file.path)) files.push_back(live.entry.file);
  }
  if (files.empty()) return delta;
  delta.gone = fmt::format("SELECT * FROM ({}) WHERE {}", SelectFiles(change.schema, files),
                           FileCondition(outcome.outdated_files));
  delta.gone_rows =
      session.connection.Integer(fmt::format("SELECT count(*) FROM ({})", delta.gone));
  return delta;
}

void AuditFeed(const LakeSession& session, const Feed& feed, TableOutcome& outcome) {
  for (const Expectation& expectation : feed.expectations) {
    outcome.expectations.push_back(ReportExpectation(session, feed, expectation,
                                                     CountOffending(session, feed, expectation),
                                                     outcome.table.current_location()));
  }
}

}  // namespace

FeedPlan PlanFeed(const LakeSession& session, const Feed& feed, FeedListing listing,
                  const RunOptions& options, std::vector<std::string>& notes) {
  FeedPlan plan;
  plan.feed = &feed;
  plan.rebuild = std::ranges::find(options.rebuild, feed.name) != options.rebuild.end();
  plan.skip_bad_files = options.skip_bad_files;
  plan.listing = std::move(listing);
  for (const BadFile& bad : plan.listing.bad_files) {
    const std::string message =
        BadFileMessage(feed.name, (feed.folder / bad.file).string(), bad.problem);
    if (!options.skip_bad_files) {
      throw Error(ErrorCode::kInvalid, message + " (--skip-bad-files leaves such files out)");
    }
    notes.push_back("skipped " + message);
  }
  const std::vector<FileRecord> known = session.catalog.ListFiles(session.database_name, feed.name);
  plan.news = FindNews(feed.name, plan.listing.files, known, plan.rebuild);
  return plan;
}

TableOutcome LoadFeed(const LakeSession& session, const FeedPlan& plan, QuarantineNews& quarantine,
                      RunObserver& observer) {
  const Feed& feed = *plan.feed;
  TableOutcome outcome;
  outcome.table = OpenTable(session, feed.name);
  LakeTable& table = outcome.table;
  outcome.report.table = feed.name;
  outcome.files = plan.news.settled;
  for (FileRecord& file : outcome.files)
    file.run_id = file.run_id.empty() ? session.run_id : file.run_id;
  outcome.fingerprint = Fingerprint(feed, "", {});
  const bool has_news = plan.rebuild || !plan.news.to_load.empty() || !plan.news.outdated.empty();
  const std::optional<StepRecord> last = session.catalog.LastStep(session.database_name, feed.name);
  const bool same_definition = last.has_value() && last->fingerprint == outcome.fingerprint;
  outcome.landing.redelivered = plan.news.redelivered;
  outcome.report.action = "unchanged";
  if (has_news || !same_definition || !table.exists()) {
    LoadFiles(session.database, session.connection, table);
    SnapshotChange change;
    change.schema = NextSchema(table, LandingFields(feed),
                               plan.rebuild ? EvolutionRule::kReplace : EvolutionRule::kAppendOnly);
    change.properties = IcebergProperties(feed);
    change.summary["stedi.run-id"] = session.run_id;
    Loaded loaded = ReadFiles(session, plan, change.schema, quarantine, observer);
    change.added = loaded.data_files;
    outcome.files.insert(outcome.files.end(), loaded.files.begin(), loaded.files.end());
    outcome.outdated_files = Outdated(plan, outcome.files);
    if (plan.rebuild) {
      outcome.is_rebuilt = true;
      for (const LiveFile& live : table.files) change.removed.insert(live.entry.file.path);
      outcome.forget_quarantine = true;
    } else {
      const bool had_deletes = table.has_deletes;
      if (!outcome.outdated_files.empty() || had_deletes) {
        RemoveRows(session, table, FileCondition(outcome.outdated_files), PiiOf(feed), change);
      }
      if (!had_deletes && table.exists()) {
        outcome.delta = DeltaOf(session, table, outcome, loaded, change);
        if (!loaded.data_files.empty()) {
          RewriteFiles(session, table, SmallFiles(table, change.removed), "", PiiOf(feed), change);
        }
      }
    }
    const uint64_t redelivered = outcome.landing.redelivered;
    outcome.landing = loaded.summary;
    outcome.landing.redelivered = redelivered;
    const bool says_the_same = change.added.empty() && change.removed.empty() && same_definition;
    if (!says_the_same || !table.exists()) {
      StageSnapshot(session, table, change);
      outcome.report.action = change.removed.empty() ? "appended" : "replaced";
    }
  }
  outcome.report.rows_in["files"] = static_cast<int64_t>(outcome.landing.files);
  outcome.report.rejected = static_cast<int64_t>(outcome.landing.rejected);
  outcome.report.rows_out = SummaryNumber(table, "total-records");
  outcome.report.snapshot_id = table.metadata.current_snapshot_id;
  if (outcome.report.action != "unchanged" && !feed.expectations.empty()) {
    ShowTable(session, feed.name, SelectRows(session.database, session.connection, table));
    AuditFeed(session, feed, outcome);
  }
  return outcome;
}

}  // namespace stedi
