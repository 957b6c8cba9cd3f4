// Whether the files of a table are those that were written: by their sizes, and by the checksums
// that their pages carry (parquet/parquet_check.h).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lake/lake_table.h"
#include "lake/run_session.h"

namespace stedi {

// The live data files that are not there with the size that their manifest says: "<path>: <what is
// wrong>". Reads none. LoadFiles first.
std::vector<std::string> DamagedFiles(Storage& storage, const LakeTable& table);
std::string SizeFault(Storage& storage, const DataFile& file);  // empty: there is none

struct PagesCheck {
  std::vector<std::string> faults;  // "<path>: <what is wrong>"
  uint64_t pages = 0;
  uint64_t pages_without_crc = 0;  // of other programs, or of an earlier stedi
};

// Reads all bytes of the data files `paths`, on all threads.
PagesCheck CheckPages(Storage& storage, const std::set<std::string>& paths);

// Before a run builds on all rows of `files` of `table`: throws kInvalid when one of them is
// damaged. Each file is looked at once in a run, and none that it wrote itself. What is on S3 is
// not: to fetch it twice would take as long as the run.
void RequireSound(const RunSession& session, const std::string& table,
                  const std::vector<DataFile>& files);
void RequireSound(const RunSession& session, const LakeTable& table);  // all live ones
// Throws the same when a live data file of one of the tables is not there with its size; reads
// their bytes only where all files together are so small that nobody feels it. On S3 it looks at
// nothing. LoadFiles first.
void RequireSoundIfSmall(const RunSession& session, const std::vector<const LakeTable*>& tables);
// Whether all live data files are as they were written. Reads all their bytes.
bool IsSound(Storage& storage, const LakeTable& table);
// Throws the same when a live data file is not there with its size. Reads none, and on S3 asks for
// none.
void RequireFiles(const LakeSession& session, const LakeTable& table);
// LoadFiles of a derived table, of which the manifests may be gone or damaged: throws kInvalid with
// what to do; where the table is made anew, nothing is known of its files.
void LoadDerivedFiles(const LakeSession& session, LakeTable& table, bool is_made_anew = false);

}  // namespace stedi
