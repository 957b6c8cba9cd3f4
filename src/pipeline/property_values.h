// Reads what the values of several properties have in common: lists of columns, SQL expressions,
// lists of words.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/table_definition.h"
#include "pipeline/table_definition_parser.h"

namespace stedi {

// Returns the parts of `text` between the separators, without the spaces around them. A text
// without a separator has one part.
std::vector<std::string> SplitAt(std::string_view text, char separator);

// Refers to all that it is given, which must outlive it.
class PropertyValues {
 public:
  PropertyValues(const SqlText& sql, const TableDefinition& table,
                 std::vector<Diagnostic>& diagnostics)
      : sql_(sql), table_(table), diagnostics_(diagnostics) {}

  // Appends a mistake. `offset`: in the parsed text.
  void Report(size_t offset, std::string message, std::string hint = {});
  void ReportImpossible(const ParsedProperty& property, std::string hint);

  // Returns a list of columns. Returns nothing, and reports a mistake, when one is neither a column
  // of the table nor `added`, or is named twice.
  std::optional<std::vector<std::string>> ReadColumns(const ParsedProperty& property,
                                                      std::string_view added = "");
  // Returns whether the table has the column; reports a mistake if it does not.
  bool IsColumn(std::string_view name, size_t offset);
  // Returns whether the value is one SQL expression, complete and portable; reports a mistake if it
  // is not. `what`: the word for it in messages.
  bool IsExpression(const ParsedProperty& property, std::string_view what, std::string hint);

  const SqlText& sql() const { return sql_; }

 private:
  const SqlText& sql_;
  const TableDefinition& table_;
  std::vector<Diagnostic>& diagnostics_;
};

}  // namespace stedi
