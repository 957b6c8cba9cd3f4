// Finds out, without opening DuckDB, what a run need not do again. All that the outcome of a run
// depends on is hashed, and compared with the hash that an earlier run noted when it left
// everything up to date, or when it had checked the project.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalog/sql_catalog.h"
#include "files/landing_files.h"
#include "lake/lake_place.h"
#include "pipeline/project.h"
#include "run/pseudonym_key.h"
#include "run/run_observer.h"
#include "run/run_options.h"
#include "run/run_report.h"
#include "select/check.h"

namespace stedi {

// All that decides what a run does, except the tables and the options that ask for more than the
// news: this program, the project, its parameters with the pseudonym key, and the names, sizes and
// times of the landing files. It is a text that contains secrets, so only hashes of it are stored.
class RunInputs {
 public:
  RunInputs(const Project& project, const std::string& pseudonym_key);
  void Add(const Feed& feed, const FeedListing& listing);

  // Returns a hash of the inputs and of the metadata locations of all tables in the project's
  // database.
  std::string StateHash(const std::vector<TablePointer>& pointers) const;
  // A hash of the inputs without the landing files.
  const std::string& project_hash() const { return project_hash_; }

 private:
  std::string database_;
  std::string text_;
  std::string project_hash_;
};

// Notes in `catalog` that the lake is up to date for `inputs`, after a run that has published or
// had no news. `before` is the catalog as the run found it, and `commits` are the tables that the
// run has changed. A table that another program has changed since is news to the next run.
void NoteUpToDate(const RunInputs& inputs, const std::string& database, const SqlCatalog& before,
                  const std::vector<TableCommit>& commits, SqlCatalog& catalog);

// Notes in `catalog` that the project has no mistakes, and which tables its views read.
void NoteChecked(const RunInputs& inputs, const Project& project, SqlCatalog& catalog);

// Listings of the landing folders, by the feed's name.
using FolderListings = std::map<std::string, FeedListing>;

struct KnownStart {
  std::optional<RunReport> report;  // of a run without news, which is already recorded
  // If there is no report, but an earlier run checked exactly this project: the project, which
  // needs no further check.
  std::optional<CheckedProject> checked;
  FolderListings listings;
};

// Finds out how much of a run an earlier run has done already. If there is no news, takes the lock
// and records the run. Returns an empty start if nothing is known, which is always so if the lake
// or a landing folder is on S3.
KnownStart StartFromKnown(const RunOptions& options, const PseudonymKey& key,
                          const LakePlace& place, RunObserver& observer);

}  // namespace stedi
