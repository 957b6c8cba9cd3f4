#include "run/feed_news.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/file_stamp.h"
#include "base/machine.h"
#include "files/content_hash.h"

namespace stedi {
namespace {

bool HasRows(const FileRecord& record) { return record.status != LoadStatus::kRedelivered; }

// Whether the file is loaded as soon as it is found again: the table has its rows, but it was gone,
// and not all of it could be read again, when its contract changed or the table was rebuilt.
bool IsNewsWhenBack(const FileRecord& record) { return record.status == LoadStatus::kKept; }

std::string KeyOf(const std::string& hash, const std::string& decoding) {
  return hash + ' ' +
         (decoding == kUncheckedDecoding ? DecodingName(Compression::kNone) : decoding);
}

// The error messages for files that cannot be read, by index.
using Problems = std::map<size_t, std::string>;

// Calls `work(i)` for each i < count, on all threads. Throws kCancelled.
template <class Work>
void ForEach(size_t count, const Work& work, Problems& problems) {
  std::atomic<size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto run = [&] {
    for (size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (const Error& error) {  // it must not leave the thread
        const std::lock_guard lock(mutex);
        if (error.code() == ErrorCode::kCancelled) failure = std::current_exception();
        problems[i] = error.what();
      } catch (...) {
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
      }
    }
  };
  const size_t thread_count = std::min<size_t>(count, static_cast<size_t>(MachineThreads()));
  std::vector<std::jthread> threads;
  for (size_t i = 1; i < thread_count; ++i) threads.emplace_back(run);
  run();
  threads.clear();  // joins
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

std::string ContentKey(const FileRecord& record) {
  return KeyOf(record.content_hash, record.decoding);
}

FeedFiles::FeedFiles(std::string feed, std::vector<LandingFile> files, KnownFiles known)
    : feed_(std::move(feed)), known_(std::move(known)) {
  std::map<std::string, const FileRecord*> by_file;
  for (const FileRecord& record : known_.records) by_file[record.file] = &record;
  for (LandingFile& file : files) {
    Candidate candidate;
    candidate.file = std::move(file);
    if (const auto found = by_file.find(candidate.file.file); found != by_file.end()) {
      const FileRecord& record = *found->second;
      candidate.record = &record;
      candidate.is_untouched = known_.is_same_folder && !IsNewsWhenBack(record) &&
                               StampOf(record) == StampOf(candidate.file);
      if (candidate.is_untouched) {
        candidate.hash = record.content_hash;
        candidate.decoding = record.decoding;
      }
    }
    candidates_.push_back(std::move(candidate));
  }
  Compare();
}

// Gives a key to every file that may be a copy of a known file with the same size, or of another
// new file with the same size and the same last bytes. An untouched file gets the key of its
// record. The others get none: hashing all of them would mean to read the landing files once more.
void FeedFiles::Compare() {
  std::set<uint64_t> known_sizes;
  for (const FileRecord& record : known_.records) known_sizes.insert(record.size_bytes);
  std::map<uint64_t, int> files_by_size;
  for (const Candidate& candidate : candidates_) {
    if (!candidate.is_untouched) ++files_by_size[candidate.file.size_bytes];
  }
  std::vector<std::string> ends(candidates_.size());
  const auto is_equal_long = [&](const Candidate& candidate) {
    const uint64_t size = candidate.file.size_bytes;
    return !candidate.is_untouched && size > 0 && files_by_size[size] > 1;
  };
  std::vector<bool> wants_end;
  for (const Candidate& candidate : candidates_) wants_end.push_back(is_equal_long(candidate));
  Problems problems;
  ForEach(
      candidates_.size(),
      [&](size_t i) {
        if (!wants_end[i]) return;
        ends[i] = HashEnd(candidates_[i].file.path, *candidates_[i].file.store);
      },
      problems);
  std::map<std::pair<uint64_t, std::string>, int> files_by_end;
  for (size_t i = 0; i < candidates_.size(); ++i) {
    if (wants_end[i]) ++files_by_end[{candidates_[i].file.size_bytes, ends[i]}];
  }
  std::vector<bool> may_be_copy;
  for (size_t i = 0; i < candidates_.size(); ++i) {
    const uint64_t size = candidates_[i].file.size_bytes;
    may_be_copy.push_back(
        !candidates_[i].is_untouched && size > 0 && !problems.contains(i) &&
        (known_sizes.contains(size) || (wants_end[i] && files_by_end[{size, ends[i]}] > 1)));
  }
  ForEach(
      candidates_.size(),
      [&](size_t i) {
        Candidate& candidate = candidates_[i];
        if (may_be_copy[i]) candidate.hash = HashFile(candidate.file.path, *candidate.file.store);
        const bool is_unchecked = candidate.decoding == kUncheckedDecoding;
        if (may_be_copy[i] || is_unchecked) candidate.decoding = DecodingOf(candidate.file);
        if (!candidate.hash.empty()) candidate.key = KeyOf(candidate.hash, candidate.decoding);
      },
      problems);
  for (const auto& [i, problem] : problems) {
    bad_files_.push_back({candidates_[i].file.file, problem});
  }
}

FileRecord FeedFiles::Redelivered(const Candidate& candidate) const {
  FileRecord record;
  record.feed = feed_;
  record.file = candidate.file.file;
  record.status = LoadStatus::kRedelivered;
  record.size_bytes = record.decoded_bytes = candidate.file.size_bytes;
  record.mtime_ns = candidate.file.mtime_ns;
  record.content_hash = candidate.hash;
  record.decoding = candidate.decoding;
  return record;
}

FeedNews FeedFiles::FindNews(const std::set<std::string>& unreadable) const {
  FeedNews news;
  std::vector<const Candidate*> without_rows;  // whose content the table may lack
  std::set<std::string> readable;
  for (const Candidate& candidate : candidates_) {
    const FileRecord* record = candidate.record;
    if (unreadable.contains(candidate.file.file)) continue;
    readable.insert(candidate.file.file);
    if (record == nullptr || !HasRows(*record)) {
      without_rows.push_back(&candidate);
    } else if (IsNewsWhenBack(*record) || candidate.key != ContentKey(*record)) {
      news.outdated.insert(candidate.file.file);
      without_rows.push_back(&candidate);
    } else if (!candidate.is_untouched || record->decoding != candidate.decoding) {
      FileRecord touched = *record;
      touched.mtime_ns = candidate.file.mtime_ns;
      touched.decoding = candidate.decoding;
      news.settled.push_back(std::move(touched));
    }
  }
  // The keys of the files whose rows are in the table after this run.
  std::set<std::string> keys;
  for (const FileRecord& record : known_.records) {
    if (HasRows(record) && !news.outdated.contains(record.file)) {
      keys.insert(ContentKey(record));
    }
  }
  for (const Candidate* candidate : without_rows) {
    if (candidate->key.empty() || keys.insert(candidate->key).second) {
      news.to_load.push_back(candidate->file);
      continue;
    }
    const FileRecord* record = candidate->record;
    const bool is_known_copy =
        record != nullptr && !HasRows(*record) && candidate->key == ContentKey(*record);
    if (is_known_copy && candidate->is_untouched) continue;
    news.settled.push_back(Redelivered(*candidate));
    if (!is_known_copy) ++news.redelivered;
  }
  for (const FileRecord& record : known_.records) {
    const bool is_left = !HasRows(record) && !readable.contains(record.file);
    if (is_left && !keys.contains(ContentKey(record))) news.forgotten.insert(record.file);
  }
  return news;
}

}  // namespace stedi
