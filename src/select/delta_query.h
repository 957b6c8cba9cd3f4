// What a row-wise SELECT (select_shape.h) gives anew, or no more, when its inputs change, as SQL.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/project.h"
#include "select/select_shape.h"

namespace stedi {

// The rows of an input that changed: SELECTs of all its columns.
struct ChangedInput {
  std::string table;
  std::string before;
  std::string now;
  std::string fresh;  // in `now` and not in `before`; empty: none
  std::string gone;   // the other way round
};

class DeltaQuery {
 public:
  // How a table is brought up to date.
  enum class Way : uint8_t {
    kAppend,         // Candidates() are the new rows
    kAppendMissing,  // those of Candidates() that it does not have are the new rows
    kReplace,        // rows equal to one of Candidates() become those that Recomputed() gives
  };

  // Inputs that are not among `changed` are read by their names in `schema`.
  DeltaQuery(const View& view, const SelectShape& shape, std::string schema,
             std::vector<ChangedInput> changed);

  Way way() const { return way_; }
  // With kReplace and in a SELECT DISTINCT, each row once.
  std::string Candidates() const;
  // The view's rows, as they are now, that are equal to a row of `affected` (a table with the
  // view's columns). Only such input rows are joined as can give one.
  std::string Recomputed(std::string_view affected) const;

 private:
  using Overrides = std::map<std::string, std::string>;  // table -> SELECT

  static Way WayOf(const SelectShape& shape, const std::vector<ChangedInput>& changed);
  const SelectShape::Input& Input(const std::string& table) const;
  std::string Named(const std::string& table) const;
  std::string Restricted(const SelectShape::Input& input, std::string_view affected) const;
  std::string Part(const ChangedInput& part, const std::string& rows, bool before,
                   bool telescoped) const;
  std::string Rows(const Overrides& overrides) const;

  const View& view_;
  const SelectShape& shape_;
  std::string schema_;
  std::vector<ChangedInput> changed_;
  Way way_;
};

// "l.a IS NOT DISTINCT FROM r.a AND ..": whether two rows are the same to DISTINCT.
std::string SameRow(const TableDefinition& definition, std::string_view left,
                    std::string_view right);
// Which columns are compared.
enum class Compared : uint8_t { kAll, kAllButStrings };
// The same for a join that hashes column `key` alone, which is never NULL on the right: DuckDB
// compares the others where the key is equal.
std::string SameRowByKey(const TableDefinition& definition, const std::string& key,
                         Compared compared, std::string_view left, std::string_view right);

}  // namespace stedi
