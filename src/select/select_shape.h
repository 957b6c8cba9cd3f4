// Whether a table can be kept up to date from what changed in its inputs, by the form of its
// SELECT. Such a SELECT is row-wise: each of its rows comes from one row of each table that it
// joins, and EXISTS or IN (SELECT ..) only ask whether a row is there. Then a new input row can
// bring rows and a lost one can take rows away, and none but those that it is part of.
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
    size_t branch = 0;     // of UNION ALL, from 0: a row of the table comes from one branch alone
    bool is_semi = false;  // only asked for by EXISTS or IN
  };
  // Each row of the view that comes from `table` has, as its `output`, the value of `column` there.
  struct SameColumn {
    std::string output;
    std::string table;
    std::string column;
  };

  std::string reason;  // empty: incremental; else what stands against it: "window function"
  std::optional<size_t> reason_offset;  // byte of the SELECT, where the reason has a place there
  bool is_distinct = false;             // no row comes twice
  std::vector<Input> inputs;            // each once; in the order of the text
  std::vector<SameColumn> same_columns;
  // Whether a row's EXISTS and IN (SELECT ..) hold can be told from its output columns alone.
  bool semi_by_output = false;

  bool is_incremental() const { return reason.empty(); }
};

// `tree` is what ParseSelect gives for `view.select`. Of a SELECT that `check` refuses it says
// nothing that could be relied on.
SelectShape ShapeOf(const nlohmann::json& tree, const View& view, const Project& project);
// The same, parsed on `connection`.
SelectShape ShapeOf(Connection& connection, const View& view, const Project& project);

// Why the table is always rebuilt in full, with its place: "window function at
// transformations/a.sql:41:3". Empty for an incremental one.
std::string ReasonText(const SelectShape& shape, const View& view);

}  // namespace stedi
