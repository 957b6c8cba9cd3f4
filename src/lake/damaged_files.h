// Checks whether the data files of a table are as they were written: by their sizes, and by the
// checksums that their pages carry (parquet/parquet_check.h).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lake/lake_table.h"
#include "lake/run_session.h"

namespace stedi {

// Returns "<path>: <what is wrong>" for each live data file that is missing or does not have the
// size that its manifest says. Reads no file. REQUIRES: LoadFiles(table).
std::vector<std::string> DamagedFiles(Storage& storage, const LakeTable& table);
std::string SizeFault(Storage& storage, const DataFile& file);  // of one file; empty: no fault

struct PagesCheck {
  std::vector<std::string> faults;  // "<path>: <what is wrong>"
  uint64_t pages = 0;
  uint64_t pages_without_crc = 0;  // written by another program, or by an earlier stedi
};

// Reads all bytes of the data files `paths`, on all threads of the machine, and compares the
// checksums of their pages.
PagesCheck CheckPages(Storage& storage, const std::set<std::string>& paths);

// Called before a run builds on all rows of `files`, which belong to `table`: throws kInvalid when
// one of them is damaged. Reads each file at most once per run, and skips the files that the run
// itself has written. Files on S3 are not checked: fetching them twice would take as long as the
// run.
void RequireSound(const RunSession& session, const std::string& table,
                  const std::vector<DataFile>& files);
void RequireSound(const RunSession& session, const LakeTable& table);  // all live files
// Throws kInvalid when a live data file of one of the tables is missing or has another size. Also
// checks the files as RequireSound does, if all of them together are so small that this takes
// hardly any time. Checks nothing on S3. REQUIRES: LoadFiles for each table.
void RequireSoundIfSmall(const RunSession& session, const std::vector<const LakeTable*>& tables);
// Whether all live data files are as they were written. Reads all their bytes.
bool IsSound(Storage& storage, const LakeTable& table);
// Throws kInvalid when a live data file is missing or has another size. Reads no file. Checks
// nothing on S3.
void RequireFiles(const LakeSession& session, const LakeTable& table);
// Calls LoadFiles for a derived table. If its manifests are missing or damaged, throws kInvalid
// with a message that says what to do. With `will_rebuild`, the table is about to be rebuilt, so it
// is left without files instead.
void LoadDerivedFiles(const LakeSession& session, LakeTable& table, bool will_rebuild = false);

}  // namespace stedi
