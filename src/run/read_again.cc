#include "run/read_again.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "base/file_stamp.h"
#include "run/table_contract.h"

namespace stedi {
namespace {

// Returns the new record of a file whose content is loaded under another name.
FileRecord RedeliveredRecord(const FileRecord& loaded, const std::string& run_id) {
  FileRecord record;
  record.feed = loaded.feed;
  record.file = loaded.file;
  record.status = LoadStatus::kRedelivered;
  record.size_bytes = loaded.size_bytes;
  record.decoded_bytes = loaded.decoded_bytes;
  record.mtime_ns = loaded.mtime_ns;
  record.content_hash = loaded.content_hash;
  record.decoding = loaded.decoding;
  record.run_id = run_id;
  return record;
}

using RecordsByFile = std::map<std::string, FileRecord>;

RecordsByFile LoadedFiles(const LakeSession& session, const Feed& feed) {
  RecordsByFile loaded;
  for (FileRecord& record : session.catalog.ListFiles(session.database_name, feed.name)) {
    if (record.status != LoadStatus::kRedelivered) loaded.emplace(record.file, std::move(record));
  }
  return loaded;
}

// Listed files without new content.
struct ListedFiles {
  std::map<std::string, LandingFile> loaded;  // by name
  std::map<std::string, LandingFile> copies;  // of loaded files, by the hash of their content
};

ListedFiles FindListed(const FeedPlan& plan, const std::vector<FileRecord>& records) {
  std::set<std::string> settled;
  for (const FileRecord& record : plan.news.settled) settled.insert(record.file);
  std::map<std::string, LandingFile> listed;
  for (const LandingFile& file : plan.listing.files) listed.emplace(file.file, file);
  for (const LandingFile& file : plan.news.to_load) listed.erase(file.file);
  ListedFiles out;
  const auto add = [&](const FileRecord& record, bool is_unchanged) {
    const auto found = listed.find(record.file);
    if (found == listed.end() || !is_unchanged) return;
    if (record.status == LoadStatus::kRedelivered) {
      out.copies.emplace(record.content_hash, found->second);
    } else {
      out.loaded.emplace(record.file, found->second);
    }
  };
  for (const FileRecord& record : plan.news.settled) add(record, true);
  for (const FileRecord& record : records) {
    const auto found = listed.find(record.file);
    if (found == listed.end() || settled.contains(record.file)) continue;
    add(record, StampOf(record) == StampOf(found->second));
  }
  return out;
}

// Returns the record of `file` in `records`. If it has none there, adds the one in `known`.
FileRecord& RecordNow(const RecordsByFile& known, const std::string& file,
                      std::vector<FileRecord>& records) {
  const auto found = std::ranges::find(records, file, &FileRecord::file);
  if (found != records.end()) return *found;
  return records.emplace_back(known.at(file));
}

}  // namespace

ReadAgain FindReadAgain(const RunSession& session, const FeedPlan& plan, bool same_definition,
                        Reread& reread) {
  const RecordsByFile known = LoadedFiles(session, *plan.feed);
  const ListedFiles listed =
      FindListed(plan, session.catalog.ListFiles(session.database_name, plan.feed->name));
  std::set<std::string> with_news;
  for (const LandingFile& file : plan.news.to_load) with_news.insert(file.file);
  std::set<std::string> read_differently;
  if (!same_definition) read_differently = reread.FilesReadDifferently();
  Reread::Quarantined quarantined = reread.FindQuarantined();
  ReadAgain again;
  std::set<std::string> wanted = read_differently;
  wanted.merge(std::move(quarantined.cut));
  for (const std::string& file : wanted) {
    if (with_news.contains(file) || !known.contains(file)) continue;
    const FileRecord& record = known.at(file);
    if (const auto found = listed.loaded.find(file); found != listed.loaded.end()) {
      again.files.push_back(found->second);
      with_news.insert(file);
    } else if (const auto copy = listed.copies.find(record.content_hash);
               copy != listed.copies.end()) {
      again.files.push_back(copy->second);
      again.moved.push_back(RedeliveredRecord(record, session.run_id));
      with_news.insert(file);
    } else {
      again.kept.insert(file);
      if (read_differently.contains(file)) again.carried.insert(file);
    }
  }
  for (const std::string& file : quarantined.changing) {
    if (!with_news.contains(file) && known.contains(file)) again.retried.insert(file);
  }
  return again;
}

ReadAgain FindUnreadFiles(const RunSession& session, const FeedPlan& plan, Reread& reread,
                          std::vector<FileRecord>& records) {
  std::set<std::string> names;
  std::set<std::string> hashes;
  for (const FileRecord& record : records) {
    names.insert(record.file);
    if (record.decoded_bytes > 0) hashes.insert(ContentKey(record));
  }
  ReadAgain kept;
  for (auto& [file, record] : LoadedFiles(session, *plan.feed)) {
    if (names.contains(file)) continue;
    if (std::ranges::binary_search(plan.listing.passed_over, file)) {
      kept.dropped.insert(file);
    } else if (hashes.contains(ContentKey(record))) {
      records.push_back(RedeliveredRecord(record, session.run_id));
    } else {
      kept.carried.insert(file);
    }
  }
  kept.kept = kept.carried;
  if (kept.carried.empty()) return kept;
  std::ranges::set_intersection(kept.carried, reread.FindQuarantined().changing,
                                std::inserter(kept.retried, kept.retried.end()));
  return kept;
}

FreshRows WriteRowsFromLake(const Schema& schema, const ReadAgain& again, Reread& reread,
                            QuarantineNews& quarantine, TableOutcome& outcome) {
  if (again.kept.empty() && again.retried.empty()) return {};
  const RunSession& session = reread.session();
  const Feed& feed = reread.feed();
  const std::filesystem::path folder =
      TableFolder(session.lake, {session.database_name, feed.name}) / "data";
  RowWriter rows(session.storage.StoreOf(folder),
                 {schema, folder, WithoutBounds(feed), session.run_id});
  const std::map<std::string, uint64_t> carried = reread.CarryOver(again.carried, rows);
  const auto taken = reread.TakeQuarantined(again.retried, rows, quarantine);
  if (!again.retried.empty()) outcome.retried = reread.RetriedCondition(again.retried);
  outcome.retried_files = again.retried;
  const RecordsByFile known = LoadedFiles(session, feed);
  uint64_t taken_count = 0;
  for (const auto& [file, part] : taken) {
    FileRecord& record = RecordNow(known, file, outcome.files);
    record.records += part.records;
    record.rejected -= part.records;
    record.accepted_bytes += part.bytes;
    record.quarantined_bytes -= part.bytes;
    taken_count += part.records;
  }
  for (const std::string& file : again.kept) {
    RecordNow(known, file, outcome.files).status = LoadStatus::kKept;
  }
  if (taken_count > 0) {
    outcome.notes.push_back(fmt::format("{}: quarantined records that fit now and became rows: {}",
                                        feed.name, taken_count));
  }
  uint64_t carried_count = 0;
  for (const auto& [file, count] : carried) carried_count += count;
  if (carried_count > 0) {
    outcome.notes.push_back(
        fmt::format("{}: files that are not there any more: {}; their rows, "
                    "kept under today's contract: {}",
                    feed.name, again.carried.size(), carried_count));
  }
  FreshRows fresh{rows.Finish(), {}};
  if (fresh.files.empty()) return fresh;
  std::vector<std::string> columns;
  for (const Field& field : schema.fields) columns.push_back(field.name);
  fresh.checksum = ChecksumOf(session.connection, SelectFiles(schema, fresh.files), columns);
  return fresh;
}

}  // namespace stedi
