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
  // ("unique.<name>", "references.<column>"); "not_null.<column>", one for each column.
  std::string name;
  std::string_view kind;  // name of a row of kExpectationKinds
  ExpectationAction action = ExpectationAction::kFail;
  std::string condition;             // expect: SQL, parameters replaced
  std::vector<std::string> columns;  // unique, references, not_null
  std::string references_table;      // references
  std::string references_column;
  SourcePosition position;  // of the property
  std::string line_text;    // the line it stands on
};

struct ExpectationKind {
  std::string_view name;                       // expect | unique | references | not_null
  std::string_view property;                   // how it is written: "expect.<name>" ..
  std::string_view argument;                   // what its value is, for documents and errors
  std::span<const ExpectationAction> actions;  // those allowed; the first is the default
  // A SELECT of the offending rows (all columns, and perhaps more) of `table`, which is already
  // quoted; one row for each row that breaks the promise (of a duplicate key: every row but one). A
  // referenced table is read by its own name, unqualified. DuckDB and Spark both run it.
  std::string (*offending_rows)(const Expectation&, std::string_view table);
};
std::span<const ExpectationKind> ExpectationKinds();
const ExpectationKind& KindOf(const Expectation& expectation);

}  // namespace stedi
