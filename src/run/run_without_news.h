// What a run need not do again, told without opening DuckDB: what its outcome depends on is hashed,
// and compared with what a run noted that left everything up to date, or that checked the project.
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

// All that decides what a run does, but --full, --rebuild and the tables: this program, the
// project, its parameters with the key, the landing files' names, sizes and times. As text with
// secrets in it: only hashes of it are written down.
class RunInputs {
 public:
  RunInputs(const Project& project, const std::string& pseudonym_key);
  void Add(const Feed& feed, const FeedListing& listing);

  // A hash of them and of where the tables of the project's database are.
  std::string StateHash(const std::vector<TablePointer>& pointers) const;
  // A hash of all but the landing files.
  const std::string& project_hash() const { return project_hash_; }

 private:
  std::string database_;
  std::string text_;
  std::string project_hash_;
};

// Notes that the lake is up to date for `inputs`, after a run has published or had no news: one
// that found the tables as `before` has them, and moved those of `commits`. What another program
// has changed since is news to the next run.
void NoteUpToDate(const RunInputs& inputs, const std::string& database, const SqlCatalog& before,
                  const std::vector<TableCommit>& commits, SqlCatalog& catalog);

// Notes that the project has no mistakes, and which tables its views read.
void NoteChecked(const RunInputs& inputs, const Project& project, SqlCatalog& catalog);

// Landing folders as they were just listed, by feed.
using FolderListings = std::map<std::string, FeedListing>;

struct KnownStart {
  std::optional<RunReport> report;  // of a run without news, recorded as Run() records it
  // Else, where there was a run of this very project: it needs no check.
  std::optional<CheckedProject> checked;
  FolderListings listings;
};

// Lakes and landing folders on S3 are always looked at.
KnownStart StartFromKnown(const RunOptions& options, const PseudonymKey& key,
                          const LakePlace& place, RunObserver& observer);

}  // namespace stedi
