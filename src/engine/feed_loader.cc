#include "engine/feed_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "engine/audit.h"
#include "engine/data_writer.h"
#include "engine/landing_function.h"
#include "engine/landing_snapshot.h"
#include "engine/progress_ticker.h"
#include "engine/read_again.h"
#include "engine/rejected_table.h"
#include "engine/row_tally.h"
#include "iceberg/identifiers.h"

namespace stedi {
namespace {

// What loading a list of files gave.
struct Loaded {
  std::vector<DataFile> data_files;
  std::vector<FileRecord> files;
  LandingSummary summary;
  TableChecksum checksum;     // of the rows
  std::string rejected_rows;  // as in TableOutcome
  KeyCounts other_keys;
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
    if (feed.rejected.has_value()) {
      scan_options.rejected_rows_path = scan_options.spool_path.string() + "-rows";
    }
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
      RowTally tally;
      loaded.data_files = WriteDataFiles(
          session.connection, session.storage,
          fmt::format("SELECT * FROM {}()", QuoteIdentifier(function)),
          {schema, TableFolder(session.lake, {session.database_name, feed.name}) / "data",
           PiiOf(feed), session.run_id},
          &tally);
      loaded.checksum = tally.checksum();
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
    if (feed.rejected.has_value()) {
      loaded.rejected_rows = KeepRejectedRows(session, feed, scan, scan_options.rejected_rows_path);
    }
    loaded.other_keys = scan.other_keys();
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

// Of the files whose rows are outdated, those whose new content is known. One that could not be
// read and was passed over keeps the rows it had.
std::set<std::string> Outdated(const FeedPlan& plan, const std::vector<FileRecord>& known_now) {
  std::set<std::string> outdated;
  for (const FileRecord& record : known_now) {
    if (plan.news.outdated.contains(record.file)) outdated.insert(record.file);
  }
  return outdated;
}

// Says which keys of new records the contract does not name.
void TellOtherKeys(const KeyCounts& keys, TableOutcome& outcome) {
  if (keys.empty()) return;
  constexpr size_t kNamesToTell = 10;
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  for (const auto& [name, count] : keys.MostFrequent(kNamesToTell)) {
    add(fmt::format("{} ({})", name, count));
    outcome.report.unknown_keys[name] = static_cast<int64_t>(count);
  }
  if (keys.names() > kNamesToTell) add(fmt::format("{} more names", keys.names() - kNamesToTell));
  if (keys.others() > 0) {
    add(fmt::format("{} that do not look like names of fields", keys.others()));
  }
  outcome.notes.push_back(fmt::format("{}: keys that its contract does not name stand in {}: {}",
                                      outcome.report.table, kRescuedColumn, text));
}

void AuditFeed(const LakeSession& session, const Feed& feed, TableOutcome& outcome) {
  for (const Expectation& expectation : feed.expectations) {
    outcome.expectations.push_back(ReportExpectation(session, feed, expectation,
                                                     CountOffending(session, feed, expectation),
                                                     outcome.table.current_location()));
  }
}

// Stages the feed's table with what is new, and without what is outdated.
void ChangeTable(const LakeSession& session, const FeedPlan& plan, bool same_definition,
                 QuarantineNews& quarantine, RunObserver& observer, TableOutcome& outcome) {
  const Feed& feed = *plan.feed;
  LakeTable& table = outcome.table;
  LoadFiles(session.database, session.connection, table);
  const Schema schema = LandingSchema(table, feed, plan.rebuild);
  std::optional<Reread> reread;
  if (table.exists() && (plan.rebuild || !same_definition || plan.retry_quarantine)) {
    reread.emplace(session, feed, table);
  }
  FeedPlan all = plan;
  ReadAgain again;
  if (reread.has_value() && !plan.rebuild) {
    again = FindReadAgain(session, plan, same_definition, *reread);
    for (const LandingFile& file : again.files) {
      all.news.to_load.push_back(file);
      all.news.outdated.insert(file.file);
    }
    for (FileRecord& moved : again.moved) {
      all.news.outdated.insert(moved.file);
      outcome.files.push_back(std::move(moved));
    }
  }
  Loaded loaded = ReadFiles(session, all, schema, quarantine, observer);
  outcome.files.insert(outcome.files.end(), loaded.files.begin(), loaded.files.end());
  outcome.landing = loaded.summary;
  outcome.rejected_rows = std::move(loaded.rejected_rows);
  outcome.is_rebuilt = outcome.forget_quarantine = plan.rebuild;
  TellOtherKeys(loaded.other_keys, outcome);
  if (reread.has_value() && plan.rebuild) {
    again = FindKept(session, plan, *reread, outcome.files);
    outcome.kept_files = again.carried;
  }
  if (reread.has_value()) {
    FreshRows kept = TakeFromLake(session, feed, schema, again, *reread, quarantine, outcome);
    std::ranges::move(kept.files, std::back_inserter(loaded.data_files));
    loaded.checksum += kept.checksum;
  }
  if (!plan.rebuild) outcome.outdated_files = Outdated(all, outcome.files);
  std::set<std::string> replaced = outcome.outdated_files;
  replaced.insert(again.carried.begin(), again.carried.end());
  StageLanding(session,
               {feed, std::move(loaded.data_files), loaded.checksum, replaced, plan.rebuild,
                same_definition},
               outcome);
}

}  // namespace

FeedPlan PlanFeed(const LakeSession& session, const Feed& feed, FeedListing listing,
                  const RunOptions& options, std::vector<std::string>& notes) {
  FeedPlan plan;
  plan.feed = &feed;
  plan.rebuild = std::ranges::find(options.rebuild, feed.name) != options.rebuild.end();
  plan.skip_bad_files = options.skip_bad_files;
  plan.retry_quarantine =
      options.retry_quarantine.has_value() &&
      (options.retry_quarantine->empty() || *options.retry_quarantine == feed.name);
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
  outcome.report.action = "unchanged";
  if (has_news || !same_definition || !table.exists() || plan.retry_quarantine) {
    ChangeTable(session, plan, same_definition, quarantine, observer, outcome);
  }
  outcome.landing.redelivered = plan.news.redelivered;
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
