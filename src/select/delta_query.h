// SQL for the incremental update of a table: the rows that a row-wise SELECT (select_shape.h) gains
// or loses when its inputs change.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/project.h"
#include "select/select_shape.h"

namespace stedi {

// An input that changed. The strings other than `table` are SELECTs of all its columns.
struct ChangedInput {
  std::string table;
  std::string before;
  std::string now;
  std::string fresh;  // the rows in `now` but not in `before`; empty: none
  std::string gone;   // the rows in `before` but not in `now`; empty: none
};

class DeltaQuery {
 public:
  // How to update the table.
  enum class Method : uint8_t {
    kAppend,         // append CandidateRows()
    kAppendMissing,  // append those of CandidateRows() that the table does not have yet
    kReplace,        // replace all rows equal to one of CandidateRows() by RecomputedRows()
  };

  // Inputs that are not in `changed` are read from the tables of the same name in `schema`. Keeps
  // references to `view` and `shape`, which must outlive this object.
  DeltaQuery(const View& view, const SelectShape& shape, std::string schema,
             std::vector<ChangedInput> changed);

  Method method() const { return method_; }
  // A SELECT of the candidate rows. It has no duplicates with kReplace and for a SELECT DISTINCT.
  std::string CandidateRows() const;
  // A SELECT of the view's current rows that equal a row of `affected`, a table with the view's
  // columns. Where possible, each input is first restricted to the rows that can contribute to one.
  std::string RecomputedRows(std::string_view affected) const;

 private:
  using Overrides = std::map<std::string, std::string>;  // table -> SELECT

  static Method MethodOf(const SelectShape& shape, const std::vector<ChangedInput>& changed);
  const SelectShape::Input& Input(const std::string& table) const;
  std::string TableInSchema(const std::string& table) const;
  std::string RestrictedInput(const SelectShape::Input& input, std::string_view affected) const;
  std::string ChangedPart(const ChangedInput& part, const std::string& rows, bool before,
                          bool telescoped) const;
  std::string Rows(const Overrides& overrides) const;

  const View& view_;
  const SelectShape& shape_;
  std::string schema_;
  std::vector<ChangedInput> changed_;
  Method method_;
};

// The condition "l.a IS NOT DISTINCT FROM r.a AND ..", which is true when two rows are equal in all
// columns, NULL being equal to NULL.
std::string SameRow(const TableDefinition& definition, std::string_view left,
                    std::string_view right);
// The columns that SameRowByKey() compares.
enum class Compared : uint8_t { kAll, kAllButStrings };
// The same condition, written so that DuckDB hash-joins on column `key` alone and evaluates the
// other comparisons only for rows with equal keys. REQUIRES: `key` is never NULL on the right side.
std::string SameRowByKey(const TableDefinition& definition, const std::string& key,
                         Compared compared, std::string_view left, std::string_view right);

}  // namespace stedi
