// Checks the values of parameters: a value must be of the type that the SQL casts it to, in a form
// that all engines read alike, and in the range that a table declares for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/diagnostic.h"
#include "pipeline/sql_text.h"
#include "pipeline/sql_type.h"

namespace stedi {

// A cast of a parameter, cast('${name}' AS TYPE), in a file of the project.
struct ParameterUse {
  std::string name;
  SqlType type;
  bool may_be_empty = false;  // cast(nullif('${name}', '') AS TYPE), try_cast
  SourcePosition position;
};

// The property 'parameter.<name>' = '<least> to <most>': two whole numbers or two days, both of
// which are included in the range.
struct ParameterRange {
  std::string name;
  std::string least;
  std::string most;
  SourcePosition position;
};

// Returns what is wrong with `value` as a value of `type`, such as "is not a whole number such as
// 120 (INT)", or "" when it is valid. Stricter than each engine: only spellings that all engines
// read alike are valid.
std::string ValueMistake(std::string_view value, const SqlType& type);

// Returns what is wrong with `value`, such as "is outside 0 to 200", or "" when it is in the range.
std::string RangeMistake(std::string_view value, const ParameterRange& range);

// Parses the property 'parameter.<name>' = `text`. Returns nothing when the text is not two whole
// numbers or two days, the smaller one first.
std::optional<ParameterRange> ParseParameterRange(std::string_view name, std::string_view text);

// Parses a share from 0 to 1, such as "0.25". Returns nothing for any other text.
std::optional<double> ParseShare(std::string_view text);

// Parses a number of rows, such as "20". Returns nothing for any other text.
std::optional<int64_t> ParseRows(std::string_view text);

// Finds the casts of parameters in the file `path`, whose text, with parameters not replaced, is
// `original`. A cast of a string that contains more than the parameter does not count.
std::vector<ParameterUse> FindParameterUses(const std::string& path, const std::string& original);

}  // namespace stedi
