// Finds the records of a feed that must be read again although no file has new content: because the
// contract changed, because a rebuild found their files gone, or because the user asked for it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "rows/row_tally.h"
#include "run/feed_plan.h"
#include "run/quarantine.h"
#include "run/reread.h"
#include "run/table_outcome.h"

namespace stedi {

// Files without new content whose rows or quarantined records are read under the current contract.
struct ReadAgain {
  std::vector<LandingFile> files;  // from the landing folder
  // The new records of files that are gone, but whose content `files` has under another name.
  std::vector<FileRecord> moved;
  std::set<std::string> carried;  // files whose rows are read from the table
  std::set<std::string> retried;  // files whose records are read from the quarantine
  // In a rebuild: files that are there, but whose names the feed no longer takes for landing data.
  std::set<std::string> dropped;
  // Files that are gone and could not be read again as a whole: they are loaded when they are back.
  std::set<std::string> kept;
};

// Finds the files without new content that the current contract reads differently. If the contract
// is the same as in the last run (`same_definition`), only their quarantined records can differ.
ReadAgain FindReadAgain(const RunSession& session, const FeedPlan& plan, bool same_definition,
                        Reread& reread);

// To be called after a rebuild has read all files that are there. Finds the known files that it has
// not read: their rows are the last copy of their records. `records` are those of the files that it
// has read; a file whose content was read under another name is added to them as a re-delivery.
ReadAgain FindUnreadFiles(const RunSession& session, const FeedPlan& plan, Reread& reread,
                          std::vector<FileRecord>& records);

// New data files of the feed's table, and the checksum of their rows.
struct FreshRows {
  std::vector<DataFile> files;
  TableChecksum checksum;
};

// Writes the rows that `again` carries over, and rows for those of its quarantined records that
// fit. Adjusts the files' records in `outcome`, and adds notes for the user to it.
FreshRows WriteRowsFromLake(const Schema& schema, const ReadAgain& again, Reread& reread,
                            QuarantineNews& quarantine, TableOutcome& outcome);

}  // namespace stedi
