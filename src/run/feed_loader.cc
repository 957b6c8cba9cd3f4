#include "run/feed_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "base/file_stamp.h"
#include "database/landing_function.h"
#include "files/file_names.h"
#include "iceberg/identifiers.h"
#include "rows/data_writer.h"
#include "rows/row_tally.h"
#include "run/audit.h"
#include "run/landing_snapshot.h"
#include "run/progress_ticker.h"
#include "run/read_again.h"
#include "run/rejected_table.h"
#include "run/table_contract.h"
#include "run/table_fingerprint.h"

namespace stedi {
namespace {

// The result of loading a list of files.
struct Loaded {
  Schema schema;  // of the data files
  std::vector<DataFile> data_files;
  std::vector<FileRecord> files;
  LandingSummary summary;
  TableChecksum checksum;     // of the rows
  std::string rejected_rows;  // as in TableOutcome
  KeyCounts other_keys;
  FeedNews news;                   // without `bad_files`
  std::vector<BadFile> bad_files;  // those of the plan, and those that the reading found
};

FileRecord RecordOf(const RunSession& session, const std::string& feed, const LandingFile& file,
                    const FileReport& report, bool replaced) {
  FileRecord record;
  record.feed = feed;
  record.file = file.file;
  record.status = replaced ? LoadStatus::kReplaced : LoadStatus::kLoaded;
  record.size_bytes = report.size_bytes;
  record.decoded_bytes = report.decoded_bytes;
  record.mtime_ns = file.mtime_ns;
  record.content_hash = report.content_hash;
  record.decoding = DecodingName(report.compression);
  record.records = report.records;
  record.rejected = report.rejected;
  record.accepted_bytes = report.accepted_bytes;
  record.quarantined_bytes = report.quarantined_bytes;
  record.whitespace_bytes = report.whitespace_bytes;
  record.framing_bytes = report.framing_bytes;
  record.run_id = session.run_id;
  return record;
}

// Adds the files that the scan could not read. Returns whether there are any.
bool AddBadFiles(const LandingScan& scan, std::vector<BadFile>& bad_files) {
  const size_t before = bad_files.size();
  for (size_t i = 0; i < scan.files().size(); ++i) {
    const std::string& problem = scan.reports()[i].problem;
    if (!problem.empty()) bad_files.push_back({scan.files()[i].file, problem});
  }
  return bad_files.size() > before;
}

// Throws kInvalid when an object on S3 has changed since it was listed: what was read of it may be
// half old and half new.
void CheckUnchanged(const LakeSession& session, const Feed& feed,
                    const std::vector<LandingFile>& files) {
  if (!IsRemote(feed.folder)) return;
  std::map<std::string, LandingFile> now;
  for (LandingFile& file : session.storage.List(feed.folder, feed.files).files)
    now[file.file] = file;
  for (const LandingFile& file : files) {
    const auto found = now.find(file.file);
    if (found != now.end() && StampOf(found->second) == StampOf(file)) continue;
    throw Error(ErrorCode::kInvalid,
                fmt::format("{}: {} changed while it was read: run again when its writer is done",
                            feed.name, ShownFile(file.file, HasPersonalFileNames(feed))));
  }
}

// Reads `files` into new data files and adds the results to `loaded`. Returns false, and leaves no
// file behind, when some cannot be read (they are added to loaded.bad_files) or when the run will
// fail because of files that are already there.
bool ReadFiles(const RunSession& session, const FeedPlan& plan,
               const std::vector<LandingFile>& files, QuarantineNews& quarantine,
               RunObserver& observer, Loaded& loaded) {
  const Feed& feed = *plan.feed;
  uint64_t total_bytes = 0;
  for (const LandingFile& file : files) total_bytes += file.size_bytes;
  ScanOptions scan_options;
  scan_options.block_bytes = session.storage.StoreOf(feed.folder).read_bytes();
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
        {loaded.schema, TableFolder(session.lake, {session.database_name, feed.name}) / "data",
         WithoutBounds(feed), session.run_id},
        &tally);
    loaded.checksum = tally.checksum();
  }
  ThrowIfCancelled();
  CheckUnchanged(session, feed, files);
  // What was read is of no use if the run will fail, or if newly found bad files change what is
  // news.
  const bool has_found_bad = AddBadFiles(scan, loaded.bad_files);
  if (has_found_bad || (!plan.skip_bad_files && !loaded.bad_files.empty())) {
    for (const DataFile& file : loaded.data_files) {
      session.storage.StoreOf(file.path).Remove(file.path);
    }
    std::filesystem::remove(scan_options.spool_path);
    if (feed.rejected.has_value()) std::filesystem::remove(scan_options.rejected_rows_path);
    loaded.data_files.clear();
    return false;
  }
  quarantine.AddRejections(feed.name, scan, scan_options.spool_path);
  std::filesystem::remove(scan_options.spool_path);
  if (feed.rejected.has_value()) {
    loaded.rejected_rows = KeepRejectedRows(session, feed, scan, scan_options.rejected_rows_path);
  }
  loaded.other_keys = scan.other_keys();
  for (size_t i = 0; i < files.size(); ++i) {
    const FileReport& report = scan.reports()[i];
    const bool replaced = loaded.news.outdated.contains(files[i].file);
    loaded.files.push_back(RecordOf(session, feed.name, files[i], report, replaced));
    ++loaded.summary.files;
    loaded.summary.records += report.records;
    loaded.summary.rejected += report.rejected;
    loaded.summary.bytes += report.size_bytes;
  }
  return true;
}

