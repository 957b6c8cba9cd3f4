#include "pipeline/portable_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/ascii_case.h"
#include "pipeline/nearest_name.h"

namespace stedi {
namespace {

constexpr ConstructKind kF = ConstructKind::kFunction;
constexpr ConstructKind kC = ConstructKind::kClause;
constexpr ConstructKind kT = ConstructKind::kToken;

constexpr SqlConstruct Allowed(ConstructKind kind, std::string_view name, std::string_view sample,
                               FunctionTraits traits = {}) {
  return {kind, name, true, {}, {}, sample, {}, traits};
}
constexpr SqlConstruct Macro(std::string_view name, std::string_view sample,
                             std::string_view definition, FunctionTraits traits = {}) {
  return {kF, name, true, {}, {}, sample, definition, traits};
}
constexpr SqlConstruct Refused(ConstructKind kind, std::string_view name, std::string_view reason,
                               std::string_view hint, FunctionTraits traits = {}) {
  return {kind, name, false, reason, hint, {}, {}, traits};
}

// Traits that give the kind of a function's result.
constexpr FunctionTraits kWhole = {.result = ExpressionKind::kWhole};
constexpr FunctionTraits kEngineWhole = {.result = ExpressionKind::kEngineWhole};
constexpr FunctionTraits kReal = {.result = ExpressionKind::kReal};
constexpr FunctionTraits kText = {.result = ExpressionKind::kText};
constexpr FunctionTraits kDate = {.result = ExpressionKind::kDate};
constexpr FunctionTraits kTimestamp = {.result = ExpressionKind::kTimestamp};
constexpr FunctionTraits kBoolean = {.result = ExpressionKind::kBoolean};
constexpr FunctionTraits kOfFirst = {.result_from = ResultFrom::kFirstArgument};
constexpr FunctionTraits kOfAll = {.result_from = ResultFrom::kAllArguments};
constexpr FunctionTraits kArithmetic = {.result_from = ResultFrom::kArithmetic};
constexpr FunctionTraits kNiladic = {.is_niladic = true};
// Each of these adds one more trait.
constexpr FunctionTraits Aggregate(FunctionTraits traits) {
  traits.is_aggregate = true;
  return traits;
}
constexpr FunctionTraits Conditions(FunctionTraits traits) {
  traits.arguments = ArgumentKinds::kConditions;
  return traits;
}
constexpr FunctionTraits Compared(FunctionTraits traits) {
  traits.arguments = ArgumentKinds::kCompared;
  return traits;
}
constexpr FunctionTraits With(CallRule rule, FunctionTraits traits) {
  traits.rule = rule;
  return traits;
}
constexpr FunctionTraits NeverNull(FunctionTraits traits) {
  traits.is_never_null = true;
  return traits;
}
constexpr FunctionTraits OfOneType(FunctionTraits traits) {
  traits.arguments = ArgumentKinds::kOneType;
  return traits;
}

// The samples of aggregates and window functions read these rows; t has repeated keys and a NULL.
#define T "(VALUES ('a', 1), ('a', 2), ('b', 3), ('c', NULL)) AS t(k, v)"
#define U "(VALUES ('a', 10), ('c', 0)) AS u(k, w)"

constexpr std::string_view kNotTheSameTwice = "it gives another result each time";
constexpr std::string_view kWriteAsOf = "write date '${stedi.as_of}', which is fixed for a run";
constexpr std::string_view kOrderDecides = "its result depends on the order of rows";

constexpr auto kConstructs = std::to_array<SqlConstruct>({
    // Strings. Characters are code points on both engines.
    Allowed(kF, "lower", "lower('aB')", With(CallRule::kLetterCase, kText)),
    Allowed(kF, "upper", "upper('aB')", With(CallRule::kLetterCase, kText)),
    Allowed(kF, "trim", "'[' || trim('  a ') || ']'", With(CallRule::kTrim, kText)),
    Allowed(kF, "ltrim", "'[' || ltrim('  a ') || ']'", With(CallRule::kTrim, kText)),
    Allowed(kF, "rtrim", "'[' || rtrim('  a ') || ']'", With(CallRule::kTrim, kText)),
    Allowed(kF, "length", "cast(length('aä') as bigint)", kEngineWhole),
    Allowed(kF, "char_length", "cast(char_length('aä') as bigint)", kEngineWhole),
    Allowed(kF, "substring", "substring('abcd', 2, 2) || substring('abcd', 3)",
            With(CallRule::kFromOne, kText)),
    Allowed(kF, "substr", "substr('abcd', 2, 2)", With(CallRule::kFromOne, kText)),
    Allowed(kF, "left", "left('abc', 1)", With(CallRule::kLength, kText)),
    Allowed(kF, "right", "right('abc', 1)", With(CallRule::kLength, kText)),
    Allowed(kF, "lpad", "lpad('7', 3, '0')", With(CallRule::kPadding, kText)),
    Allowed(kF, "rpad", "rpad('7', 3, '0')", With(CallRule::kPadding, kText)),
    Allowed(kF, "replace", "replace('aba', 'a', 'c')", kText),
    Allowed(kF, "repeat", "repeat('ab', 2)", kText),
    Allowed(kF, "translate", "translate('abc', 'ab', 'xy')", kText),
    Allowed(kF, "chr", "chr(9) || chr(65) || chr(160)"),
    Allowed(kF, "concat_ws", "concat_ws('-', 'a', cast(null as string), 'b')",
            With(CallRule::kAsText, kText)),
    Allowed(kF, "split_part", "split_part('a@b', '@', 2)", With(CallRule::kSplit, kText)),
    Allowed(kF, "position", "cast(position('b' in 'abc') as bigint)", kEngineWhole),
    Allowed(kF, "contains", "contains('abc', 'b')", kBoolean),
    Macro("startswith", "startswith('abc', 'a')", "startswith(s, p) AS starts_with(s, p)",
          kBoolean),
    Macro("endswith", "endswith('abc', 'c')", "endswith(s, p) AS suffix(s, p)", kBoolean),
    Macro("regexp_like", "regexp_like('a12', '^[a-z][0-9]+$')",
          "regexp_like(s, p) AS regexp_matches(s, p)", With(CallRule::kPattern, kBoolean)),
    Allowed(kF, "regexp_extract", "regexp_extract('a12', '([0-9]+)', 1)",
            With(CallRule::kPatternGroup, kText)),
    Allowed(kF, "md5", "md5('text')", kText),
    Macro("sha2", "sha2('a', 256)", "sha2(x, bits) AS sha256(x)", With(CallRule::kSha256, kText)),
    Refused(kF, "concat", "a NULL makes the whole NULL on Spark and is left out by DuckDB",
            "write a || b, or concat_ws('', a, b) to leave NULLs out"),
    Refused(kF, "regexp_replace", "DuckDB replaces the first match, Spark all of them",
            "use replace or translate"),
    Refused(kF, "reverse", "DuckDB leaves marks behind their letters, Spark turns them round, too",
            {}),
    Refused(kF, "regexp_matches", "Spark does not have it", "write regexp_like(text, pattern)"),
    Refused(kF, "rlike", "DuckDB does not have it", "write regexp_like(text, pattern)"),
    Refused(kF, "starts_with", "Spark does not have it", "write startswith(text, start)"),
    Refused(kF, "ends_with", "Spark does not have it", "write endswith(text, end)"),
    Refused(kF, "suffix", "Spark does not have it", "write endswith(text, end)"),
    Refused(kF, "prefix", "Spark does not have it", "write startswith(text, start)"),
    Refused(kF, "strpos", "Spark does not have it", "write position(part in text)"),
    Refused(kF, "instr", "not all engines have it", "write position(part in text)"),
    Refused(kF, "sha256", "Spark does not have it", "write sha2(text, 256)"),
    Refused(kF, "hash", "each engine has its own", "use md5 or sha2(text, 256)"),
    Refused(kF, "xxhash64", "each engine has its own", "use md5 or sha2(text, 256)"),
    Refused(kF, "format", "Spark does not have it", "join texts with ||"),
    Refused(kF, "printf", "Spark has another one", "join texts with ||"),
    // Numbers.
    Allowed(kF, "abs", "abs(-3)", kOfFirst),
    Allowed(kF, "ceil", "cast(ceil(cast(2.1 as double)) as bigint)", kEngineWhole),
    Allowed(kF, "ceiling", "cast(ceiling(cast(2.1 as double)) as bigint)", kEngineWhole),
    Allowed(kF, "floor", "cast(floor(cast(-2.1 as double)) as bigint)", kEngineWhole),
    Allowed(kF, "round", "cast(round(cast(2.5 as double)) as bigint)",
            With(CallRule::kRound, kOfFirst)),
    Allowed(kF, "sign", "cast(sign(-3) as bigint)", kEngineWhole),
    Allowed(kF, "sqrt", "cast(sqrt(cast(16 as double)) as bigint)", kReal),
    Allowed(kF, "greatest", "greatest(1, cast(null as int), 3)", OfOneType(kOfAll)),
    Allowed(kF, "least", "least(1, cast(null as int), 3)", OfOneType(kOfAll)),
    Allowed(kF, "power", "power(cast(2 as double), 3)", kReal),
    Allowed(kF, "exp", "exp(cast(0 as double))", kReal),
    Allowed(kF, "isnan", "isnan(cast('NaN' as double))", kBoolean),
    Allowed(kF, "nullif", "nullif(1, 2)", Compared(kOfFirst)),
    Allowed(kF, "coalesce", "coalesce(cast(null as int), 2)"),
    Refused(kF, "trunc", "Spark's truncates dates", "write floor or ceil"),
    Refused(kF, "mod", "by zero DuckDB gives NULL and Spark an error", "write a % nullif(b, 0)"),
    Refused(kF, "divide", "Spark does not have it", "write cast(floor(a / b) AS BIGINT)"),
    Refused(kF, "random", kNotTheSameTwice, "take a hash of a key: md5(key)"),
    Refused(kF, "rand", kNotTheSameTwice, "take a hash of a key: md5(key)"),
    Refused(kF, "uuid", kNotTheSameTwice, "take a hash of a key: md5(key)"),
    // Dates and times, in UTC.
    Allowed(kF, "year", "cast(year(date '2020-01-31') as int)", kEngineWhole),
    Allowed(kF, "month", "cast(month(date '2020-01-31') as int)", kEngineWhole),
    Allowed(kF, "day", "cast(day(date '2020-01-31') as int)", kEngineWhole),
    Allowed(kF, "quarter", "cast(quarter(date '2020-05-31') as int)", kEngineWhole),
    Allowed(kF, "hour", "cast(hour(timestamp '2022-06-18 15:00:49.079') as int)", kEngineWhole),
    Allowed(kF, "minute", "cast(minute(timestamp '2022-06-18 15:00:49.079') as int)", kEngineWhole),
    Allowed(kF, "last_day", "last_day(date '2020-02-03')", kDate),
    Allowed(kF, "make_date", "make_date(2020, 2, 29)", kDate),
    Allowed(kF, "extract", "cast(extract(year from date '2020-01-31') as int)"),
    Allowed(kF, "interval", "cast(date '2020-01-31' - interval '120' year as date)"),
    // Allowed for projects that also run on plain Spark, where ${stedi.as_of} has no value. stedi
    // always gives it a value, so that such a project does not reach current_date.
    Allowed(kF, "current_date", "current_date = current_date", kNiladic),
    Macro("add_months", "add_months(date '2020-01-31', 1)",
          "add_months(d, n) AS CAST(CAST(d AS DATE) + to_months(n) AS DATE)", kDate),
    Macro("datediff", "cast(datediff(date '2020-02-01', date '2020-01-01') as bigint)",
          "datediff(later, earlier) AS CAST(date_diff('day', CAST(earlier AS DATE), CAST(later AS "
          "DATE)) AS INTEGER)"),
    Macro("timestamp_millis", "unix_millis(timestamp_millis(1655564449079))",
          "timestamp_millis(ms) AS CAST(make_timestamp(ms * 1000) AS TIMESTAMPTZ)", kTimestamp),
    Macro("unix_millis", "unix_millis(timestamp '2022-06-18 15:00:49.079')",
          "unix_millis(t) AS epoch_ms(t)", kWhole),
    Refused(kF, "epoch_ms", "Spark does not have it",
            "write timestamp_millis(number) or unix_millis(timestamp)"),
    Refused(kF, "make_timestamp", "Spark's takes year, month, day ..",
            "write timestamp_millis(number)"),
    Refused(kF, "to_timestamp", "Spark's reads texts as well, and not all engines have it",
            "write timestamp_millis(number) or cast(text as timestamp)"),
    Refused(kF, "to_date", "DuckDB does not have it", "write cast(text as date)"),
    Refused(kF, "date_diff", "DuckDB's takes a unit first", "write datediff(end, start): days"),
    Refused(kF, "date_add", "DuckDB's takes an interval and Spark's a number of days",
            "write cast(d + interval '3' day as date)"),
    Refused(kF, "date_sub", "DuckDB's takes a unit first",
            "write cast(d - interval '3' day as date)"),
    Refused(kF, "date_trunc", "a date becomes a timestamp on Spark",
            "use year(d), month(d), make_date"),
    Refused(kF, "date_part", "Spark writes its units differently",
            "write extract(year from d), year(d)", kEngineWhole),
    Refused(kF, "age", "Spark does not have it", "compare add_months(d, 12 * years) with a date"),
    Refused(kF, "months_between", "DuckDB does not have it",
            "compare add_months(d, n) with a date"),
    Refused(kF, "dayofweek", "Sunday is 0 on DuckDB and 1 on Spark",
            "write datediff(d, cast('1900-01-01' AS DATE)) % 7, which is 0 on a Monday"),
    Refused(kF, "strftime", "Spark does not have it", "use year(d), month(d), lpad"),
    Refused(kF, "date_format", "DuckDB does not have it", "use year(d), month(d), lpad"),
    Refused(kF, "now", kNotTheSameTwice, kWriteAsOf),
    Refused(kF, "today", kNotTheSameTwice, kWriteAsOf),
    Refused(kF, "get_current_timestamp", kNotTheSameTwice, kWriteAsOf),
    Refused(kF, "current_timestamp", kNotTheSameTwice, kWriteAsOf, kNiladic),
    Refused(kF, "current_time", kNotTheSameTwice, kWriteAsOf, kNiladic),
    Refused(kF, "localtime", kNotTheSameTwice, kWriteAsOf, kNiladic),
    Refused(kF, "localtimestamp", kNotTheSameTwice, kWriteAsOf, kNiladic),
    Refused(kF, "current_user", "each engine has its own users", {}, kNiladic),
    Refused(kF, "session_user", "each engine has its own users", {}, kNiladic),
    Refused(kF, "timezone", "time is UTC everywhere", "leave AT TIME ZONE out"),
    // Aggregates.
    Allowed(kF, "count", "SELECT count(*), count(v), count(DISTINCT k) FROM " T, Aggregate(kWhole)),
    Allowed(kF, "count_star", "SELECT count(*) FROM " T, Aggregate(kWhole)),
    Allowed(kF, "count_if", "SELECT cast(count_if(v > 1) as bigint) FROM " T,
            Aggregate(Conditions(kEngineWhole))),
    Allowed(kF, "sum", "SELECT cast(sum(v) as bigint) FROM " T,
            With(CallRule::kSum, Aggregate(kOfFirst))),
    Allowed(kF, "avg", "SELECT avg(v) FROM " T, With(CallRule::kAverage, Aggregate(kReal))),
    Allowed(kF, "min", "SELECT min(k), min(v) FROM " T, Aggregate(kOfFirst)),
    Allowed(kF, "max", "SELECT max(k), max(v) FROM " T, Aggregate(kOfFirst)),
    Allowed(kF, "min_by", "SELECT min_by(k, v) FROM " T, With(CallRule::kBy, Aggregate(kOfFirst))),
    Allowed(kF, "max_by", "SELECT max_by(v, k) FILTER (WHERE v IS NOT NULL) FROM " T,
            With(CallRule::kBy, Aggregate(kOfFirst))),
    Allowed(kF, "bool_and", "SELECT bool_and(v > 1) FROM " T, Aggregate(Conditions(kBoolean))),
    Allowed(kF, "bool_or", "SELECT bool_or(v > 1) FROM " T, Aggregate(Conditions(kBoolean))),
    Allowed(kF, "stddev_samp", "SELECT stddev_samp(v) FROM " T,
            With(CallRule::kSum, Aggregate(kReal))),
    Allowed(kF, "filter", "SELECT count(*) FILTER (WHERE v > 1) FROM " T),
    Allowed(kF, "grouping", "SELECT k, cast(grouping(k) as int) FROM " T " GROUP BY ROLLUP (k)",
            kEngineWhole),
    Refused(kF, "any_value", kOrderDecides, "write min(x) or max_by(x, y)"),
    Refused(kF, "arbitrary", kOrderDecides, "write min(x) or max_by(x, y)"),
    Refused(kF, "first", kOrderDecides, "write min_by(x, y)"),
    Refused(kF, "last", kOrderDecides, "write max_by(x, y)"),
    Refused(kF, "string_agg", "Spark does not have it", {}),
    Refused(kF, "listagg", kOrderDecides, {}),
    Refused(kF, "group_concat", "Spark does not have it", {}),
    Refused(kF, "array_agg", "lists are not portable", {}),
    Refused(kF, "list", "lists are not portable", {}),
    Refused(kF, "list_value", "lists are not portable", {}),
    Refused(kF, "unnest", "Spark does not have it", {}),
    Refused(kF, "explode", "DuckDB does not have it", {}),
    Refused(kF, "struct_pack", "structs are not portable", "give each part a column of its own"),
    Refused(kF, "named_struct", "structs are not portable", "give each part a column of its own"),
    Refused(kF, "row", "structs are not portable", "compare the columns one by one with AND"),
    Refused(kF, "approx_count_distinct", "each engine has its own", "write count(DISTINCT x)"),
    Refused(kF, "mode", kOrderDecides, {}),
    // Window functions.
    Allowed(kF, "row_number",
            "SELECT k, v, cast(row_number() OVER (PARTITION BY k ORDER BY v DESC NULLS LAST) as "
            "bigint) "
            "FROM " T,
            NeverNull(kEngineWhole)),
    Allowed(kF, "rank", "SELECT k, cast(rank() OVER (ORDER BY k) as bigint) FROM " T, kEngineWhole),
    Allowed(kF, "dense_rank", "SELECT k, cast(dense_rank() OVER (ORDER BY k) as bigint) FROM " T,
            kEngineWhole),
    Allowed(kF, "ntile", "SELECT v, cast(ntile(2) OVER (ORDER BY k, v) as bigint) FROM " T,
            kEngineWhole),
    Allowed(kF, "lag", "SELECT k, v, lag(v) OVER (ORDER BY k, v) FROM " T, kOfFirst),
    Allowed(kF, "lead", "SELECT k, v, lead(v) OVER (ORDER BY k, v) FROM " T, kOfFirst),
    Allowed(kF, "first_value",
            "SELECT k, v, first_value(v) OVER (PARTITION BY k ORDER BY v) FROM " T, kOfFirst),
    Allowed(kF, "last_value", "SELECT k, v, last_value(v) OVER (PARTITION BY k ORDER BY v) FROM " T,
            kOfFirst),
    // Operators, by the names that DuckDB's parser gives them.
    Allowed(kF, "+", "1 + 2", kArithmetic),
    Allowed(kF, "-", "1 - 2", With(CallRule::kMinus, kArithmetic)),
    Allowed(kF, "*", "2 * 3", kArithmetic),
    // Allowed when the divisor cannot be zero: see `a / nullif(b, 0)` among the clauses.
    Refused(kF, "/", "by zero it is an error on Spark and infinity on DuckDB",
            "write a / nullif(b, 0), or divide by a number that is not 0", kReal),
    Refused(kF, "%", "by zero it is an error on Spark and NULL on DuckDB",
            "write a % nullif(b, 0), or divide by a number that is not 0", kArithmetic),
    Refused(kF, "//", "Spark does not have it", "write cast(floor(a / b) AS BIGINT)"),
    Allowed(kF, "||", "'a' || 'b' || cast(null as string)", With(CallRule::kAsText, kText)),
    Allowed(kF, "~~", "'abc' LIKE 'a%'", kBoolean),
    Allowed(kF, "!~~", "'abc' NOT LIKE 'a_c'", kBoolean),
    Allowed(kF, "~~*", "'ABC' ILIKE 'a%'", With(CallRule::kIgnoringCase, kBoolean)),
    Allowed(kF, "!~~*", "'ABC' NOT ILIKE 'b%'", With(CallRule::kIgnoringCase, kBoolean)),
    Refused(kF, "&", "not compared", {}),
    Refused(kF, "|", "not compared", {}),
    // Clauses.
    Allowed(kC, "CAST", "cast('7' as int) + cast('1' as bigint)"),
    Allowed(kC, "extract(week from d)", "cast(extract(week from date '2021-01-03') as int)"),
    Allowed(kC, "extract(doy from d)", "cast(extract(doy from date '2020-12-31') as int)"),
    Allowed(kC, "weekday by datediff",
            "cast(datediff(date '2026-01-01', cast('1900-01-01' as date)) % 7 as int)"),
    Allowed(kC, "left(x, greatest(n, 0))", "left('abc', greatest(-1, 0)) || right('abc', 0)"),
    Allowed(kC, "a pattern",
            "regexp_extract('2020-x', '^([0-9]{4})(?:-|[_.]+?)[^a-c&]$', 1) || 'a'"),
    Allowed(kC, "TRY_CAST", "try_cast('x' as int)"),
    Allowed(kC, "a / nullif(b, 0)", "cast(7 as double) / nullif(2, 0)"),
    Allowed(kC, "a % nullif(b, 0)", "-7 % nullif(3, 0)"),
    Allowed(kC, "CASE", "CASE WHEN 1 = 2 THEN 'a' ELSE 'b' END"),
    Allowed(kC, "BETWEEN", "2 BETWEEN 1 AND 3"),
    Allowed(kC, "IN", "2 IN (1, 2) AND 3 NOT IN (1, 2)"),
    Allowed(kC, "IS NULL", "cast(null as int) IS NULL AND 1 IS NOT NULL"),
    Allowed(kC, "IS DISTINCT FROM", "1 IS DISTINCT FROM cast(null as int)"),
    Allowed(kC, "AND OR NOT", "NOT (1 = 1 AND 1 = 2) OR 1 <> 1"),
    Allowed(kC, "EXISTS",
            "SELECT k, v FROM " T " WHERE EXISTS (SELECT 1 FROM " U " WHERE u.k = t.k)"),
    Allowed(kC, "trim(BOTH ' ' FROM x)",
            "'[' || trim(BOTH ' ' FROM '  a ') || trim(LEADING ' ' FROM '  b ') || "
            "trim(TRAILING ' ' FROM '  c ') || ']'"),
    Allowed(kC, "IN (SELECT)", "SELECT k, v FROM " T " WHERE k IN (SELECT k FROM " U ")"),
    Allowed(kC, "scalar subquery", "SELECT k, (SELECT max(w) FROM " U ") FROM " T),
    Allowed(kC, "WITH", "WITH a AS (SELECT 1 AS x) SELECT x FROM a"),
    Allowed(kC, "VALUES", "SELECT i, s FROM (VALUES (1, 'a'), (2, 'b')) AS q(i, s)"),
    Allowed(kC, "DISTINCT", "SELECT DISTINCT k FROM " T),
    Allowed(kC, "GROUP BY", "SELECT k, count(*) FROM " T " GROUP BY k HAVING count(*) > 1"),
    Allowed(kC, "GROUP BY ALL", "SELECT k, count(*) FROM " T " GROUP BY ALL"),
    Allowed(kC, "ROLLUP", "SELECT k, count(*) FROM " T " GROUP BY ROLLUP (k)"),
    Allowed(kC, "ORDER BY", "SELECT k, v FROM " T " ORDER BY k DESC, v"),
    Allowed(kC, "ORDER BY, LIMIT", "SELECT k, v FROM " T " ORDER BY v NULLS LAST LIMIT 2"),
    Allowed(kC, "WINDOW",
            "SELECT v, cast(sum(v) OVER w as bigint) FROM " T " WINDOW w AS (ORDER BY k, v)"),
    Allowed(kC, "ROWS BETWEEN",
            "SELECT v, cast(sum(v) OVER (ORDER BY k, v ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) "
            "as bigint) FROM " T),
    Allowed(kC, "JOIN", "SELECT t.k, v, w FROM " T " JOIN " U " ON t.k = u.k"),
    Allowed(kC, "LEFT JOIN", "SELECT t.k, v, w FROM " T " LEFT JOIN " U " ON t.k = u.k"),
    Allowed(kC, "RIGHT JOIN", "SELECT t.k, v, w FROM " T " RIGHT JOIN " U " ON t.k = u.k"),
    Allowed(kC, "FULL JOIN", "SELECT k, v, w FROM " T " FULL JOIN " U " USING (k)"),
    Allowed(kC, "CROSS JOIN", "SELECT t.k, v, w FROM " T " CROSS JOIN " U),
    Refused(kC, "SEMI JOIN", "not all engines have it", "write WHERE EXISTS (SELECT ..) or IN"),
    Refused(kC, "ANTI JOIN", "not all engines have it", "write WHERE NOT EXISTS (SELECT ..)"),
    Allowed(kC, "USING", "SELECT k, v, w FROM " T " JOIN " U " USING (k)"),
    Allowed(kC, "UNION", "SELECT 1 AS a UNION SELECT 1 UNION ALL SELECT 2"),
    Allowed(kC, "EXCEPT", "SELECT k FROM " T " EXCEPT SELECT k FROM " U),
    Allowed(kC, "INTERSECT", "SELECT k FROM " T " INTERSECT SELECT k FROM " U),
    Refused(kC, "NATURAL JOIN", "a new column changes what it means",
            "write JOIN .. USING (columns)"),
    Refused(kC, "ASOF JOIN", "Spark does not have it", {}),
    Refused(kC, "POSITIONAL JOIN", "Spark does not have it", {}),
    Refused(kC, "UNION BY NAME", "Spark does not have it", "list the columns and write UNION ALL"),
    Refused(kC, "DISTINCT ON", "Spark does not have it",
            "number the rows with row_number() in a subquery and keep the first"),
    Refused(kC, "QUALIFY", "Spark 4.1 does not have it",
            "number the rows in a subquery and filter outside it"),
    Refused(kC, "SAMPLE", kNotTheSameTwice, "filter by a hash of a key"),
    Refused(kC, "LIMIT without ORDER BY", kOrderDecides, "add ORDER BY"),
    Refused(kC, "LIMIT %", "Spark does not have it", {}),
    Refused(kC, "* EXCLUDE", "Spark 4.1 does not have it", "list the columns"),
    Refused(kC, "* REPLACE", "Spark 4.1 does not have it", "list the columns"),
    Refused(kC, "* RENAME", "Spark 4.1 does not have it", "list the columns"),
    Refused(kC, "COLUMNS()", "Spark does not have it", "list the columns"),
    Refused(kC, "COLLATE", "each engine has its own", "compare lower(a) with lower(b)"),
    Refused(kC, "lambda", "lists are not portable", {}),
    Refused(kC, "a[1]", "lists and structs are not portable", "use substring for a part of a text"),
    Refused(kC, "a.b.c", "structs are not portable", "give the table a short alias: t.column"),
    Refused(kC, "TRY", "Spark does not have it", "write try_cast, or CASE around it"),
    Refused(kC, "= ANY (..)", "Spark does not have it", "write IN (SELECT ..) or EXISTS"),
    Refused(kC, "EXCLUDE ..", "Spark does not have it", "begin or end the frame beside the row"),
    Refused(kC, "GROUPS", "Spark does not have it",
            "number the rows with dense_rank() in a subquery"),
    Refused(kC, "? or $1", "a table has no arguments", "write ${name} for a parameter"),
    Refused(kC, "WITH RECURSIVE", "Spark 4.0 and 3.5 do not have it", {}),
    Refused(kC, "table function", "only tables of the project can be read", {}),
    Refused(kC, "AT (VERSION ..)", "Spark writes it differently", {}),
    Refused(kC, "SHOW, DESCRIBE, SUMMARIZE", "they are no tables on Spark", {}),
    // Tokens that are refused for their spelling alone.
    Refused(kT, "\"name\"", "Spark reads it as a text",
            "write a name without quotes, in lower case, and a text in '..'"),
    Refused(kT, "`name`", "DuckDB does not read it",
            "write the name without quotes, in lower case"),
    Refused(kT, "'a''b'", "Spark 3.5 and Spark 4 read it differently", "write the text without '"),
    Refused(kT, "'a\\b'", "a backslash begins an escape on Spark",
            "in a pattern write a class: [0-9] for a digit, [.] for a dot"),
    Refused(kT, "'a' 'b'", "only Spark joins two texts side by side", "write 'a' || 'b'"),
    Refused(kT, "e'..'", "engines read a letter before a text differently",
            "write the text in '..'"),
    Refused(kT, "1L", "letters and _ in a number are read differently",
            "write the number alone, or cast(1 as bigint)"),
    Refused(kT, "TIMESTAMP_NTZ", "it cannot be told from TIMESTAMP on DuckDB", "write TIMESTAMP"),
    Refused(kT, "DECIMAL without (p,s)", "it is (10,0) on Spark and (18,3) on DuckDB",
            "write DECIMAL(p,s)"),
    Refused(kT, "IGNORE NULLS", "Spark writes it behind the brackets and DuckDB inside of them",
            "number the rows that have a value in a subquery"),
    Refused(kT, "AS MATERIALIZED", "Spark does not read it", "leave it out"),
    Refused(kT, "trailing comma", "Spark does not read it", "leave it out"),
    Refused(kT, "FROM first", "not all engines read it", "write SELECT .. FROM"),
    Refused(kT, "::", "Spark 3.5 does not read it", "write cast(x as TYPE)"),
    Refused(kT, "==", "not all engines read it", "write ="),
    Refused(kT, "<=>", "DuckDB does not read it", "write IS NOT DISTINCT FROM"),
    Refused(kT, "//", "Spark does not read it", "write cast(floor(a / b) AS BIGINT)"),
    Refused(kT, "**", "Spark does not read it", "multiply"),
    Refused(kT, "^", "a power on DuckDB, exclusive or on Spark", {}),
    Refused(kT, "~", "a pattern on DuckDB, a bit operation on Spark",
            "write regexp_like(text, pattern)"),
    Refused(kT, "->", "JSON and lambdas are not portable", "give each part a column of its own"),
    Refused(kT, "->>", "JSON is not portable", "give each part a column of its own"),
    Refused(kT, ":", "JSON is not portable", "give each part a column of its own"),
    Refused(kT, ":=", "Spark does not read it", {}),
    Refused(kT, "=>", "not all engines read it", "give arguments by their place"),
    Refused(kT, "[", "lists are not portable", "use substring for a part of a text"),
    Refused(kT, "{", "structs are not portable", "give each part a column of its own"),
    Refused(kT, "$", "a table has no arguments", "write ${name} for a parameter"),
    Refused(kT, "?", "a table has no arguments", "write ${name} for a parameter"),
    Refused(kT, "#", "Spark does not read it", "write the column's name"),
});
#undef T
#undef U

}  // namespace

std::span<const SqlConstruct> SqlConstructs() { return kConstructs; }

const SqlConstruct* FindConstruct(ConstructKind kind, std::string_view name) {
  for (const SqlConstruct& row : kConstructs) {
    if (row.kind == kind && EqualIgnoringCase(row.name, name)) return &row;
  }
  return nullptr;
}

std::string NearestFunction(std::string_view name) {
  std::vector<std::string> names;
  for (const SqlConstruct& row : kConstructs) {
    if (row.kind == kF && row.allowed) names.emplace_back(row.name);
  }
  return NearestName(name, names);
}

const FunctionTraits& TraitsOf(std::string_view function) {
  static constexpr FunctionTraits kNothingKnown = {};
  const SqlConstruct* row = function.empty() ? nullptr : FindConstruct(kF, function);
  return row == nullptr ? kNothingKnown : row->traits;
}

std::string SampleStatement(const SqlConstruct& construct) {
  const bool is_whole =
      construct.sample.starts_with("SELECT ") || construct.sample.starts_with("WITH ");
  return is_whole ? std::string(construct.sample) : fmt::format("SELECT {}", construct.sample);
}

}  // namespace stedi
