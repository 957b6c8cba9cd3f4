// Reads records of a feed under the current contract from what the lake itself holds of them:
// rejected records whose bytes the quarantine keeps as a whole, and rows whose landing file is gone
// or cannot be read. So a contract can change without the last copy of a record being lost.
//
// A rejected record is parsed from its bytes, exactly as if its file were read again. A row is
// turned back into a JSON object (its columns, then its other keys) and parsed: a new column takes
// its value from `_rescued`; the value of a column that no longer exists goes there, and so does a
// value that its column can no longer hold.
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
  // `table` is the feed's table as it was before this run, with its files loaded. All arguments
  // must outlive this object.
  Reread(const RunSession& session, const Feed& feed, const LakeTable& table);
  ~Reread();
  Reread(const Reread&) = delete;
  Reread& operator=(const Reread&) = delete;

  const RunSession& session() const { return session_; }
  const Feed& feed() const { return feed_; }

  // Returns the files with a row that the current contract would read differently: one that has the
  // value of a new column among its other keys, or NULL where the contract requires a value, or an
  // empty string where the contract reads NULL.
  std::set<std::string> FilesReadDifferently();

  // Files with quarantined records that may be rows under another contract.
  struct Quarantined {
    std::set<std::string> changing;  // with some that fit now, or do not fit for another reason
    std::set<std::string> cut;       // with some whose bytes are not kept whole
  };
  Quarantined FindQuarantined();

  // The quarantined records of one file that became rows.
  struct Taken {
    uint64_t records = 0;
    uint64_t bytes = 0;
  };
  // Writes rows for those quarantined records of `files` that fit, and returns by file how many.
  // The others are added to `quarantine` again, with the fault that they have now. Afterwards all
  // earlier rows of the quarantine that meet RetriedCondition(files) are outdated.
  std::map<std::string, Taken> TakeQuarantined(const std::set<std::string>& files, RowWriter& rows,
                                               QuarantineNews& quarantine);
  // Returns a condition over the columns of the quarantine table for the records that
  // TakeQuarantined reads.
  std::string RetriedCondition(const std::set<std::string>& files) const;

  // Writes the table's rows of `files` under the current contract. Returns by file how many.
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