// Returns what must be read: the news if `bad_files` cannot be read, and the files without new
// content that are read again.
FeedNews NewsWithout(const FeedPlan& plan, const ReadAgain& again,
                     const std::vector<BadFile>& bad_files) {
  std::set<std::string> unreadable;
  for (const BadFile& bad : bad_files) unreadable.insert(bad.file);
  FeedNews news = plan.files->FindNews(unreadable);
  for (const LandingFile& file : again.files) {
    if (unreadable.contains(file.file)) continue;
    if (std::ranges::find(news.to_load, file.file, &LandingFile::file) == news.to_load.end()) {
      news.to_load.push_back(file);
    }
    news.outdated.insert(file.file);
  }
  for (const FileRecord& moved : again.moved) news.outdated.insert(moved.file);
  return news;
}

// Reads the news, and repeats that until all of it can be read. Each file that cannot be read
// changes what is news: a copy of it is no re-delivery, but a copy of the content that it had
// before still is one. If bad files must not be skipped, no file is read twice: then the run will
// fail, and the files are only read to find all bad ones.
Loaded ReadNews(const RunSession& session, const FeedPlan& plan, const ReadAgain& again,
                const Schema& schema, QuarantineNews& quarantine, RunObserver& observer) {
  Loaded loaded;
  loaded.schema = schema;
  loaded.bad_files = plan.bad_files;
  std::set<std::string> seen;
  for (;;) {
    loaded.news = NewsWithout(plan, again, loaded.bad_files);
    std::vector<LandingFile> files = loaded.news.to_load;
    if (!plan.skip_bad_files) {
      std::erase_if(files, [&](const LandingFile& file) { return !seen.insert(file.file).second; });
    }
    if (files.empty() || ReadFiles(session, plan, files, quarantine, observer, loaded)) {
      return loaded;
    }
  }
}

// Adds a note and a report of the keys in new records that the contract does not name.
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

// Adds a note about the files that held records before and hold none now: perhaps their writer
// failed.
void TellEmptied(const LakeSession& session, const Feed& feed, const std::vector<FileRecord>& files,
                 TableOutcome& outcome) {
  std::map<std::string, uint64_t> held;  // by file, before this run
  for (const FileRecord& file : session.catalog.ListFiles(session.database_name, feed.name)) {
    held[file.file] = file.records + file.rejected;
  }
  std::string text;
  size_t emptied_count = 0;
  for (const FileRecord& file : files) {
    const auto before = held.find(file.file);
    const uint64_t count = before == held.end() ? 0 : before->second;
    if (count == 0 || file.records + file.rejected > 0 || ++emptied_count > 1) continue;
    text = fmt::format("{}: {} held {} {} and is empty now", feed.name,
                       ShownFile(file.file, HasPersonalFileNames(feed)), count,
                       count == 1 ? "record" : "records");
  }
  if (emptied_count == 0) return;
  if (emptied_count > 1) text += fmt::format("; files like that: {}", emptied_count);
  outcome.notes.push_back(std::move(text));
}

void AuditFeed(const LakeSession& session, const Feed& feed, TableOutcome& outcome) {
  for (const Expectation& expectation : feed.expectations) {
    outcome.expectations.push_back(ReportExpectation(session, feed, expectation,
                                                     CountViolations(session, feed, expectation),
                                                     outcome.table.current_location()));
  }
}

// Adds what became of the feed's files to `outcome`.
void AddFiles(const RunSession& session, const FeedPlan& plan, const Loaded& loaded,
              TableOutcome& outcome) {
  for (FileRecord file : loaded.news.settled) {
    if (file.run_id.empty()) file.run_id = session.run_id;
    outcome.files.push_back(std::move(file));
  }
  outcome.files.insert(outcome.files.end(), loaded.files.begin(), loaded.files.end());
  outcome.forgotten_files = loaded.news.forgotten;
  outcome.bad_files = loaded.bad_files;
  outcome.landing = loaded.summary;
  outcome.landing.redelivered = loaded.news.redelivered;
  outcome.landing.skipped = plan.skip_bad_files ? loaded.bad_files.size() : 0;
  outcome.landing.passed_over = plan.listing.passed_over.size();
}

