// The rows of a view's SELECT into data files of its table, in the memory that the run may take.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "iceberg/data_file.h"
#include "iceberg/schema.h"
#include "lake/run_session.h"
#include "pipeline/project.h"
#include "rows/row_tally.h"

namespace stedi {

struct WrittenRows {
  std::vector<DataFile> files;  // without rows there is none
  TableChecksum checksum;
};

// Writes a SELECT in the way that takes least: a SELECT DISTINCT as one without DISTINCT, of which
// a set of row hashes drops the repeated rows (rows/row_tally.h); a SELECT with ORDER BY with
// numbers in place of its strings (select/late_strings.h); all others, and those for which these
// ways take too much memory, as DuckDB runs them.
class SelectWriter {
 public:
  // All are kept by reference. `schema`: of the files.
  SelectWriter(const RunSession& session, const View& view, const Project& project,
               const Schema& schema)
      : session_(session), view_(view), project_(project), schema_(schema) {}

  // The rows of the view's SELECT. When DuckDB runs out of memory although it spills, which depends
  // on thread timing, the SELECT is run once more on one thread. Errors about a row's value are
  // masked. Throws Error; leaves no file then, where the store can remove.
  WrittenRows WriteView() const;

  // The rows of another SELECT with the view's columns, as DuckDB runs it.
  WrittenRows Write(const std::string& select) const;

  // Removes files that were written and are not wanted any more, where the store can remove.
  void Remove(const std::vector<DataFile>& files) const;

 private:
  std::optional<WrittenRows> WriteDistinct(const std::string& select) const;
  std::optional<WrittenRows> WriteSorted() const;
  WrittenRows WriteInLeastMemory() const;
  WrittenRows WriteTallied(const std::string& select, RowTally& tally) const;

  const RunSession& session_;
  const View& view_;
  const Project& project_;
  const Schema& schema_;
};

}  // namespace stedi
