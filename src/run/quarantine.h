// The quarantine table: every landing record and every derived row that was kept out, and why.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "iceberg/schema.h"
#include "lake/run_session.h"
#include "landing/landing_scan.h"
#include "landing/rejection.h"
#include "pipeline/quarantine_table.h"
#include "rows/row_writer.h"

namespace stedi {

inline constexpr size_t kRejectionExamplesMax = 10;

// Its columns, ids unset.
std::vector<Field> QuarantineFields();
// Columns that are masked.
std::set<std::string> QuarantinePii();
// Columns without bounds in files: raw bytes are personal data, file names may be.
std::set<std::string> QuarantineWithoutBounds();

// What this run keeps out: written to data files of the quarantine table as it comes, so that any
// number of records takes as much memory as one row group. Nobody sees the files before the table
// is staged with them.
class QuarantineNews {
 public:
  // `session` must outlive it.
  explicit QuarantineNews(const RunSession& session) : session_(session) {}

  // A rejected landing record. `raw`: its first bytes.
  // `run_id`: the run that rejected it first.
  void Add(const std::string& feed, const Contract& contract, std::string_view file,
           const Rejection& rejection, std::string_view raw, std::string_view run_id);
  // All rejections of a finished scan of `feed`.
  void AddRejections(const std::string& feed, const LandingScan& scan,
                     const std::filesystem::path& spool_path);
  // The rows of `select` as JSON, with the names of an expectation as the reason.
  void AddRows(const std::string& table, const std::string& reason, const std::string& select);

  // Up to kRejectionExamplesMax of what was added of a feed: "<file>:<offset>: <reason>".
  const std::vector<std::string>& Examples(const std::string& feed) { return examples_[feed]; }

  // The files with all that was added. Once, when nothing more comes.
  std::vector<DataFile> Finish();

 private:
  const Schema& schema();
  DataTarget Target();

  const RunSession& session_;
  std::optional<Schema> schema_;     // of the table as this run will leave it
  std::optional<RowWriter> writer_;  // from the first record on
  std::vector<DataFile> files_;      // of derived rows
  std::map<std::string, std::vector<std::string>> examples_;  // by feed
};

}  // namespace stedi
