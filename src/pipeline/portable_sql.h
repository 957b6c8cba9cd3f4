// The part of SQL that gives the same result on DuckDB, Spark 4.1 and Spark 3.5 (ANSI mode, UTC),
// as one table. It is used by `stedi check`, by the documentation, and by the tests that run every
// allowed row on all three engines.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stedi {

enum class ConstructKind : uint8_t {
  kFunction,  // by its name, also aggregates and window functions, and operators that DuckDB parses
              // into functions: || / ~~ (LIKE)
  kToken,     // found in the text: quotes, symbols, literals; all of them are refused
  kClause,    // found in the parsed SELECT: joins, modifiers, kinds of expression
};

// The kind of an expression's type in a SELECT that is parsed but not bound; kUnknown when it is
// not certain.
enum class ExpressionKind : uint8_t {
  kUnknown,
  kWhole,        // INT, BIGINT
  kEngineWhole,  // a whole number that has different types on DuckDB 1.5.5 and Spark 4.1.1 (year:
                 // BIGINT and INT), so that an output column of it needs a cast
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
  kFirstArgument,  // that of the first argument
  kAllArguments,   // what all arguments have in common
  kArithmetic,     // a number, made from numbers
};

// What the arguments of a call must be for Spark to accept it.
enum class ArgumentKinds : uint8_t {
  kAny,
  kConditions,  // each is BOOLEAN
  kCompared,    // no BOOLEAN together with a number
  kOneType,     // as kCompared, and no string together with another type
};

// Which arguments of a portable function are not portable (select/select_calls.h, select_walk.cc).
enum class CallRule : uint8_t {
  kNone,
  kLetterCase,    // letters outside ASCII: a warning
  kIgnoringCase,  // the same, in a pattern
  kTrim,          // two arguments; with one argument: a warning
  kAsText,        // a DOUBLE or TIMESTAMP that becomes a string
  kFromOne,       // begins at character 0
  kLength,        // a number of characters that may be negative
  kPadding,       // padding with an empty string
  kSplit,         // an empty delimiter; the part 0
  kPattern,       // a pattern that is not a literal, or that engines read differently
  kPatternGroup,  // the same; no group number
  kSha256,        // a length other than 256
  kRound,         // a DOUBLE rounded to a number of digits
  kMinus,         // a DATE minus a DATE
  kSum,           // a DOUBLE: a warning
  kAverage,       // the same; a DECIMAL
  kBy,            // a value that may be NULL
};

// What is known about a function from its name alone.
struct FunctionTraits {
  ExpressionKind result = ExpressionKind::kUnknown;
  ResultFrom result_from = ResultFrom::kFunction;
  ArgumentKinds arguments = ArgumentKinds::kAny;
  CallRule rule = CallRule::kNone;
  bool is_aggregate = false;  // without OVER it makes one row from many
  bool is_never_null = false;
  bool is_niladic = false;  // called without parentheses, unless a column has its name
};

struct SqlConstruct {
  ConstructKind kind;
  std::string_view name;
  bool allowed;
  std::string_view reason;  // refused: why
  std::string_view hint;    // refused: what to write instead; may be empty
  std::string_view
      sample;              // allowed: an expression or a SELECT whose rows are equal on all engines
  std::string_view macro;  // allowed, but unknown to DuckDB: the macro that stedi creates
  FunctionTraits traits;   // of a function
};

std::span<const SqlConstruct> SqlConstructs();

// Returns the row, or nullptr when there is none; the construct is then refused as unknown. Case
// does not matter.
const SqlConstruct* FindConstruct(ConstructKind kind, std::string_view name);

// The allowed function whose name is nearest to `name`; empty when none is near enough.
std::string NearestFunction(std::string_view name);

// The sample of an allowed row as a complete statement. Tests compare its rows as text and in any
// order.
std::string SampleStatement(const SqlConstruct& construct);

// The traits of the row of the function, which may be allowed or refused; default traits for a
// function that is not known. Case does not matter.
const FunctionTraits& TraitsOf(std::string_view function);

}  // namespace stedi
