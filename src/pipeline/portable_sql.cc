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

constexpr SqlConstruct Yes(ConstructKind kind, std::string_view name, std::string_view sample,
                           FunctionTraits traits = {}) {
  return {kind, name, true, {}, {}, sample, {}, traits};
}
constexpr SqlConstruct Macro(std::string_view name, std::string_view sample,
                             std::string_view definition, FunctionTraits traits = {}) {
  return {kF, name, true, {}, {}, sample, definition, traits};
}
constexpr SqlConstruct No(ConstructKind kind, std::string_view name, std::string_view reason,
                          std::string_view hint, FunctionTraits traits = {}) {
  return {kind, name, false, reason, hint, {}, {}, traits};
}

// Traits of a function that tell what it gives.
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
// The same with what else is known of it.
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

// Aggregates and windows read these rows; t has repeated keys and a NULL.
#define T "(VALUES ('a', 1), ('a', 2), ('b', 3), ('c', NULL)) AS t(k, v)"
#define U "(VALUES ('a', 10), ('c', 0)) AS u(k, w)"

constexpr std::string_view kNotTheSameTwice = "it gives another result each time";
constexpr std::string_view kWriteAsOf = "write date '${stedi.as_of}', which is fixed for a run";
constexpr std::string_view kOrderDecides = "its result depends on the order of rows";

