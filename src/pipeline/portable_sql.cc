#include "pipeline/portable_sql.h"

#include <algorithm>

namespace stedi {
namespace {

constexpr SqlConstruct Allowed(std::string_view name, std::string_view sample,
                               std::string_view macro = {}) {
  return {ConstructKind::kFunction, name, true, {}, {}, sample, macro};
}
constexpr SqlConstruct Refused(ConstructKind kind, std::string_view name, std::string_view reason,
                               std::string_view hint) {
  return {kind, name, false, reason, hint, {}, {}};
}
constexpr auto kF = ConstructKind::kFunction;
constexpr auto kT = ConstructKind::kToken;
constexpr auto kC = ConstructKind::kClause;

constexpr SqlConstruct kConstructs[] = {
    Allowed("abs", "abs(-3)"),
    Allowed("add_months", "add_months(DATE '2020-01-31', 1)",
            "add_months(d, n) AS CAST(CAST(d AS DATE) + to_months(n) AS DATE)"),
    Allowed("any_value", "any_value(1)"),
    Allowed("avg", "avg(CAST(3 AS DECIMAL(10,2)))"),
    Allowed("bool_and", "bool_and(true)"),
    Allowed("bool_or", "bool_or(false)"),
    Allowed("ceil", "ceil(2.5)"),
    Allowed("coalesce", "coalesce(NULL, 2)"),
    Allowed("concat_ws", "concat_ws('-', 'a', NULL, 'b')"),
    Allowed("count", "count(1)"),
    Allowed("count_star", "count(*)"),
    Allowed("count_if", "count_if(true)"),
    Allowed("current_date", "current_date = current_date"),
    Allowed("datediff", "datediff(DATE '2020-03-01', DATE '2020-02-28')",
            "datediff(later, earlier) AS CAST(date_diff('day', CAST(earlier AS DATE), CAST(later "
            "AS DATE)) AS INTEGER)"),
    Allowed("day", "day(DATE '2020-02-28')"),
    Allowed("dense_rank", "dense_rank() OVER (ORDER BY 1)"),
    Allowed("exp", "exp(0)"),
    Allowed("first_value", "first_value(1) OVER (ORDER BY 1)"),
    Allowed("floor", "floor(2.5)"),
    Allowed("greatest", "greatest(1, 2)"),
    Allowed("lag", "lag(1) OVER (ORDER BY 1)"),
    Allowed("last_value", "last_value(1) OVER (ORDER BY 1)"),
    Allowed("lead", "lead(1) OVER (ORDER BY 1)"),
    Allowed("least", "least(1, 2)"),
    Allowed("length", "length('abc')"),
    Allowed("lower", "lower('ABC')"),
    Allowed("lpad", "lpad('a', 3, 'x')"),
    Allowed("ltrim", "ltrim('  a')"),
    Allowed("max", "max(2)"),
    Allowed("max_by", "max_by('a', 2)"),
    Allowed("min", "min(2)"),
    Allowed("min_by", "min_by('a', 2)"),
    Allowed("month", "month(DATE '2020-02-28')"),
    Allowed("nullif", "nullif(1, 1)"),
    Allowed("position", "position('b' IN 'abc')"),
    Allowed("power", "power(2, 3)"),
    Allowed("rank", "rank() OVER (ORDER BY 1)"),
    Allowed("regexp_extract", "regexp_extract('a12', '([0-9]+)', 1)"),
    Allowed("regexp_like", "regexp_like('a12', '[0-9]')",
            "regexp_like(s, p) AS regexp_matches(s, p)"),
    Allowed("replace", "replace('aba', 'a', 'x')"),
    Allowed("round", "round(CAST(2.345 AS DECIMAL(10,3)), 2)"),
    Allowed("row_number", "row_number() OVER (ORDER BY 1)"),
    Allowed("rpad", "rpad('a', 3, 'x')"),
    Allowed("rtrim", "rtrim('a  ')"),
    Allowed("sha2", "sha2('abc', 256)", "sha2(x, bits) AS sha256(x)"),
    Allowed("sign", "sign(-2)"),
    Allowed("split_part", "split_part('a,b', ',', 2)"),
    Allowed("sqrt", "sqrt(4)"),
    Allowed("startswith", "startswith('abc', 'a')", "startswith(s, p) AS starts_with(s, p)"),
    Allowed("stddev_samp", "stddev_samp(1)"),
    Allowed("substring", "substring('abc', 2, 1)"),
    Allowed("sum", "sum(CAST(3 AS BIGINT))"),
    Allowed("timestamp_millis", "timestamp_millis(1655564376361)",
            "timestamp_millis(ms) AS CAST(make_timestamp(ms * 1000) AS TIMESTAMPTZ)"),
    Allowed("trim", "trim(' a ')"),
    Allowed("unix_millis", "unix_millis(timestamp_millis(5))", "unix_millis(t) AS epoch_ms(t)"),
    Allowed("upper", "upper('abc')"),
    Allowed("year", "year(DATE '2020-02-28')"),
    Allowed("+", "1 + 2"),
    Allowed("-", "3 - 2"),
    Allowed("*", "2 * 3"),
    Allowed("%", "7 % 3"),
    Allowed("||", "'a' || 'b'"),
    Allowed("~~", "'abc' LIKE 'a%'"),
    Allowed("!~~", "'abc' NOT LIKE 'b%'"),
    Refused(kF, "concat", "NULL in Spark, but not in DuckDB, if one part is NULL",
            "a || b, or concat_ws"),
    Refused(kF, "regexp_replace", "DuckDB replaces the first match, Spark all",
            "replace, or regexp_extract"),
    Refused(kF, "regexp_matches", "Spark does not know it", "regexp_like"),
    Refused(kF, "rlike", "DuckDB does not know it", "regexp_like"),
    Refused(kF, "sha256", "Spark does not know it", "sha2(x, 256)"),
    Refused(kF, "starts_with", "Spark does not know it", "startswith"),
    Refused(kF, "epoch_ms", "Spark does not know it", "timestamp_millis or unix_millis"),
    Refused(kF, "make_timestamp", "the engines take different arguments", "timestamp_millis"),
    Refused(kF, "string_agg", "Spark does not know it", ""),
    Refused(kF, "unnest", "Spark does not know it", ""),
    Refused(kF, "explode", "DuckDB does not know it", ""),
    Refused(kF, "//", "Spark does not know it", "cast(floor(a / b) AS BIGINT)"),
    Refused(kF, "/", "by 0: an error in Spark, infinity in DuckDB",
            "a / nullif(b, 0), or a number that is not 0"),
    Refused(kT, "\"name\"", "a name in DuckDB, a text in Spark", "a name that needs no quotes"),
    Refused(kT, "`name`", "DuckDB does not read it", "a name that needs no quotes"),
    Refused(kT, "'a''b'", "Spark 3.5 and Spark 4 read it differently", "a text without quotes"),
    Refused(kT, "'a\\b'", "a backslash is an escape in Spark only",
            "a text without backslashes; in patterns [0-9] and the like"),
    Refused(kT, "'a' 'b'", "Spark joins the two, DuckDB does not", "one text"),
    Refused(kT, "1L", "a suffix is Spark's alone", "CAST(1 AS BIGINT)"),
    Refused(kT, "e'..'", "a prefix of a text means different things", "a plain text"),
    Refused(kT, "AS MATERIALIZED", "Spark does not read it", "WITH name AS (..)"),
    Refused(kT, "trailing comma", "Spark does not read it", "no comma before the end"),
    Refused(kT, "FROM first", "Spark 4.1 does not read it", "SELECT .. FROM"),
    Refused(kT, "TIMESTAMP_NTZ", "DuckDB does not know the name", "TIMESTAMP"),
    Refused(kT, "DECIMAL without (p,s)", "the engines mean different sizes", "DECIMAL(p,s)"),
    Refused(kT, "::", "Spark 3.5 does not read it", "CAST(x AS T)"),
    Refused(kT, "<=>", "DuckDB does not read it", "IS NOT DISTINCT FROM"),
    Refused(kT, "==", "not standard", "="),
    Refused(kT, "//", "a comment or an error elsewhere", "cast(floor(a / b) AS BIGINT)"),
    Refused(kT, "**", "Spark does not read it", "power(a, b)"),
    Refused(kT, "->", "not the same in both engines", ""),
    Refused(kT, "->>", "not the same in both engines", ""),
    Refused(kT, "[", "lists are not the same in both engines", "plain columns"),
    Refused(kT, "{", "structs are not the same in both engines", "plain columns"),
    Refused(kC, "QUALIFY", "Spark 4.1 does not read it",
            "row_number() in a subquery and WHERE outside"),
    Refused(kC, "SAMPLE", "the rows differ from run to run", ""),
    Refused(kC, "SEMI", "not the same spelling in both engines", "EXISTS (SELECT ..)"),
    Refused(kC, "ANTI", "not the same spelling in both engines", "NOT EXISTS (SELECT ..)"),
    Refused(kC, "ASOF", "Spark does not know it", "a join with a window function"),
    Refused(kC, "POSITIONAL", "Spark does not know it", "a join on a column"),
    Refused(kC, "NATURAL", "it changes its meaning with every new column",
            "JOIN .. USING (columns)"),
};

}  // namespace

std::span<const SqlConstruct> SqlConstructs() { return kConstructs; }

const SqlConstruct* FindConstruct(ConstructKind kind, std::string_view name) {
  const auto* found = std::ranges::find_if(
      kConstructs, [&](const SqlConstruct& row) { return row.kind == kind && row.name == name; });
  return found == std::end(kConstructs) ? nullptr : found;
}

}  // namespace stedi
