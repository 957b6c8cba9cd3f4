// What a lake itself holds of a feed's records, read under today's contract: rejected records whose
// bytes the quarantine keeps whole, and rows whose landing file is gone or cannot be read. So a
// contract can change without the last copy of a record being lost.
//
// A rejected record is parsed from its bytes, exactly as its file would be read again. A row is
// written as the JSON object that it once was (its columns, then its other keys) and parsed:
// a column that is new takes its value from `_rescued`, one that has left goes there, and so does
// a value that its column cannot hold any more.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lake/lake_table.h"
#include "lake/run_session.h"
#include "landing/record_parser.h"
#include "pipeline/project.h"
#include "rows/row_writer.h"
#include "run/quarantine.h"

namespace stedi {

class Reread {
 public:
  // `table`: the feed's, its files loaded, as it stands before this run. All must outlive it.
  Reread(const RunSession& session, const Feed& feed, const LakeTable& table);
  ~Reread();
  Reread(const Reread&) = delete;
  Reread& operator=(const Reread&) = delete;

  const RunSession& session() const { return session_; }
  const Feed& feed() const { return feed_; }

  // Files with a row that today's contract would read otherwise: it has the value of a new column
  // among its other keys, or nothing where the contract wants a value.
  std::set<std::string> FilesReadOtherwise();

  // Files with quarantined records that may be rows under another contract.
  struct Quarantined {
    std::set<std::string> changing;  // with some that fit now, or do not fit for another reason
    std::set<std::string> cut;       // with some whose bytes are not kept whole
  };
  Quarantined FindQuarantined();

  // What was taken of one file's quarantined records.
  struct Taken {
    uint64_t records = 0;
    uint64_t bytes = 0;
  };
  // Makes rows of the quarantined records of `files` that fit; the others stay in quarantine, with
  // what is wrong with them now. Afterwards all that meets RetriedCondition(files) is outdated.
  std::map<std::string, Taken> TakeQuarantined(const std::set<std::string>& files, RowWriter& rows,
                                               QuarantineNews& quarantine);
  // SQL over the columns of the quarantine table.
  std::string RetriedCondition(const std::set<std::string>& files) const;

  // Writes the table's rows of `files` under today's contract. Returns how many of each file.
  std::map<std::string, uint64_t> CarryOver(const std::set<std::string>& files, RowWriter& rows);

 private:
  struct Reader;
  struct KeptRecord;
  void VisitQuarantined(const std::string& condition,
                        const std::function<void(const KeptRecord&)>& visit);
  void CarryRow(std::string_view file, uint64_t offset, std::string_view record, RowWriter& rows);
  std::string RowsAsRecords(const std::set<std::string>& files) const;
  std::string SelectTable() const;

  const RunSession& session_;
  const Feed& feed_;
  const LakeTable& table_;
  LakeTable quarantine_;
  std::unique_ptr<Reader> strict_;                                    // as landing files are read
  std::map<std::set<std::string>, std::unique_ptr<Reader>> lenient_;  // by columns left out
};

}  // namespace stedi
