// The part of SQL that DuckDB, Spark 4.1 and Spark 3.5 (ANSI mode, UTC) run with the same result,
// as one table: `check`, the documents and the tests that run every allowed row on all three read
// it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stedi {

enum class ConstructKind : uint8_t {
  kFunction,  // by its name, also aggregates and window functions; operators that DuckDB parses
              // into functions: || / ~~ (LIKE)
  kToken,     // seen in the text: quotes, symbols, literals; only refused ones
  kClause,    // seen in the parsed SELECT: joins, modifiers, kinds of expression
};

struct SqlConstruct {
  ConstructKind kind;
  std::string_view name;
  bool allowed;
  std::string_view reason;  // refused: why
  std::string_view hint;    // refused: what to write instead; may be empty
  std::string_view
      sample;              // allowed: an expression or a SELECT whose rows are equal on all engines
  std::string_view macro;  // allowed, but unknown to DuckDB: the macro that stedi makes
};

std::span<const SqlConstruct> SqlConstructs();

// The row, or nullptr: then it is refused as not known. Case does not matter.
const SqlConstruct* FindConstruct(ConstructKind kind, std::string_view name);

// The allowed function whose name is nearest; empty when none is near.
std::string NearestFunction(std::string_view name);

// The sample of an allowed row as a whole statement. Rows are compared as text, without order.
std::string SampleStatement(const SqlConstruct& construct);

// True for functions whose result is a whole number of one type on DuckDB and of another on Spark
// (year: BIGINT and INT): a column made by one alone needs a cast.
bool HasOwnWholeType(std::string_view function);

}  // namespace stedi
