// Whether a table can be updated incrementally when its inputs change, which depends on the form of
// its SELECT. It can if the SELECT is row-wise: each output row is made from one row of each table
// that is joined, and EXISTS or IN (SELECT ..) only test whether a row exists. Then a new input row
// can only add output rows that it is part of, and a lost one can only remove such rows.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "database/database.h"
#include "pipeline/project.h"

namespace stedi {

struct SelectShape {
  struct Input {
    std::string table;
    size_t branch = 0;     // of UNION ALL, from 0; each output row comes from one branch
    bool is_semi = false;  // only read by EXISTS or IN
  };
  // In each output row made from a row of `table`, the column `output` has the value that `column`
  // has in that row.
  struct SameColumn {
    std::string output;
    std::string table;
    std::string column;
  };

  std::string reason;                   // empty: incremental; else why it is not: "window function"
  std::optional<size_t> reason_offset;  // byte offset in the SELECT, if the reason has one
  bool is_distinct = false;             // the output has no duplicate rows
  std::vector<Input> inputs;            // each table once, in the order of the text
  std::vector<SameColumn> same_columns;
  // Whether the output columns of a row alone decide if its EXISTS and IN (SELECT ..) hold.
  bool semi_by_output = false;

  bool is_incremental() const { return reason.empty(); }
};

// `tree` is the result of ParseSelect() for `view.select`. The shape of a SELECT that `stedi check`
// refuses is meaningless.
SelectShape ShapeOf(const nlohmann::json& tree, const View& view, const Project& project);
// The same; parses the SELECT on `connection`.
SelectShape ShapeOf(Connection& connection, const View& view, const Project& project);

// Why the table is always rebuilt in full, with the position of the reason: "window function at
// transformations/a.sql:41:3". Empty for an incremental table.
std::string ReasonText(const SelectShape& shape, const View& view);

}  // namespace stedi
