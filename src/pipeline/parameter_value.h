// What a parameter's value must be: of the type that the SQL casts it to, in a form that all
// engines read alike, and in the range that a table declares for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/diagnostic.h"
#include "pipeline/sql_text.h"
#include "pipeline/sql_type.h"

namespace stedi {

// cast('${name}' AS TYPE) in a file of the project.
struct ParameterUse {
  std::string name;
  SqlType type;
  bool may_be_empty = false;  // cast(nullif('${name}', '') AS TYPE), try_cast
  SourcePosition position;
};

// 'parameter.<name>' = '<least> to <most>': whole numbers or days, both included.
struct ParameterRange {
  std::string name;
  std::string least;
  std::string most;
  SourcePosition position;
};

// What is wrong with `value` as a value of `type`, such as "is not a whole number (INT)"; empty:
// nothing. Narrower than what either engine takes: of several ways to write a value there is one.
std::string ValueMistake(std::string_view value, const SqlType& type);

// What is wrong with `value`, such as "is outside 0 to 200"; empty: nothing.
std::string RangeMistake(std::string_view value, const ParameterRange& range);

// Of 'parameter.<name>' = `text`; nothing where the text is not two whole numbers or two days, the
// smaller one first.
std::optional<ParameterRange> ParseParameterRange(std::string_view name, std::string_view text);

// "0", "1", or "0.25": a share; nothing of any other text.
std::optional<double> ParseShare(std::string_view text);

// "20": a number of rows; nothing of any other text.
std::optional<int64_t> ParseRows(std::string_view text);

// The casts of whole parameters in a file, whose parameters are not replaced yet.
std::vector<ParameterUse> FindParameterUses(const std::string& path, const std::string& original);

}  // namespace stedi
