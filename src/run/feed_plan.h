// What a run is going to do with the landing files of one feed, and what is said of those that it
// does not read.
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
  bool rebuild = false;            // the table is asked to be made anew
  bool forget = false;  // what is known of the feed's files is forgotten: the table is made anew
  bool skip_bad_files = false;
  bool retry_quarantine = false;
};

// Opens no table; `listing` is that of the feed's folder. `notes` get what people should be told.
// Throws kInvalid when the folder has files and the names of all are passed over, though the lake
// has no file of the feed.
FeedPlan PlanFeed(const LakeSession& session, const Feed& feed, FeedListing listing,
                  const RunOptions& options, std::vector<std::string>& notes);

// How many files are passed over for their names, and one of them; nothing where there is none.
std::optional<std::string> PassedOverNote(const Feed& feed, const FeedListing& listing);

// Whether the names of a feed's files are said to be personal data.
bool HasPersonalFileNames(const TableDefinition& feed);

// As people may see it: personal parts of the file's name are masked.
BadFileReport ReportBadFile(const Feed& feed, const BadFile& bad, bool is_skipped);

// kInvalid, in one line: the file where it is one, else how many they are. `lists_all`: and which.
Error BadFilesError(const std::vector<BadFileReport>& bad_files, bool lists_all);

// The folder of each feed at the last published run, by feed; and the setting that keeps them.
std::map<std::string, std::string> FoldersBefore(const SqlCatalog& catalog,
                                                 const std::string& database);
std::string FoldersSetting(const std::string& database);
std::string FoldersText(const Project& project);

}  // namespace stedi
