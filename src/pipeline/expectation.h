// What a table promises about its rows. Kinds are rows of kExpectationKinds: the parser, the run,
// the report and the documents read the same table.
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
  // Unique in its table: of expect.<name> the name alone, of the others the whole property
  // ("unique.<name>", "references.<column>", "covers.<table>"); "not_null.<column>", one for each
  // column.
  std::string name;
  std::string_view kind;  // name of a row of kExpectationKinds
  ExpectationAction action = ExpectationAction::kFail;
  std::string condition;             // expect: SQL, parameters replaced
  std::vector<std::string> columns;  // unique, references, not_null, covers
  std::string references_table;      // references, covers
  std::string references_column;     // references
  // covers: the columns of references_table that `columns` are compared with, one by one, and the
  // share of its rows that find a partner, as a decimal number.
  std::vector<std::string> covered_columns;
  std::string share;
  int64_t rows_min = 0;     // covers: of fewer rows of references_table nothing is concluded
  SourcePosition position;  // of the property
  std::string line_text;    // the line it stands on
};

struct ExpectationKind {
  std::string_view name;                       // expect | unique | references | not_null | covers
  std::string_view property;                   // how it is written: "expect.<name>" ..
  std::string_view argument;                   // what its value is, for documents and errors
  std::span<const ExpectationAction> actions;  // those allowed; the first is the default
  // A SELECT of the offending rows (all columns, and perhaps more) of `table`, which is already
  // quoted; one row for each row that breaks the promise (of a duplicate key: every row but one). A
  // referenced table is read by its own name, unqualified. DuckDB and Spark both run it. Of covers:
  // the rows of the referenced table without a partner, if they are too many, else none.
  std::string (*offending_rows)(const Expectation&, std::string_view table);
};
std::span<const ExpectationKind> ExpectationKinds();

// The kind of expectation that compares a table with another one, as a whole.
inline constexpr std::string_view kCovers = "covers";
// Of a covers: a SELECT of the rows of `covered` that find no partner in `table`, both quoted.
std::string UncoveredRows(const Expectation& expectation, std::string_view covered,
                          std::string_view table);

const ExpectationKind& KindOf(const Expectation& expectation);

}  // namespace stedi
