// Plans what a run does with the landing files of one feed, and reports the files that it does not
// read.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "files/landing_files.h"
#include "lake/lake_session.h"
#include "pipeline/project.h"
#include "run/feed_news.h"
#include "run/run_options.h"
#include "run/run_report.h"

namespace stedi {

struct FeedPlan {
  const Feed* feed = nullptr;
  FeedListing listing;
  std::unique_ptr<const FeedFiles> files;
  FeedNews news;                   // without `bad_files`
  std::vector<BadFile> bad_files;  // of the listing, and those that could not be compared
  bool rebuild = false;            // --rebuild names the table
  bool forget = false;             // what is known about the files is void: the table is built anew
  bool skip_bad_files = false;
  bool retry_quarantine = false;
};

// Plans the step of `feed`; `listing` is that of its folder. Opens no table. Adds lines for people
// to `notes`. Throws kInvalid when the folder has files, but all are passed over for their names,
// and the lake has no file of the feed or the table is to be rebuilt.
FeedPlan PlanFeed(const LakeSession& session, const Feed& feed, FeedListing listing,
                  const RunOptions& options, std::vector<std::string>& notes);

// Returns a line that says how many files are passed over for their names, and names one of them.
// Returns nothing when there is none.
std::optional<std::string> PassedOverNote(const Feed& feed, const FeedListing& listing);

// Whether the feed declares the names of its files as personal data.
bool HasPersonalFileNames(const TableDefinition& feed);

// Returns a report that people may see: personal parts of the file's name are masked.
BadFileReport ReportBadFile(const Feed& feed, const BadFile& bad, bool is_skipped);

// Returns an error (kInvalid) of one line. It names the file if there is only one; else it says how
// many there are and, with `lists_all`, names them all.
Error BadFilesError(const std::vector<BadFileReport>& bad_files, bool lists_all);

// The folder of each feed at the last published run, by the feed's name.
std::map<std::string, std::string> FoldersBefore(const SqlCatalog& catalog,
                                                 const std::string& database);
// The catalog's setting that keeps these folders, and its value for `project`.
std::string FoldersSetting(const std::string& database);
std::string FoldersText(const Project& project);

}  // namespace stedi
