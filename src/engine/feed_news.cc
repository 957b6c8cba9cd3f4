#include "engine/feed_news.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "landing/content_hash.h"

namespace stedi {
namespace {

constexpr const char* kRedelivered = "redelivered";

using RecordsByFile = std::map<std::string, const FileRecord*>;

// `hash` of `files`, on all threads; empty where `wanted` is false.
std::vector<std::string> HashFiles(const std::vector<LandingFile>& files,
                                   const std::vector<bool>& wanted,
                                   std::string (*hash)(const std::filesystem::path&,
                                                       const FileStore&)) {
  std::vector<std::string> hashes(files.size());
  std::atomic<size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto work = [&] {
    for (size_t i = next++; i < files.size(); i = next++) {
      if (!wanted[i]) continue;
      try {
        hashes[i] = hash(files[i].path, *files[i].store);
      } catch (...) {  // the end of a thread: handed to the caller below
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
      }
    }
  };
  const size_t thread_count =
      std::min<size_t>(files.size(), std::max(1U, std::thread::hardware_concurrency()));
  std::vector<std::jthread> threads;
  for (size_t i = 1; i < thread_count; ++i) threads.emplace_back(work);
  work();
  threads.clear();  // joins
  if (failure) std::rethrow_exception(failure);
  return hashes;
}

FileRecord Settle(const std::string& feed, const LandingFile& file, const std::string& hash) {
  FileRecord record;
  record.feed = feed;
  record.file = file.file;
  record.status = kRedelivered;
  record.size_bytes = record.decoded_bytes = file.size_bytes;
  record.mtime_ns = file.mtime_ns;
  record.content_hash = hash;
  return record;
}

// Content hashes of the candidates that may be a copy: of a loaded file that is as long, or of
// another candidate that is as long and ends the same. Empty for the others: hashing all of them
// is one more reading of the landing files.
std::vector<std::string> HashPossibleCopies(const std::vector<LandingFile>& candidates,
                                            const std::vector<FileRecord>& known) {
  std::set<uint64_t> known_sizes;
  for (const FileRecord& record : known) known_sizes.insert(record.size_bytes);
  std::map<uint64_t, int> files_by_size;
  for (const LandingFile& file : candidates) ++files_by_size[file.size_bytes];
  std::vector<bool> is_equal_long;
  is_equal_long.reserve(candidates.size());
  for (const LandingFile& file : candidates) {
    is_equal_long.push_back(file.size_bytes > 0 && files_by_size[file.size_bytes] > 1);
  }
  const std::vector<std::string> ends = HashFiles(candidates, is_equal_long, HashEnd);
  std::map<std::pair<uint64_t, std::string>, int> files_by_end;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (is_equal_long[i]) ++files_by_end[{candidates[i].size_bytes, ends[i]}];
  }
  std::vector<bool> may_be_copy;
  may_be_copy.reserve(candidates.size());
  for (size_t i = 0; i < candidates.size(); ++i) {
    const uint64_t size = candidates[i].size_bytes;
    may_be_copy.push_back((size > 0 && known_sizes.contains(size)) ||
                          (is_equal_long[i] && files_by_end[{size, ends[i]}] > 1));
  }
  return HashFiles(candidates, may_be_copy, HashFile);
}

// A copy that was not loaded because its original was: when the original's content has gone, the
// copy is what is left of it.
void ReviveCopies(const std::vector<LandingFile>& files, const RecordsByFile& by_file,
                  std::set<std::string> loaded_hashes, FeedNews& news) {
  for (const LandingFile& file : files) {
    const auto found = by_file.find(file.file);
    if (found == by_file.end() || found->second->status != kRedelivered) continue;
    const FileRecord& record = *found->second;
    const bool same = record.size_bytes == file.size_bytes && record.mtime_ns == file.mtime_ns;
    if (same && loaded_hashes.insert(record.content_hash).second) news.to_load.push_back(file);
  }
}

}  // namespace

FeedNews FindNews(const std::string& feed, const std::vector<LandingFile>& files,
                  const std::vector<FileRecord>& known, bool reload) {
  RecordsByFile by_file;
  if (!reload) {
    for (const FileRecord& record : known) by_file[record.file] = &record;
  }
  std::vector<LandingFile> candidates;
  for (const LandingFile& file : files) {
    const auto found = by_file.find(file.file);
    const bool same = found != by_file.end() && found->second->status != kKeptStatus &&
                      found->second->size_bytes == file.size_bytes &&
                      found->second->mtime_ns == file.mtime_ns;
    if (!same) candidates.push_back(file);
  }
  const std::vector<std::string> hashes =
      HashPossibleCopies(candidates, reload ? std::vector<FileRecord>() : known);

  FeedNews news;
  std::set<std::string> changed;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const auto found = by_file.find(candidates[i].file);
    if (found == by_file.end()) continue;
    const bool is_kept = found->second->status == kKeptStatus;
    if (!is_kept && !hashes[i].empty() && hashes[i] == found->second->content_hash) {
      continue;  // touched only
    }
    changed.insert(candidates[i].file);
    if (found->second->status != kRedelivered) news.outdated.insert(candidates[i].file);
  }
  std::set<std::string> loaded_hashes;
  for (const auto& [file, record] : by_file) {
    if (record->status != kRedelivered && !changed.contains(file))
      loaded_hashes.insert(record->content_hash);
  }
  for (size_t i = 0; i < candidates.size(); ++i) {
    const LandingFile& file = candidates[i];
    const auto found = by_file.find(file.file);
    if (found != by_file.end() && !changed.contains(file.file)) {
      FileRecord record = *found->second;
      record.mtime_ns = file.mtime_ns;
      news.settled.push_back(std::move(record));
    } else if (!hashes[i].empty() && !loaded_hashes.insert(hashes[i]).second) {
      news.settled.push_back(Settle(feed, file, hashes[i]));
      ++news.redelivered;
    } else {
      news.to_load.push_back(file);
    }
  }
  ReviveCopies(files, by_file, std::move(loaded_hashes), news);
  return news;
}

}  // namespace stedi
