// Which records that a lake has of a feed must be read again although no file has new content: the
// contract changed, a rebuild found their files gone, or somebody asked for it.
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

// Files whose rows or quarantined records are read under today's contract without new content.
struct ReadAgain {
  std::vector<LandingFile> files;  // from the landing folder
  // Files that are gone, whose content is read there under another name.
  std::vector<FileRecord> moved;
  std::set<std::string> carried;  // their rows as the lake has them
  std::set<std::string> retried;  // their quarantined records as the lake has them
  // Files that are there, but that the feed no longer takes for landing data (a rebuild).
  std::set<std::string> dropped;
  // Files that are gone and of which not all could be read again: news when they are back.
  std::set<std::string> kept;
};

// What today's contract reads otherwise than the one before it, of files without new content.
ReadAgain FindReadAgain(const RunSession& session, const FeedPlan& plan, bool same_definition,
                        Reread& reread);

// After a rebuild has read all files that are there: those that it has not read, whose rows are the
// last copy of their records. `records`: of the files that it has read; a file whose content was
// read under another name joins them as a re-delivery.
ReadAgain FindKept(const RunSession& session, const FeedPlan& plan, Reread& reread,
                   std::vector<FileRecord>& records);

// Rows in data files of the feed's table.
struct FreshRows {
  std::vector<DataFile> files;
  TableChecksum checksum;
};

// The rows that `again` carries over and those of quarantined records that fit. Adjusts the files'
// records and tells the user in `outcome`.
FreshRows TakeFromLake(const Schema& schema, const ReadAgain& again, Reread& reread,
                       QuarantineNews& quarantine, TableOutcome& outcome);

}  // namespace stedi
