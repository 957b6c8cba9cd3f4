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

// The columns of the quarantine table, without ids.
std::vector<Field> QuarantineFields();
// The columns that are masked in output.
std::set<std::string> QuarantinePii();
// The columns without bounds in data files: raw bytes are personal data, and file names may be.
std::set<std::string> QuarantineWithoutBounds();

// The records and rows that this run keeps out. They are written to data files of the quarantine
// table as they come, so that any number of them takes only the memory of one row group. Nobody
// sees these files before the table that names them is published.
class QuarantineNews {
 public:
  // `session` must outlive it.
  explicit QuarantineNews(const RunSession& session) : session_(session) {}

  // Adds a rejected landing record. `raw` are its first bytes; `run_id` is the run that rejected it
  // first.
  void Add(const std::string& feed, const Contract& contract, std::string_view file,
           const Rejection& rejection, std::string_view raw, std::string_view run_id);
  // Adds all rejections of a finished scan of `feed`, from its spool.
  void AddRejections(const std::string& feed, const LandingScan& scan,
                     const std::filesystem::path& spool_path);
  // Adds the rows of `select`, which `table` does not get, as JSON. `reason` is the name of the
  // expectation that they break.
  void AddRows(const std::string& table, const std::string& reason, const std::string& select);

  // Returns up to kRejectionExamplesMax of the records that were added for a feed, as
  // "<file>:<offset>: <reason>".
  const std::vector<std::string>& Examples(const std::string& feed) { return examples_[feed]; }

  // Returns the data files with all that was added. Call it once, at the end.
  std::vector<DataFile> Finish();

 private:
  const Schema& schema();
  DataTarget Target();

  const RunSession& session_;
  std::optional<Schema> schema_;     // of the table as this run will leave it
  std::optional<RowWriter> writer_;  // made for the first record
  std::vector<DataFile> files_;      // of derived rows
  std::map<std::string, std::vector<std::string>> examples_;  // by feed
};

}  // namespace stedi