constexpr auto kConstructs = std::to_array<SqlConstruct>({
    // Text. Characters are code points in both.
    Yes(kF, "lower", "lower('aB')", With(CallRule::kLetterCase, kText)),
    Yes(kF, "upper", "upper('aB')", With(CallRule::kLetterCase, kText)),
    Yes(kF, "trim", "'[' || trim('  a ') || ']'", With(CallRule::kTrim, kText)),
    Yes(kF, "ltrim", "'[' || ltrim('  a ') || ']'", With(CallRule::kTrim, kText)),
    Yes(kF, "rtrim", "'[' || rtrim('  a ') || ']'", With(CallRule::kTrim, kText)),
    Yes(kF, "length", "cast(length('aä') as bigint)", kEngineWhole),
    Yes(kF, "char_length", "cast(char_length('aä') as bigint)", kEngineWhole),
    Yes(kF, "substring", "substring('abcd', 2, 2) || substring('abcd', 3)",
        With(CallRule::kFromOne, kText)),
    Yes(kF, "substr", "substr('abcd', 2, 2)", With(CallRule::kFromOne, kText)),
    Yes(kF, "left", "left('abc', 1)", With(CallRule::kLength, kText)),
    Yes(kF, "right", "right('abc', 1)", With(CallRule::kLength, kText)),
    Yes(kF, "lpad", "lpad('7', 3, '0')", With(CallRule::kPadding, kText)),
    Yes(kF, "rpad", "rpad('7', 3, '0')", With(CallRule::kPadding, kText)),
    Yes(kF, "replace", "replace('aba', 'a', 'c')", kText),
    Yes(kF, "repeat", "repeat('ab', 2)", kText),
    Yes(kF, "translate", "translate('abc', 'ab', 'xy')", kText),
    Yes(kF, "chr", "chr(9) || chr(65) || chr(160)"),
    Yes(kF, "concat_ws", "concat_ws('-', 'a', cast(null as string), 'b')",
        With(CallRule::kAsText, kText)),
    Yes(kF, "split_part", "split_part('a@b', '@', 2)", With(CallRule::kSplit, kText)),
    Yes(kF, "position", "cast(position('b' in 'abc') as bigint)", kEngineWhole),
    Yes(kF, "contains", "contains('abc', 'b')", kBoolean),
    Macro("startswith", "startswith('abc', 'a')", "startswith(s, p) AS starts_with(s, p)",
          kBoolean),
    Macro("endswith", "endswith('abc', 'c')", "endswith(s, p) AS suffix(s, p)", kBoolean),
    Macro("regexp_like", "regexp_like('a12', '^[a-z][0-9]+$')",
          "regexp_like(s, p) AS regexp_matches(s, p)", With(CallRule::kPattern, kBoolean)),
    Yes(kF, "regexp_extract", "regexp_extract('a12', '([0-9]+)', 1)",
        With(CallRule::kPatternGroup, kText)),
    Yes(kF, "md5", "md5('text')", kText),
    Macro("sha2", "sha2('a', 256)", "sha2(x, bits) AS sha256(x)", With(CallRule::kSha256, kText)),
    No(kF, "concat", "a NULL makes the whole NULL on Spark and is left out by DuckDB",
       "write a || b, or concat_ws('', a, b) to leave NULLs out"),
    No(kF, "regexp_replace", "DuckDB replaces the first match, Spark all of them",
       "use replace or translate"),
    No(kF, "reverse", "DuckDB leaves marks behind their letters, Spark turns them round, too", {}),
    No(kF, "regexp_matches", "Spark does not have it", "write regexp_like(text, pattern)"),
    No(kF, "rlike", "DuckDB does not have it", "write regexp_like(text, pattern)"),
    No(kF, "starts_with", "Spark does not have it", "write startswith(text, start)"),
    No(kF, "ends_with", "Spark does not have it", "write endswith(text, end)"),
    No(kF, "suffix", "Spark does not have it", "write endswith(text, end)"),
    No(kF, "prefix", "Spark does not have it", "write startswith(text, start)"),
    No(kF, "strpos", "Spark does not have it", "write position(part in text)"),
    No(kF, "instr", "not all engines have it", "write position(part in text)"),
    No(kF, "sha256", "Spark does not have it", "write sha2(text, 256)"),
    No(kF, "hash", "each engine has its own", "use md5 or sha2(text, 256)"),
    No(kF, "xxhash64", "each engine has its own", "use md5 or sha2(text, 256)"),
    No(kF, "format", "Spark does not have it", "join texts with ||"),
    No(kF, "printf", "Spark has another one", "join texts with ||"),
    // Numbers.
    Yes(kF, "abs", "abs(-3)", kOfFirst),
    Yes(kF, "ceil", "cast(ceil(cast(2.1 as double)) as bigint)", kEngineWhole),
    Yes(kF, "ceiling", "cast(ceiling(cast(2.1 as double)) as bigint)", kEngineWhole),
    Yes(kF, "floor", "cast(floor(cast(-2.1 as double)) as bigint)", kEngineWhole),
    Yes(kF, "round", "cast(round(cast(2.5 as double)) as bigint)",
        With(CallRule::kRound, kOfFirst)),
    Yes(kF, "sign", "cast(sign(-3) as bigint)", kEngineWhole),
    Yes(kF, "sqrt", "cast(sqrt(cast(16 as double)) as bigint)", kReal),
    Yes(kF, "greatest", "greatest(1, cast(null as int), 3)", OfOneType(kOfAll)),
    Yes(kF, "least", "least(1, cast(null as int), 3)", OfOneType(kOfAll)),
    Yes(kF, "power", "power(cast(2 as double), 3)", kReal),
    Yes(kF, "exp", "exp(cast(0 as double))", kReal),
    Yes(kF, "isnan", "isnan(cast('NaN' as double))", kBoolean),
    Yes(kF, "nullif", "nullif(1, 2)", Compared(kOfFirst)),
    Yes(kF, "coalesce", "coalesce(cast(null as int), 2)"),
    No(kF, "trunc", "Spark's truncates dates", "write floor or ceil"),
    No(kF, "mod", "by zero DuckDB gives NULL and Spark an error", "write a % nullif(b, 0)"),
    No(kF, "divide", "Spark does not have it", "write cast(floor(a / b) AS BIGINT)"),
    No(kF, "random", kNotTheSameTwice, "take a hash of a key: md5(key)"),
    No(kF, "rand", kNotTheSameTwice, "take a hash of a key: md5(key)"),
    No(kF, "uuid", kNotTheSameTwice, "take a hash of a key: md5(key)"),
    // Days and times, UTC.
    Yes(kF, "year", "cast(year(date '2020-01-31') as int)", kEngineWhole),
    Yes(kF, "month", "cast(month(date '2020-01-31') as int)", kEngineWhole),
    Yes(kF, "day", "cast(day(date '2020-01-31') as int)", kEngineWhole),
    Yes(kF, "quarter", "cast(quarter(date '2020-05-31') as int)", kEngineWhole),
    Yes(kF, "hour", "cast(hour(timestamp '2022-06-18 15:00:49.079') as int)", kEngineWhole),
    Yes(kF, "minute", "cast(minute(timestamp '2022-06-18 15:00:49.079') as int)", kEngineWhole),
    Yes(kF, "last_day", "last_day(date '2020-02-03')", kDate),
    Yes(kF, "make_date", "make_date(2020, 2, 29)", kDate),
    Yes(kF, "extract", "cast(extract(year from date '2020-01-31') as int)"),
    Yes(kF, "interval", "cast(date '2020-01-31' - interval '120' year as date)"),
    // Allowed because plain Spark has no ${stedi.as_of}; stedi fixes the day, so it is not used
    // here.
    Yes(kF, "current_date", "current_date = current_date", kNiladic),
    Macro("add_months", "add_months(date '2020-01-31', 1)",
          "add_months(d, n) AS CAST(CAST(d AS DATE) + to_months(n) AS DATE)", kDate),
    Macro("datediff", "cast(datediff(date '2020-02-01', date '2020-01-01') as bigint)",
          "datediff(later, earlier) AS CAST(date_diff('day', CAST(earlier AS DATE), CAST(later AS "
          "DATE)) AS INTEGER)"),
    Macro("timestamp_millis", "unix_millis(timestamp_millis(1655564449079))",
          "timestamp_millis(ms) AS CAST(make_timestamp(ms * 1000) AS TIMESTAMPTZ)", kTimestamp),
    Macro("unix_millis", "unix_millis(timestamp '2022-06-18 15:00:49.079')",
          "unix_millis(t) AS epoch_ms(t)", kWhole),
    No(kF, "epoch_ms", "Spark does not have it",
       "write timestamp_millis(number) or unix_millis(timestamp)"),
    No(kF, "make_timestamp", "Spark's takes year, month, day ..", "write timestamp_millis(number)"),
    No(kF, "to_timestamp", "Spark's reads texts as well, and not all engines have it",
       "write timestamp_millis(number) or cast(text as timestamp)"),
    No(kF, "to_date", "DuckDB does not have it", "write cast(text as date)"),
    No(kF, "date_diff", "DuckDB's takes a unit first", "write datediff(end, start): days"),
    No(kF, "date_add", "DuckDB's takes an interval and Spark's a number of days",
       "write cast(d + interval '3' day as date)"),
    No(kF, "date_sub", "DuckDB's takes a unit first", "write cast(d - interval '3' day as date)"),
    No(kF, "date_trunc", "a date becomes a timestamp on Spark", "use year(d), month(d), make_date"),
    No(kF, "date_part", "Spark writes its units differently", "write extract(year from d), year(d)",
       kEngineWhole),
    No(kF, "age", "Spark does not have it", "compare add_months(d, 12 * years) with a date"),
    No(kF, "months_between", "DuckDB does not have it", "compare add_months(d, n) with a date"),
    No(kF, "dayofweek", "Sunday is 0 on DuckDB and 1 on Spark",
       "write datediff(d, cast('1900-01-01' AS DATE)) % 7, which is 0 on a Monday"),
    No(kF, "strftime", "Spark does not have it", "use year(d), month(d), lpad"),
    No(kF, "date_format", "DuckDB does not have it", "use year(d), month(d), lpad"),
    No(kF, "now", kNotTheSameTwice, kWriteAsOf),
    No(kF, "today", kNotTheSameTwice, kWriteAsOf),
    No(kF, "get_current_timestamp", kNotTheSameTwice, kWriteAsOf),
    No(kF, "current_timestamp", kNotTheSameTwice, kWriteAsOf, kNiladic),
    No(kF, "current_time", kNotTheSameTwice, kWriteAsOf, kNiladic),
    No(kF, "localtime", kNotTheSameTwice, kWriteAsOf, kNiladic),
    No(kF, "localtimestamp", kNotTheSameTwice, kWriteAsOf, kNiladic),
    No(kF, "current_user", "each engine has its own users", {}, kNiladic),
    No(kF, "session_user", "each engine has its own users", {}, kNiladic),
    No(kF, "timezone", "time is UTC everywhere", "leave AT TIME ZONE out"),
    // Aggregates.
    Yes(kF, "count", "SELECT count(*), count(v), count(DISTINCT k) FROM " T, Aggregate(kWhole)),
    Yes(kF, "count_star", "SELECT count(*) FROM " T, Aggregate(kWhole)),
    Yes(kF, "count_if", "SELECT cast(count_if(v > 1) as bigint) FROM " T,
        Aggregate(Conditions(kEngineWhole))),
    Yes(kF, "sum", "SELECT cast(sum(v) as bigint) FROM " T,
        With(CallRule::kSum, Aggregate(kOfFirst))),
    Yes(kF, "avg", "SELECT avg(v) FROM " T, With(CallRule::kAverage, Aggregate(kReal))),
    Yes(kF, "min", "SELECT min(k), min(v) FROM " T, Aggregate(kOfFirst)),
    Yes(kF, "max", "SELECT max(k), max(v) FROM " T, Aggregate(kOfFirst)),
    Yes(kF, "min_by", "SELECT min_by(k, v) FROM " T, With(CallRule::kBy, Aggregate(kOfFirst))),
    Yes(kF, "max_by", "SELECT max_by(v, k) FILTER (WHERE v IS NOT NULL) FROM " T,
        With(CallRule::kBy, Aggregate(kOfFirst))),
    Yes(kF, "bool_and", "SELECT bool_and(v > 1) FROM " T, Aggregate(Conditions(kBoolean))),
    Yes(kF, "bool_or", "SELECT bool_or(v > 1) FROM " T, Aggregate(Conditions(kBoolean))),
    Yes(kF, "stddev_samp", "SELECT stddev_samp(v) FROM " T, With(CallRule::kSum, Aggregate(kReal))),
    Yes(kF, "filter", "SELECT count(*) FILTER (WHERE v > 1) FROM " T),
    Yes(kF, "grouping", "SELECT k, cast(grouping(k) as int) FROM " T " GROUP BY ROLLUP (k)",
        kEngineWhole),
    No(kF, "any_value", kOrderDecides, "write min(x) or max_by(x, y)"),
    No(kF, "arbitrary", kOrderDecides, "write min(x) or max_by(x, y)"),
    No(kF, "first", kOrderDecides, "write min_by(x, y)"),
    No(kF, "last", kOrderDecides, "write max_by(x, y)"),
    No(kF, "string_agg", "Spark does not have it", {}),
    No(kF, "listagg", kOrderDecides, {}),
    No(kF, "group_concat", "Spark does not have it", {}),
    No(kF, "array_agg", "lists are not portable", {}),
    No(kF, "list", "lists are not portable", {}),
    No(kF, "list_value", "lists are not portable", {}),
    No(kF, "unnest", "Spark does not have it", {}),
    No(kF, "explode", "DuckDB does not have it", {}),
    No(kF, "struct_pack", "structs are not portable", "give each part a column of its own"),
    No(kF, "named_struct", "structs are not portable", "give each part a column of its own"),
    No(kF, "row", "structs are not portable", "compare the columns one by one with AND"),
    No(kF, "approx_count_distinct", "each engine has its own", "write count(DISTINCT x)"),
    No(kF, "mode", kOrderDecides, {}),
    // Windows.
    Yes(kF, "row_number",
        "SELECT k, v, cast(row_number() OVER (PARTITION BY k ORDER BY v DESC NULLS LAST) as "
        "bigint) "
        "FROM " T,
        NeverNull(kEngineWhole)),
    Yes(kF, "rank", "SELECT k, cast(rank() OVER (ORDER BY k) as bigint) FROM " T, kEngineWhole),
    Yes(kF, "dense_rank", "SELECT k, cast(dense_rank() OVER (ORDER BY k) as bigint) FROM " T,
        kEngineWhole),
    Yes(kF, "ntile", "SELECT v, cast(ntile(2) OVER (ORDER BY k, v) as bigint) FROM " T,
        kEngineWhole),
    Yes(kF, "lag", "SELECT k, v, lag(v) OVER (ORDER BY k, v) FROM " T, kOfFirst),
    Yes(kF, "lead", "SELECT k, v, lead(v) OVER (ORDER BY k, v) FROM " T, kOfFirst),
    Yes(kF, "first_value", "SELECT k, v, first_value(v) OVER (PARTITION BY k ORDER BY v) FROM " T,
        kOfFirst),
    Yes(kF, "last_value", "SELECT k, v, last_value(v) OVER (PARTITION BY k ORDER BY v) FROM " T,
        kOfFirst),
    // Operators, by the names that DuckDB's parser gives them.
    Yes(kF, "+", "1 + 2", kArithmetic),
    Yes(kF, "-", "1 - 2", With(CallRule::kMinus, kArithmetic)),
    Yes(kF, "*", "2 * 3", kArithmetic),
    // Allowed where the divisor cannot be zero: rows of clauses.
    No(kF, "/", "by zero it is an error on Spark and infinity on DuckDB",
       "write a / nullif(b, 0), or divide by a number that is not 0", kReal),
    No(kF, "%", "by zero it is an error on Spark and NULL on DuckDB",
       "write a % nullif(b, 0), or divide by a number that is not 0", kArithmetic),
    No(kF, "//", "Spark does not have it", "write cast(floor(a / b) AS BIGINT)"),
    Yes(kF, "||", "'a' || 'b' || cast(null as string)", With(CallRule::kAsText, kText)),
    Yes(kF, "~~", "'abc' LIKE 'a%'", kBoolean),
    Yes(kF, "!~~", "'abc' NOT LIKE 'a_c'", kBoolean),
    Yes(kF, "~~*", "'ABC' ILIKE 'a%'", With(CallRule::kIgnoringCase, kBoolean)),
    Yes(kF, "!~~*", "'ABC' NOT ILIKE 'b%'", With(CallRule::kIgnoringCase, kBoolean)),
    No(kF, "&", "not compared", {}),
    No(kF, "|", "not compared", {}),
    // Clauses.
    Yes(kC, "CAST", "cast('7' as int) + cast('1' as bigint)"),
    Yes(kC, "extract(week from d)", "cast(extract(week from date '2021-01-03') as int)"),
    Yes(kC, "extract(doy from d)", "cast(extract(doy from date '2020-12-31') as int)"),
    Yes(kC, "weekday by datediff",
        "cast(datediff(date '2026-01-01', cast('1900-01-01' as date)) % 7 as int)"),
    Yes(kC, "left(x, greatest(n, 0))", "left('abc', greatest(-1, 0)) || right('abc', 0)"),
    Yes(kC, "a pattern", "regexp_extract('2020-x', '^([0-9]{4})(?:-|[_.]+?)[^a-c&]$', 1) || 'a'"),
    Yes(kC, "TRY_CAST", "try_cast('x' as int)"),
    Yes(kC, "a / nullif(b, 0)", "cast(7 as double) / nullif(2, 0)"),
    Yes(kC, "a % nullif(b, 0)", "-7 % nullif(3, 0)"),
    Yes(kC, "CASE", "CASE WHEN 1 = 2 THEN 'a' ELSE 'b' END"),
    Yes(kC, "BETWEEN", "2 BETWEEN 1 AND 3"),
    Yes(kC, "IN", "2 IN (1, 2) AND 3 NOT IN (1, 2)"),
    Yes(kC, "IS NULL", "cast(null as int) IS NULL AND 1 IS NOT NULL"),
    Yes(kC, "IS DISTINCT FROM", "1 IS DISTINCT FROM cast(null as int)"),
    Yes(kC, "AND OR NOT", "NOT (1 = 1 AND 1 = 2) OR 1 <> 1"),
    Yes(kC, "EXISTS", "SELECT k, v FROM " T " WHERE EXISTS (SELECT 1 FROM " U " WHERE u.k = t.k)"),
    Yes(kC, "trim(BOTH ' ' FROM x)",
        "'[' || trim(BOTH ' ' FROM '  a ') || trim(LEADING ' ' FROM '  b ') || "
        "trim(TRAILING ' ' FROM '  c ') || ']'"),
    Yes(kC, "IN (SELECT)", "SELECT k, v FROM " T " WHERE k IN (SELECT k FROM " U ")"),
    Yes(kC, "scalar subquery", "SELECT k, (SELECT max(w) FROM " U ") FROM " T),
    Yes(kC, "WITH", "WITH a AS (SELECT 1 AS x) SELECT x FROM a"),
    Yes(kC, "VALUES", "SELECT i, s FROM (VALUES (1, 'a'), (2, 'b')) AS q(i, s)"),
    Yes(kC, "DISTINCT", "SELECT DISTINCT k FROM " T),
    Yes(kC, "GROUP BY", "SELECT k, count(*) FROM " T " GROUP BY k HAVING count(*) > 1"),
    Yes(kC, "GROUP BY ALL", "SELECT k, count(*) FROM " T " GROUP BY ALL"),
    Yes(kC, "ROLLUP", "SELECT k, count(*) FROM " T " GROUP BY ROLLUP (k)"),
    Yes(kC, "ORDER BY", "SELECT k, v FROM " T " ORDER BY k DESC, v"),
    Yes(kC, "ORDER BY, LIMIT", "SELECT k, v FROM " T " ORDER BY v NULLS LAST LIMIT 2"),
    Yes(kC, "WINDOW",
        "SELECT v, cast(sum(v) OVER w as bigint) FROM " T " WINDOW w AS (ORDER BY k, v)"),
    Yes(kC, "ROWS BETWEEN",
        "SELECT v, cast(sum(v) OVER (ORDER BY k, v ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) as "
        "bigint) FROM " T),
    Yes(kC, "JOIN", "SELECT t.k, v, w FROM " T " JOIN " U " ON t.k = u.k"),
    Yes(kC, "LEFT JOIN", "SELECT t.k, v, w FROM " T " LEFT JOIN " U " ON t.k = u.k"),
    Yes(kC, "RIGHT JOIN", "SELECT t.k, v, w FROM " T " RIGHT JOIN " U " ON t.k = u.k"),
    Yes(kC, "FULL JOIN", "SELECT k, v, w FROM " T " FULL JOIN " U " USING (k)"),
    Yes(kC, "CROSS JOIN", "SELECT t.k, v, w FROM " T " CROSS JOIN " U),
    No(kC, "SEMI JOIN", "not all engines have it", "write WHERE EXISTS (SELECT ..) or IN"),
    No(kC, "ANTI JOIN", "not all engines have it", "write WHERE NOT EXISTS (SELECT ..)"),
    Yes(kC, "USING", "SELECT k, v, w FROM " T " JOIN " U " USING (k)"),
    Yes(kC, "UNION", "SELECT 1 AS a UNION SELECT 1 UNION ALL SELECT 2"),
    Yes(kC, "EXCEPT", "SELECT k FROM " T " EXCEPT SELECT k FROM " U),
    Yes(kC, "INTERSECT", "SELECT k FROM " T " INTERSECT SELECT k FROM " U),
    No(kC, "NATURAL JOIN", "a new column changes what it means", "write JOIN .. USING (columns)"),
    No(kC, "ASOF JOIN", "Spark does not have it", {}),
    No(kC, "POSITIONAL JOIN", "Spark does not have it", {}),
    No(kC, "UNION BY NAME", "Spark does not have it", "list the columns and write UNION ALL"),
    No(kC, "DISTINCT ON", "Spark does not have it",
       "number the rows with row_number() in a subquery and keep the first"),
    No(kC, "QUALIFY", "Spark 4.1 does not have it",
       "number the rows in a subquery and filter outside it"),
    No(kC, "SAMPLE", kNotTheSameTwice, "filter by a hash of a key"),
    No(kC, "LIMIT without ORDER BY", kOrderDecides, "add ORDER BY"),
    No(kC, "LIMIT %", "Spark does not have it", {}),
    No(kC, "* EXCLUDE", "Spark 4.1 does not have it", "list the columns"),
    No(kC, "* REPLACE", "Spark 4.1 does not have it", "list the columns"),
    No(kC, "* RENAME", "Spark 4.1 does not have it", "list the columns"),
    No(kC, "COLUMNS()", "Spark does not have it", "list the columns"),
    No(kC, "COLLATE", "each engine has its own", "compare lower(a) with lower(b)"),
    No(kC, "lambda", "lists are not portable", {}),
    No(kC, "a[1]", "lists and structs are not portable", "use substring for a part of a text"),
    No(kC, "a.b.c", "structs are not portable", "give the table a short alias: t.column"),
    No(kC, "TRY", "Spark does not have it", "write try_cast, or CASE around it"),
    No(kC, "= ANY (..)", "Spark does not have it", "write IN (SELECT ..) or EXISTS"),
    No(kC, "EXCLUDE ..", "Spark does not have it", "begin or end the frame beside the row"),
    No(kC, "GROUPS", "Spark does not have it", "number the rows with dense_rank() in a subquery"),
    No(kC, "? or $1", "a table has no arguments", "write ${name} for a parameter"),
    No(kC, "WITH RECURSIVE", "Spark 4.0 and 3.5 do not have it", {}),
    No(kC, "table function", "only tables of the project can be read", {}),
    No(kC, "AT (VERSION ..)", "Spark writes it differently", {}),
    No(kC, "SHOW, DESCRIBE, SUMMARIZE", "they are no tables on Spark", {}),
    // What the spelling alone tells.
    No(kT, "\"name\"", "Spark reads it as a text",
       "write a name without quotes, in lower case, and a text in '..'"),
    No(kT, "`name`", "DuckDB does not read it", "write the name without quotes, in lower case"),
    No(kT, "'a''b'", "Spark 3.5 and Spark 4 read it differently", "write the text without '"),
    No(kT, "'a\\b'", "a backslash begins an escape on Spark",
       "in a pattern write a class: [0-9] for a digit, [.] for a dot"),
    No(kT, "'a' 'b'", "only Spark joins two texts side by side", "write 'a' || 'b'"),
    No(kT, "e'..'", "engines read a letter before a text differently", "write the text in '..'"),
    No(kT, "1L", "letters and _ in a number are read differently",
       "write the number alone, or cast(1 as bigint)"),
    No(kT, "TIMESTAMP_NTZ", "it cannot be told from TIMESTAMP on DuckDB", "write TIMESTAMP"),
    No(kT, "DECIMAL without (p,s)", "it is (10,0) on Spark and (18,3) on DuckDB",
       "write DECIMAL(p,s)"),
    No(kT, "IGNORE NULLS", "Spark writes it behind the brackets and DuckDB inside of them",
       "number the rows that have a value in a subquery"),
    No(kT, "AS MATERIALIZED", "Spark does not read it", "leave it out"),
    No(kT, "trailing comma", "Spark does not read it", "leave it out"),
    No(kT, "FROM first", "not all engines read it", "write SELECT .. FROM"),
    No(kT, "::", "Spark 3.5 does not read it", "write cast(x as TYPE)"),
    No(kT, "==", "not all engines read it", "write ="),
    No(kT, "<=>", "DuckDB does not read it", "write IS NOT DISTINCT FROM"),
    No(kT, "//", "Spark does not read it", "write cast(floor(a / b) AS BIGINT)"),
    No(kT, "**", "Spark does not read it", "multiply"),
    No(kT, "^", "a power on DuckDB, exclusive or on Spark", {}),
    No(kT, "~", "a pattern on DuckDB, a bit operation on Spark",
       "write regexp_like(text, pattern)"),
    No(kT, "->", "JSON and lambdas are not portable", "give each part a column of its own"),
    No(kT, "->>", "JSON is not portable", "give each part a column of its own"),
    No(kT, ":", "JSON is not portable", "give each part a column of its own"),
    No(kT, ":=", "Spark does not read it", {}),
    No(kT, "=>", "not all engines read it", "give arguments by their place"),
    No(kT, "[", "lists are not portable", "use substring for a part of a text"),
    No(kT, "{", "structs are not portable", "give each part a column of its own"),
    No(kT, "$", "a table has no arguments", "write ${name} for a parameter"),
    No(kT, "?", "a table has no arguments", "write ${name} for a parameter"),
    No(kT, "#", "Spark does not read it", "write the column's name"),
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
