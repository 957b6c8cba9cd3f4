// Which landing files of a feed are news, by what the catalog knows of earlier runs (the rules:
// docs/pipelines.md). Why so: docs/decisions/0023-what-a-re-delivery-is.md.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "catalog/run_record.h"
#include "files/landing_files.h"

namespace stedi {

struct FeedNews {
  std::vector<LandingFile> to_load;  // new content, or a known path with new content
  std::vector<FileRecord> settled;   // without loading: re-delivered, or touched but the same
  std::set<std::string> outdated;    // known paths whose rows in the table are no longer true
  uint64_t redelivered = 0;          // among `settled`
  // Re-deliveries that are gone or unreadable, of files whose rows are gone: nothing is known of
  // them any more.
  std::set<std::string> forgotten;
};

// What makes two files copies of one another: their bytes and the way of reading them.
std::string ContentKey(const FileRecord& record);

// What a run takes from earlier ones about a feed's files.
struct KnownFiles {
  std::vector<FileRecord> records;  // whose rows are in the table, and their copies
  // Whether the files are in the folder that `records` speaks of: else equal size and time mean
  // nothing.
  bool is_same_folder = true;
};

// The files of a feed beside what is known of them. Made once a run; ask it again when files turned
// out to be unreadable.
class FeedFiles {
 public:
  // Reads (hashes, on all threads) files only where sizes are equal. Throws kCancelled.
  FeedFiles(std::string feed, std::vector<LandingFile> files, KnownFiles known);

  // Same path, size and time: not opened. Same content as a file whose rows are in the table, or
  // come into it by this run, read in the same way: re-delivered. `unreadable`: files that are left
  // out; those of them that are known keep their rows.
  FeedNews FindNews(const std::set<std::string>& unreadable) const;

  // Files that could not be read when their content was to be compared.
  const std::vector<BadFile>& bad_files() const { return bad_files_; }

 private:
  // One landing file. `key`: its content and the way of reading it; empty: no other file has it.
  struct Candidate {
    LandingFile file;
    const FileRecord* record = nullptr;  // what is known of its path
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
