// A run that has nothing to do, told without opening DuckDB: what its outcome depends on is hashed,
// and is as it was when a run last left everything up to date.
#pragma once

#include <optional>
#include <string>

#include "catalog/sql_catalog.h"
#include "engine/lake_place.h"
#include "engine/pseudonym_key.h"
#include "engine/run.h"
#include "landing/landing_files.h"
#include "pipeline/project.h"

namespace stedi {

// All that decides what a run does, but --full, --rebuild and the tables: this program, the
// project, its parameters with the key, the landing files' names, sizes and times. As text with
// secrets in it: only StateHash() of it is written down.
class RunInputs {
 public:
  RunInputs(const Project& project, const std::string& pseudonym_key);
  void Add(const Feed& feed, const FeedListing& listing);

  // A hash of them and of the tables that the catalog has.
  std::string StateHash(const SqlCatalog& catalog) const;

 private:
  std::string database_;
  std::string text_;
};

// Notes that the lake is up to date for `inputs`; after a run has published, or had no news.
void NoteUpToDate(const RunInputs& inputs, const std::string& database, SqlCatalog& catalog);

// The report of a run without news, recorded as Run() records it, or nothing: then a run must look.
// Lakes and landing folders on S3 are always looked at.
std::optional<RunReport> RunWithoutNews(const RunOptions& options, const PseudonymKey& key,
                                        const LakePlace& place, RunObserver& observer);

}  // namespace stedi
