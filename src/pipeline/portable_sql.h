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

// The type of an expression in a SELECT that is parsed and not yet bound, where it is certain.
enum class ExpressionKind : uint8_t {
  kUnknown,
  kWhole,        // INT, BIGINT
  kEngineWhole,  // a whole number of one type on DuckDB and of another on Spark (year: BIGINT and
                 // INT), measured on 1.5.5 and 4.1.1: a column made by it alone needs a cast
  kReal,         // DOUBLE, FLOAT
  kDecimal,
  kText,
  kDate,
  kTimestamp,
  kBoolean,
};

// What decides the kind of a call's result.
enum class ResultFrom : uint8_t {
  kFunction,       // FunctionTraits::result
  kFirstArgument,  // it is that of the first argument
  kAllArguments,   // it is what all arguments have in common
  kArithmetic,     // a number, of numbers
};

// What the arguments of a call must be for Spark to take it.
enum class ArgumentKinds : uint8_t {
  kAny,
  kConditions,  // each is BOOLEAN
  kCompared,    // no BOOLEAN beside a number
  kOneType,     // as kCompared, and no text beside something else
};

// Which arguments of a portable function are not portable (select/select_calls.h, select_walk.cc).
enum class CallRule : uint8_t {
  kNone,
  kLetterCase,    // letters beyond ASCII: a warning
  kIgnoringCase,  // the same, of a pattern
  kTrim,          // two arguments; of one: a warning
  kAsText,        // a DOUBLE or TIMESTAMP
  kFromOne,       // from the character 0
  kLength,        // a number of characters that may be below 0
  kPadding,       // with an empty text
  kSplit,         // by an empty text; the part 0
  kPattern,       // a pattern that is no literal, or that engines read differently
  kPatternGroup,  // the same; no group
  kSha256,        // another length
  kRound,         // a DOUBLE to a number of digits
  kMinus,         // a DATE from a DATE
  kSum,           // a DOUBLE: a warning
  kAverage,       // the same; a DECIMAL
  kBy,            // a value that may be NULL
};

// What is known of a function by its name alone.
struct FunctionTraits {
  ExpressionKind result = ExpressionKind::kUnknown;
  ResultFrom result_from = ResultFrom::kFunction;
  ArgumentKinds arguments = ArgumentKinds::kAny;
  CallRule rule = CallRule::kNone;
  bool is_aggregate = false;  // without OVER it makes one row of many
  bool is_never_null = false;
  bool is_niladic = false;  // called without brackets, where no column has its name
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
  FunctionTraits traits;   // of a function
};

std::span<const SqlConstruct> SqlConstructs();

// The row, or nullptr: then it is refused as not known. Case does not matter.
const SqlConstruct* FindConstruct(ConstructKind kind, std::string_view name);

// The allowed function whose name is nearest; empty when none is near.
std::string NearestFunction(std::string_view name);

// The sample of an allowed row as a whole statement. Rows are compared as text, without order.
std::string SampleStatement(const SqlConstruct& construct);

// The traits of the function's row, allowed or refused; those of a function that is not known say
// nothing. Case does not matter.
const FunctionTraits& TraitsOf(std::string_view function);

}  // namespace stedi
