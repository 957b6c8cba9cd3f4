// The part of SQL that DuckDB and Spark run with the same result, as one table: `check`, the
// documents and the tests that run every allowed row on both engines read it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace stedi {

enum class ConstructKind : uint8_t {
  kFunction,  // by its name, also aggregates and window functions; operators that DuckDB parses
              // into functions
  kToken,     // seen in the text: quotes, symbols, literals
  kClause,    // seen in the parsed SELECT
};

struct SqlConstruct {
  ConstructKind kind;
  std::string_view name;
  bool allowed;
  std::string_view reason;  // refused: why
  std::string_view hint;    // refused: what to write instead
  std::string_view sample;  // allowed: an expression whose result is compared on both engines
  std::string_view macro;   // allowed, but unknown to DuckDB: the macro that stedi makes
};

std::span<const SqlConstruct> SqlConstructs();
// The row, or nullptr. Names of functions in lower case.
const SqlConstruct* FindConstruct(ConstructKind kind, std::string_view name);

}  // namespace stedi
