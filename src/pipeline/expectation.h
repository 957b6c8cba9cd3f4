// What a table promises about its rows. Kinds are rows of kExpectationKinds: the parser, the run, the
// report and the documents read the same table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/diagnostic.h"

namespace stedi {

enum class ExpectationAction : uint8_t { kFail, kWarn, kDrop, kQuarantine };
std::string_view ToString(ExpectationAction action);

struct Expectation {
  std::string name;                // unique in its table: the property's suffix; "not_null.<column>"
  std::string_view kind;           // name of a row of kExpectationKinds
  ExpectationAction action = ExpectationAction::kFail;
  std::string condition;           // expect: SQL, parameters replaced
  std::vector<std::string> columns;  // unique, references, not_null
  std::string references_table;    // references
  std::string references_column;
  SourcePosition position;         // of the property
};

struct ExpectationKind {
  std::string_view name;           // expect | unique | references | not_null
  std::string_view property;       // how it is written: "expect.<name>" ..
  std::string_view argument;       // what its value is, for documents and errors
  std::span<const ExpectationAction> actions;  // those allowed; the first is the default
  // A SELECT of the offending rows (all columns) of `table`, both already quoted; one row for each
  // row that breaks the promise (of a duplicate key: every row but one).
  std::string (*offending_rows)(const Expectation&, std::string_view table);
};
std::span<const ExpectationKind> ExpectationKinds();
const ExpectationKind& KindOf(const Expectation& expectation);

}  // namespace stedi
