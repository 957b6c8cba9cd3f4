// Writes the rows of a view's SELECT into data files of its table, within the run's memory limit.
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

// Writes the rows of a SELECT in the cheapest way. A SELECT DISTINCT is run without its DISTINCT,
// and a set of row hashes drops repeated rows (rows/row_tally.h). A SELECT with ORDER BY is run
// with numbers in place of its strings (select/late_strings.h). All others, and those for which
// these ways take too much memory, are run as they are.
class SelectWriter {
 public:
  // All are kept by reference. `schema`: of the files.
  SelectWriter(const RunSession& session, const View& view, const Project& project,
               const Schema& schema)
      : session_(session), view_(view), project_(project), schema_(schema) {}

  // Writes the rows of the view's SELECT. If DuckDB runs out of memory although it spills, which
  // depends on thread timing, runs the SELECT once more on one thread. Values of rows in error
  // messages are masked. When it throws, it leaves no file behind, if the store can remove files.
  WrittenRows WriteView() const;

  // Writes the rows of another SELECT with the view's columns, which is run as it is.
  WrittenRows Write(const std::string& select) const;

  // Removes files that were written and are no longer needed, if the store can remove files.
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
