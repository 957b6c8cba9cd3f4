// What a table guarantees about its rows. The kinds of expectations are the rows of
// kExpectationKinds, the one table that the parser, the run, the report and the documentation use.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/diagnostic.h"

namespace stedi {

enum class ExpectationAction : uint8_t { kFail, kWarn, kDrop, kQuarantine };
std::string_view ToString(ExpectationAction action);  // "fail" ..
std::optional<ExpectationAction> ParseExpectationAction(std::string_view text);

struct Expectation {
  // Unique in its table. It is <name> for expect.<name>, and the whole key of the property for
  // unique.<name>, references.<column> and covers.<table>. A not_null property makes one
  // expectation per column, with the name "not_null.<column>".
  std::string name;
  std::string_view kind;  // name of a row of kExpectationKinds
  ExpectationAction action = ExpectationAction::kFail;
  std::string condition;             // expect: SQL, parameters replaced
  std::vector<std::string> columns;  // unique, references, not_null, covers
  std::string references_table;      // references, covers
  std::string references_column;     // references
  // covers: the columns of references_table that `columns` are compared with, pair by pair, and the
  // share of its rows that must have a match, as a decimal number.
  std::vector<std::string> covered_columns;
  std::string share;
  int64_t rows_min = 0;     // covers: not checked when references_table has fewer rows
  SourcePosition position;  // of the property
  std::string line_text;    // the source line of the property
};

// Which rows decide whether an expectation of a kind holds. It tells what must be looked at again
// after a change.
enum class ExpectationScope : uint8_t {
  kRow,      // each row by itself
  kKey,      // the rows with the same values in `columns`
  kParents,  // a row and the rows of references_table: new rows of that table break nothing
  kTables,   // the table and references_table as a whole: any change of either
};

struct ExpectationKind {
  std::string_view name;  // expect | unique | references | not_null | covers
  // How it is written. After a dot: "<name>" may be any name; others name what is there.
  std::string_view property;
  ExpectationScope scope;
  std::span<const ExpectationAction> actions;  // those allowed; the first is the default
  // Returns a SELECT of the rows of `table` that violate the expectation, with all columns and
  // perhaps more: one row per violating row (for a duplicate key, all rows but one). `table` is
  // already quoted; a referenced table is read by its unqualified name. Both DuckDB and Spark run
  // the SELECT. For covers it gives the rows of the referenced table without a match if they are
  // too many, else no rows.
  std::string (*offending_rows)(const Expectation&, std::string_view table);
};
std::span<const ExpectationKind> ExpectationKinds();

// The name of the kind that compares two tables as a whole.
inline constexpr std::string_view kCovers = "covers";
// For a covers expectation: a SELECT of the rows of `covered` that have no match in `table`. Both
// names are already quoted.
std::string UncoveredRows(const Expectation& expectation, std::string_view covered,
                          std::string_view table);

const ExpectationKind& KindOf(const Expectation& expectation);
// REQUIRES: `name` is the name of a row of kExpectationKinds.
const ExpectationKind& KindNamed(std::string_view name);
// Whether rows that violate the expectation are taken out of the table.
bool RemovesRows(const Expectation& expectation);

}  // namespace stedi
