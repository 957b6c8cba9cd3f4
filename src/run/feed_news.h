// Finds which landing files of a feed are news, by what the catalog knows from earlier runs. The
// rules are in docs/pipelines.md, the reasons in docs/decisions/0023-what-a-re-delivery-is.md.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "catalog/run_record.h"
#include "files/landing_files.h"

namespace stedi {

struct FeedNews {
  std::vector<LandingFile> to_load;  // files with new content, under a new or a known path
  std::vector<FileRecord> settled;   // not loaded: re-delivered, or touched but with same content
  std::set<std::string> outdated;    // known paths whose rows in the table are no longer true
  uint64_t redelivered = 0;          // among `settled`
  // Re-deliveries that are gone or unreadable and whose content is in no other file with rows in
  // the table any more: the catalog forgets them.
  std::set<std::string> forgotten;
};

// Returns a key that is equal for copies: files with the same bytes that are decoded in the same
// way.
std::string ContentKey(const FileRecord& record);

// What earlier runs recorded about a feed's files.
struct KnownFiles {
  std::vector<FileRecord> records;  // of files whose rows are in the table, and of their copies
  // Whether the feed's folder is the one that `records` is about. If not, equal size and time mean
  // nothing.
  bool is_same_folder = true;
};

// Compares the files of a feed with what is known about them. A run makes it once, and calls
// FindNews again when files turn out to be unreadable.
class FeedFiles {
 public:
  // Reads and hashes, on all threads, but only files whose size another file has as well. Throws
  // kCancelled.
  FeedFiles(std::string feed, std::vector<LandingFile> files, KnownFiles known);

  // A file with the same path, size and time as before is unchanged and was not opened. A file is
  // re-delivered if it has the same content, decoded in the same way, as a file whose rows are in
  // the table or are loaded by this run. The files `unreadable` are left out; those of them that
  // are known keep their rows.
  FeedNews FindNews(const std::set<std::string>& unreadable) const;

  // The files that could not be read to compare their content.
  const std::vector<BadFile>& bad_files() const { return bad_files_; }

 private:
  // One landing file. `key` is its ContentKey, or empty if no other file has the same content.
  struct Candidate {
    LandingFile file;
    const FileRecord* record = nullptr;  // what is known about its path, if anything
    bool is_untouched = false;           // same size and time as the record says
    std::string hash;
    std::string decoding;
    std::string key;
  };
  void Compare();
  FileRecord Redelivered(const Candidate& candidate) const;

  std::string feed_;
  KnownFiles known_;
  std::vector<Candidate> candidates_;  // by file
  std::vector<BadFile> bad_files_;
};

}  // namespace stedi