// Stages the feed's table with the new rows and without the outdated ones. Stages nothing if files
// cannot be read and must not be skipped.
void ChangeTable(const RunSession& session, const FeedPlan& plan, bool same_definition,
                 QuarantineNews& quarantine, RunObserver& observer, TableOutcome& outcome) {
  const Feed& feed = *plan.feed;
  LakeTable& table = outcome.table;
  LoadFiles(session.database, session.connection, table);
  const Schema schema = LandingSchema(table, feed, plan.rebuild);
  std::optional<Reread> reread;
  if (table.exists() && (plan.rebuild || !same_definition || plan.retry_quarantine)) {
    reread.emplace(session, feed, table);
  }
  ReadAgain again;
  if (reread.has_value() && !plan.rebuild) {
    again = FindReadAgain(session, plan, same_definition, *reread);
  }
  Loaded loaded = ReadNews(session, plan, again, schema, quarantine, observer);
  AddFiles(session, plan, loaded, outcome);
  if (!loaded.bad_files.empty() && !plan.skip_bad_files) return;
  std::ranges::move(again.moved, std::back_inserter(outcome.files));
  outcome.rejected_rows = std::move(loaded.rejected_rows);
  outcome.is_rebuilt = plan.rebuild;
  outcome.forget_quarantine = plan.forget;
  TellOtherKeys(loaded.other_keys, outcome);
  TellEmptied(session, feed, loaded.files, outcome);
  if (reread.has_value() && plan.rebuild) {
    again = FindUnreadFiles(session, plan, *reread, outcome.files);
    outcome.kept_files = again.carried;
    outcome.forgotten_files.insert(again.dropped.begin(), again.dropped.end());
  }
  if (reread.has_value()) {
    FreshRows kept = WriteRowsFromLake(schema, again, *reread, quarantine, outcome);
    std::ranges::move(kept.files, std::back_inserter(loaded.data_files));
    loaded.checksum += kept.checksum;
  }
  if (!plan.rebuild) outcome.outdated_files = loaded.news.outdated;
  std::set<std::string> replaced = outcome.outdated_files;
  replaced.insert(again.carried.begin(), again.carried.end());
  StageLanding(session,
               {feed, std::move(loaded.data_files), loaded.checksum, replaced, plan.rebuild,
                same_definition},
               outcome);
}

}  // namespace

std::set<std::string> ChangingTables(const std::vector<FeedPlan>& plans) {
  std::set<std::string> names;
  for (const FeedPlan& plan : plans) {
    if (plan.news.to_load.empty() && plan.news.outdated.empty()) continue;
    names.insert(plan.feed->name);
    if (plan.feed->rejected.has_value()) names.insert(plan.feed->rejected->name);
  }
  return names;
}

TableOutcome LoadFeed(const RunSession& session, const FeedPlan& plan, QuarantineNews& quarantine,
                      RunObserver& observer) {
  const Feed& feed = *plan.feed;
  TableOutcome outcome;
  outcome.table = session.tables_ahead.Open(session, feed.name);
  LakeTable& table = outcome.table;
  outcome.report.table = feed.name;
  outcome.fingerprint = Fingerprint(feed, "", {});
  // A rebuild of an existing table keeps the rows of files that are gone, so these stay known.
  outcome.forget_files = plan.forget && !table.exists();
  const bool has_news = plan.rebuild || !plan.news.to_load.empty() || !plan.news.outdated.empty();
  const std::optional<StepRecord> last = session.catalog.LastStep(session.database_name, feed.name);
  const bool same_definition = last.has_value() && last->fingerprint == outcome.fingerprint;
  outcome.report.action = TableAction::kUnchanged;
  if (has_news || !same_definition || !table.exists() || plan.retry_quarantine) {
    ChangeTable(session, plan, same_definition, quarantine, observer, outcome);
  } else {
    Loaded nothing;
    nothing.news = plan.news;
    nothing.bad_files = plan.bad_files;
    AddFiles(session, plan, nothing, outcome);
  }
  outcome.report.rows_in["files"] = static_cast<int64_t>(outcome.landing.files);
  outcome.report.rejected = static_cast<int64_t>(outcome.landing.rejected);
  outcome.report.rows_out = RowsOf(table);
  outcome.report.snapshot_id = table.metadata.current_snapshot_id;
  const bool may_differ = outcome.report.action != TableAction::kUnchanged || !same_definition;
  if (may_differ && !feed.expectations.empty()) {
    CreateView(session.connection, feed.name,
               SelectRows(session.database, session.connection, table));
    AuditFeed(session, feed, outcome);
  }
  return outcome;
}

}  // namespace stedi
