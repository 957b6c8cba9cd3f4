// What `stedi check` reports for one SELECT, bound by a real DuckDB. Each test covers many SELECTs.
#include "select/select_check.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "database/dialect.h"
#include "pipeline/portable_sql.h"

namespace stedi {
namespace {

ColumnDefinition Column(const std::string& name, const std::string& type, bool not_null = false) {
  ColumnDefinition column;
  column.name = name;
  column.type = ParseSqlType(type).value();
  column.not_null = not_null;
  return column;
}

View MakeView(const std::string& name, std::vector<ColumnDefinition> columns,
              const std::string& select) {
  View view;
  view.name = name;
  view.position = {"t.sql", 1, 1};
  view.columns = std::move(columns);
  view.select = {select, select, "t.sql", {{0, 0, false}}};
  return view;
}

// A project with the feed `things`, the view `days`, which has the other types, and the view
// `tested` with the given columns and SELECT.
Project MakeProject(const std::string& columns, const std::string& select) {
  Project project;
  project.catalog = "lake";
  project.database = "shop";
  Feed things;
  things.name = "things";
  things.columns = {Column("id", "BIGINT", true), Column("name", "STRING"), Column("x", "DOUBLE"),
                    Column("user", "STRING"), Column("timestamp", "BIGINT")};
  project.feeds.push_back(std::move(things));
  project.views.push_back(
      MakeView("days",
               {Column("id", "BIGINT"), Column("day", "DATE"), Column("price", "DECIMAL(10,2)"),
                Column("at", "TIMESTAMP")},
               "SELECT t.id, cast('2020-01-01' AS DATE) AS day, cast(1 AS DECIMAL(10,2)) AS price, "
               "timestamp_millis(t.timestamp) AS at FROM things t"));
  std::vector<ColumnDefinition> wanted;
  for (size_t begin = 0; begin < columns.size();) {
    const size_t end = std::min(columns.find(';', begin), columns.size());
    const std::string column = columns.substr(begin, end - begin);
    const size_t space = column.find(' ');
    wanted.push_back(Column(column.substr(0, space), column.substr(space + 1)));
    wanted.back().position = {"t.sql", 1, static_cast<uint32_t>(100 + begin)};
    begin = end + 1;
  }
  project.views.push_back(MakeView("tested", std::move(wanted), select));
  return project;
}

std::string Check(Project& project) {
  DatabaseOptions options;
  options.threads = 1;
  Database database(options);
  Connection connection(database);
  CreateDialect(connection);
  std::vector<Diagnostic> diagnostics;
  CheckViews(connection, project, diagnostics);
  std::string out;
  for (const Diagnostic& d : diagnostics) {
    out += fmt::format("{}:{} {}{}{}\n", d.position.line, d.position.column,
                       d.severity == Severity::kWarning ? "warning: " : "", d.message,
                       d.hint.empty() ? "" : " (" + d.hint + ")");
  }
  return out;
}

struct Case {
  std::string columns;  // of the contract, as in "a BIGINT;b STRING"
  std::string select;
  std::string expected;  // "line:column message (hint)", one per line
};

void ExpectAll(const std::vector<Case>& cases) {
  for (const Case& row : cases) {
    SCOPED_TRACE(row.select);
    Project project = MakeProject(row.columns, row.select);
    EXPECT_EQ(Check(project), row.expected.empty() ? "" : row.expected + "\n");
  }
}

TEST(SelectCheck, AcceptsWhatIsPortable) {
  ExpectAll({
      {"id BIGINT", "SELECT t.id FROM things t", ""},
      {"user STRING;timestamp BIGINT", "SELECT DISTINCT user, timestamp FROM things", ""},
      {"n BIGINT", "SELECT count(*) AS n FROM things", ""},
      {"y INT", "SELECT cast(year(d.day) AS INT) AS y FROM days d", ""},
      {"at TIMESTAMP", "SELECT d.at FROM days d", ""},
      {"at TIMESTAMP", "SELECT timestamp_millis(t.timestamp) AS at FROM things t", ""},
      {"r DOUBLE", "SELECT x / nullif(x, 0) AS r FROM things", ""},
      {"r DOUBLE", "SELECT x / 365 AS r FROM things", ""},
      {"b BIGINT", "SELECT cast(floor(x) AS BIGINT) AS b FROM things", ""},
      {"b BIGINT", "SELECT cast(round(x / 2) AS BIGINT) AS b FROM things", ""},
      {"day DATE", "SELECT cast(d.day - interval '3' day AS DATE) AS day FROM days d", ""},
      {"y INT", "SELECT cast(extract(year FROM d.day) AS INT) AS y FROM days d", ""},
      {"id BIGINT",
       "WITH q AS (SELECT t.id, row_number() OVER (PARTITION BY name ORDER BY id) AS n\n"
       "FROM things t) SELECT q.id FROM q WHERE q.n = 1",
       ""},
      {"id BIGINT", "SELECT t.id FROM things t WHERE t.id NOT IN (SELECT d.id FROM days d)", ""},
      {"id BIGINT", "SELECT t.id FROM things t ORDER BY t.id NULLS LAST LIMIT 3", ""},
  });
}

TEST(SelectCheck, FindsInputsAndNotNames) {
  Project project = MakeProject(
      "id BIGINT",
      "WITH days AS (SELECT 1 AS id), q AS (SELECT id FROM THINGS) SELECT q.id FROM q, days");
  EXPECT_EQ(Check(project), "");
  EXPECT_EQ(project.views[1].inputs, std::vector<std::string>{"things"});
  EXPECT_EQ(project.views[0].inputs, std::vector<std::string>{"things"});
}

TEST(SelectCheck, NamesWhatIsNotThere) {
  ExpectAll({
      {"id BIGINT", "SELECT t.id FROM thinks t",
       "1:18 there is no table thinks (did you mean 'things'?)"},
      {"id BIGINT", "SELECT t.id\nFROM shop.things t",
       "2:6 the table things is qualified (write its name alone: the project's database is meant)"},
      {"id BIGINT", "SELECT 'ä',\n  t.idd AS id FROM things t",
       "2:3 there is no column idd (did you mean 'id'?)"},
      {"id BIGINT", "SELECT nam AS id FROM things",
       "1:8 there is no column nam (did you mean 'name'?)"},
      {"id BIGINT", "SELECT sha2(nam, 256) AS id FROM things",
       "1:13 there is no column nam (did you mean 'name'?)"},
      {"id BIGINT", "SELECT z.id FROM things t", "1:8 Referenced table \"z\" not found!"},
      {"u STRING", "SELECT user AS u FROM days", "1:8 there is no column user here"},
  });
}

TEST(SelectCheck, ComparesWithTheContract) {
  ExpectAll({
      {"id STRING", "SELECT t.id FROM things t",
       "1:100 column id is STRING in the column list, but the SELECT gives BIGINT (write cast(.. "
       "AS "
       "STRING) AS id)"},
      {"id BIGINT", "SELECT t.name FROM things t",
       "1:100 column 1 is id in the column list and name in the SELECT (both give the same names "
       "in "
       "the same order: .. AS id)"},
      {"id BIGINT", "SELECT t.id, t.name FROM things t",
       "1:1 the column list has 1 columns, but the SELECT gives 2 (both give the same names in the "
       "same order)"},
      {"id BIGINT;name STRING", "SELECT t.id FROM things t",
       "1:110 the column list has 2 columns, but the SELECT gives 1 (both give the same names in "
       "the "
       "same order)"},
      {"n BIGINT", "SELECT sum(id) AS n FROM things",
       "1:100 column n is BIGINT in the column list, but the SELECT gives HUGEINT (write cast(.. "
       "AS "
       "BIGINT) AS n)"},
      {"id BIGINT;name BIGINT", "SELECT t.id, t.name FROM things t",
       "1:110 column name is BIGINT in the column list, but the SELECT gives STRING (write cast(.. "
       "AS BIGINT) AS name)"},
      {"y BIGINT", "SELECT year(d.day) AS y FROM days d",
       "1:8 a whole number of another type on Spark than on DuckDB (write cast(.. AS BIGINT) AS "
       "y)"},
  });
}

TEST(SelectCheck, TellsBindersErrorsInOneLine) {
  ExpectAll({
      {"n STRING", "SELECT 1 AS n,\n lpad(id, 2, 'a') AS n FROM things",
       "2:2 lpad(BIGINT, INTEGER_LITERAL, STRING_LITERAL) does not take arguments of these types "
       "(cast them: cast(x AS STRING))"},
      {"n BOOLEAN", "SELECT t.id = 1 AND regexp_like(id, 'a') AS n FROM things t",
       "1:21 regexp_like(BIGINT, STRING_LITERAL) does not take arguments of these types (cast "
       "them: cast(x AS STRING))"},
      {"id BIGINT", "SELECT id FROM things GROUP BY name",
       "1:8 column \"id\" must appear in the GROUP BY clause or must be part of an aggregate "
       "function. (add it to GROUP BY, or take min(..) or max(..) of it)"},
      {"id BIGINT", "SELECT id FROM things WHERE (", "1:30 syntax error at end of input"},
  });
}

TEST(SelectCheck, TellsAMissingCommaAtItsPlace) {
  ExpectAll({
      {"id BIGINT;name STRING", "SELECT t.id\n  t.name FROM things t",
       "1:12 a comma is missing here (write one before t)"},
      {"id BIGINT;name STRING", "SELECT t.id AS id\n  t.name AS name FROM things t",
       "1:18 a comma is missing here (write one before t)"},
      {"n BIGINT;name STRING", "SELECT count(*) AS n\n max(name) AS name FROM things",
       "1:21 a comma is missing here (write one before max)"},
      {"id BIGINT;x DOUBLE", "SELECT t.id\n  x FROM things t",
       "1:12 a comma is missing here (or write AS before x)"},
      {"id BIGINT", "SELECT t.id FROM things t JOIN days d ON d.id = t.id AND t.id IN (1 2)",
       "1:68 a comma is missing here (write one before 2)"},
      // A comma does not make these valid.
      {"id BIGINT", "SELECT t.id FORM things t", "1:18 syntax error at or near \"things\""},
      {"id BIGINT", "SELECT t.id FROM things t ORDERBY id",
       "1:27 syntax error at or near \"ORDERBY\""},
  });
}

TEST(SelectCheck, RefusesWhatBothSparksRefuse) {
  const std::string beside = "table beside this derived table: Spark does not look there";
  const std::string join = "join them: put the condition into ON or WHERE outside";
  ExpectAll({
      {"id BIGINT", "SELECT s.id FROM things t, (SELECT d.id FROM days d WHERE d.id = t.id) s",
       "1:66 t is of a " + beside + " (" + join + ")"},
      {"id BIGINT",
       "SELECT s.id FROM things t JOIN (SELECT d.id FROM days d WHERE d.id = t.id) s ON true",
       "1:70 t is of a " + beside + " (" + join + ")"},
      {"id BIGINT", "SELECT s.id FROM things t, (SELECT d.id FROM days d WHERE name = 'a') s",
       "1:59 name is of a " + beside + " (" + join + ")"},
      // A subquery in an expression may refer to the outer SELECT, a derived table to its own FROM.
      {"id BIGINT",
       "SELECT t.id FROM things t WHERE EXISTS (SELECT 1 FROM days d WHERE d.id = t.id)", ""},
      {"id BIGINT",
       "SELECT t.id FROM things t JOIN (SELECT t.id FROM days t) s ON s.id = t.id WHERE t.id > 0",
       ""},
      {"b BIGINT", "SELECT id AS b FROM things WHERE b > 1",
       "1:34 b is an alias of this SELECT: Spark does not know it in WHERE (write the expression "
       "again, or name it in a SELECT inside FROM)"},
      {"id BIGINT", "SELECT id + 1 AS id FROM things WHERE id > 1", ""},
      {"b BIGINT;n BIGINT",
       "SELECT id AS b, cast(sum(b) OVER (ORDER BY id) AS BIGINT) AS n FROM things",
       "1:26 b is an alias of this SELECT: Spark does not know it in a window (write the "
       "expression "
       "again, or name it in a SELECT inside FROM)"},
      {"b BIGINT;n BIGINT",
       "SELECT id AS b, cast(row_number() OVER (ORDER BY b) AS BIGINT) AS n FROM things",
       "1:50 b is an alias of this SELECT: Spark does not know it in a window (write the "
       "expression "
       "again, or name it in a SELECT inside FROM)"},
      {"b BIGINT", "SELECT id AS b FROM things GROUP BY b ORDER BY b NULLS LAST", ""},
      {"n BIGINT", "SELECT count(t) AS n FROM things t",
       "1:14 t is a table here, not a value (name a column of it; count(*) counts rows)"},
      {"n BIGINT", "SELECT count(things) AS n FROM things",
       "1:14 things is a table here, not a value (name a column of it; count(*) counts rows)"},
      {"id BIGINT",
       "WITH q AS (SELECT id FROM things) SELECT r.id FROM (WITH q AS (SELECT id FROM days) SELECT "
       "q.id FROM q) r JOIN q ON q.id = r.id",
       "1:71 WITH q stands inside another WITH q: Spark 3.5 refuses it (give one of them another "
       "name)"},
      {"id BIGINT", "WITH days AS (SELECT id FROM days) SELECT d.id FROM days d", ""},
      {"id BIGINT;name STRING;x DOUBLE;user STRING;timestamp BIGINT;day DATE",
       "SELECT * FROM things JOIN (SELECT id, day FROM days) USING (id)",
       "1:8 * of tables joined by USING: Spark puts its columns into another order (write the "
       "columns out)"},
      {"id BIGINT", "SELECT id FROM things JOIN days USING (id)", ""},
      {"n BIGINT", "SELECT count(*) AS n FROM things JOIN days USING (id)", ""},
  });
}

TEST(SelectCheck, WarnsOfLettersBeyondAscii) {
  ExpectAll({
      {"n STRING", "SELECT lower(name) AS n FROM things",
       "1:8 warning: lower gives other letters on Spark than on DuckDB beyond ASCII (write "
       "translate(x, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'))"},
      {"n STRING", "SELECT upper(name) AS n FROM things",
       "1:8 warning: upper gives other letters on Spark than on DuckDB beyond ASCII (write "
       "translate(x, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'))"},
      {"n STRING", "SELECT trim(name) AS n FROM things",
       "1:8 warning: trim takes more kinds of space away on DuckDB than on Spark (write trim(BOTH "
       "' "
       "' FROM x))"},
      {"n STRING", "SELECT trim(BOTH ' ' FROM name) AS n FROM things", ""},
      {"n STRING", "SELECT lower('ABC') AS n FROM things", ""},
      {"n STRING",
       "SELECT CASE WHEN NOT regexp_like(name, '[^ -~]') THEN lower(name) END AS n FROM things",
       ""},
      {"n STRING",
       "SELECT CASE WHEN NOT regexp_like(name, '[^ -~]') THEN '' ELSE lower(name) END AS n FROM "
       "things",
       "1:63 warning: lower gives other letters on Spark than on DuckDB beyond ASCII (write "
       "translate(x, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'))"},
      {"n STRING", "SELECT translate(name, 'AB', 'ab') AS n FROM things", ""},
  });
}

TEST(SelectCheck, RefusesWhatIsNotPortable) {
  ExpectAll({
      {"n STRING", "SELECT concat(name, 'x') AS n FROM things",
       "1:8 concat is not portable: a NULL makes the whole NULL on Spark and is left out by DuckDB "
       "(write a || b, or concat_ws('', a, b) to leave NULLs out)"},
      {"n STRING", "SELECT uper(name) AS n FROM things",
       "1:8 uper is not known to give the same result on Spark (did you mean 'upper'?)"},
      {"n STRING", "SELECT to_json(name) AS n FROM things",
       "1:8 to_json is not known to give the same result on Spark (docs/pipelines.md says what "
       "is)"},
      {"n STRING", "SELECT t.\"name\" AS n FROM things t",
       "1:10 \"name\" is not portable: Spark reads it as a text (write a name without quotes, in "
       "lower case, and a text in '..')"},
      {"n BIGINT", "SELECT id::BIGINT AS n FROM things",
       "1:10 :: is not portable: Spark 3.5 does not read it (write cast(x as TYPE))"},
      {"r DOUBLE", "SELECT 1 / x AS r FROM things",
       "1:10 / is not portable: by zero it is an error on Spark and infinity on DuckDB (write a / "
       "nullif(b, 0), or divide by a number that is not 0)"},
      {"r DOUBLE", "SELECT price / 2 AS r FROM days",
       "1:14 / of DECIMAL is DOUBLE on DuckDB and DECIMAL on Spark (write cast(a as DOUBLE) / ..)"},
      {"n BIGINT", "SELECT cast(x AS BIGINT) AS n FROM things",
       "1:8 a cast to a whole number rounds on DuckDB and cuts off on Spark (write cast(floor(x) "
       "as "
       "BIGINT) or cast(round(x) as BIGINT))"},
      {"s STRING", "WITH q AS (SELECT x + 1 AS y FROM things) SELECT cast(y AS STRING) AS s FROM q",
       "1:50 engines write a DOUBLE or TIMESTAMP differently as STRING (cast it to DECIMAL(p,s) "
       "first)"},
      {"s STRING", "SELECT name || x AS s FROM things",
       "1:13 || of a DOUBLE or TIMESTAMP: engines write them differently (make a whole number or a "
       "DECIMAL of it first)"},
      {"n BIGINT", "SELECT a.day - b.day AS n FROM days a JOIN days b USING (id)",
       "1:14 date - date is a number on DuckDB and an interval on Spark (write datediff(later, "
       "earlier))"},
      {"id BIGINT", "SELECT id FROM things QUALIFY row_number() OVER (ORDER BY id) = 1",
       "1:1 QUALIFY is not portable: Spark 4.1 does not have it (number the rows in a subquery and "
       "filter outside it)"},
      {"id BIGINT", "SELECT id FROM things LIMIT 3",
       "1:1 LIMIT without ORDER BY is not portable: its result depends on the order of rows (add "
       "ORDER BY)"},
      {"id BIGINT",
       "SELECT q.id FROM (SELECT id, row_number() OVER (PARTITION BY user ORDER BY "
       "name) AS n FROM things) q WHERE q.n = 1",
       "1:76 ORDER BY without a place for NULLs: they are last on DuckDB and first on Spark (add "
       "NULLS FIRST or NULLS LAST)"},
      {"id BIGINT", "SELECT * EXCLUDE (name) FROM things",
       "1:8 * EXCLUDE is not portable: Spark 4.1 does not have it (list the columns)"},
      {"id BIGINT", "SELECT t.id FROM things t SEMI JOIN days d ON d.id = t.id",
       "1:27 SEMI JOIN is not portable: not all engines have it (write WHERE EXISTS (SELECT ..) or "
       "IN)"},
      {"id BIGINT", "SELECT x AS id FROM range(5) t(x)",
       "1:21 table function is not portable: only tables of the project can be read"},
      {"id BIGINT", "SELECT id FROM things WHERE name = ANY (SELECT name FROM things)",
       "1:34 = ANY (..) is not portable: Spark does not have it (write IN (SELECT ..) or EXISTS)"},
      {"t TIMESTAMP", "SELECT current_timestamp AS t FROM things",
       "1:8 current_timestamp is not portable: it gives another result each time (write date "
       "'${stedi.as_of}', which is fixed for a run)"},
  });
}

// Each SELECT binds on DuckDB. `expected` is the position of its only mistake, and how the message
// begins.
void ExpectRefused(const std::vector<std::pair<std::string, std::string>>& cases) {
  for (const auto& [select, expected] : cases) {
    SCOPED_TRACE(select);
    Project project = MakeProject("n BIGINT", select);
    const std::string found = Check(project);
    EXPECT_TRUE(found.starts_with(expected)) << found;
    EXPECT_EQ(std::ranges::count(found, '\n'), 1) << found;
  }
}

TEST(SelectCheck, RefusesArgumentsThatEnginesTakeDifferently) {
  ExpectRefused({
      {"SELECT trim(name, ' ') AS n FROM things", "1:8 trim(a, b): Spark takes"},
      {"SELECT rtrim(name, user) AS n FROM things", "1:8 rtrim(a, b): Spark takes"},
      {"SELECT cast(extract(dow FROM day) AS INT) AS n FROM days", "1:13 extract(dow ..) is not"},
      {"SELECT cast(extract(isodow FROM day) AS INT) AS n FROM days", "1:13 extract(isodow"},
      {"SELECT cast(dayofweek(day) AS INT) AS n FROM days", "1:13 dayofweek is not portable"},
      {"SELECT left(name, -1) AS n FROM things", "1:8 left by what may be below 0"},
      {"SELECT right(name, id) AS n FROM things", "1:8 right by what may be below 0"},
      {"SELECT split_part(name, '', 1) AS n FROM things", "1:8 split_part by what may be empty"},
      {"SELECT split_part(name, ',', 0) AS n FROM things", "1:8 split_part of a part that may"},
      {"SELECT lpad(name, 2, '') AS n FROM things", "1:8 lpad with an empty text"},
      {"SELECT reverse(name) AS n FROM things", "1:8 reverse is not portable"},
      {"SELECT max_by(name, id) AS n FROM things", "1:8 max_by of what may be NULL"},
      {"SELECT min_by(t.id, d.id) AS n FROM days d LEFT JOIN things t ON t.id = d.id",
       "1:8 min_by of what may be NULL"},
      {"SELECT max(name ORDER BY id) AS n FROM things", "1:8 ORDER BY inside of max(..)"},
      {"SELECT regexp_like(name, '[[:alpha:]]') AS n FROM things", "1:8 a pattern with [ inside"},
      {"SELECT regexp_like(name, '^[a-z&&[b]]$') AS n FROM things", "1:8 a pattern with && inside"},
      {"SELECT regexp_extract(name, '(?i)a', 0) AS n FROM things", "1:8 a pattern with (?, which"},
      {"SELECT regexp_like(name, user) AS n FROM things", "1:8 regexp_like with a pattern that"},
  });
  ExpectAll({
      {"n STRING", "SELECT trim('x' FROM name) AS n FROM things", ""},
      {"n STRING", "SELECT trim(TRAILING 'x' FROM name || 'y') AS n FROM things", ""},
      {"n INT", "SELECT cast(extract(week FROM day) AS INT) AS n FROM days", ""},
      {"n STRING", "SELECT left(name, 0) || right(name, 1) AS n FROM things", ""},
      {"n STRING", "SELECT left(name, greatest(id - 1, 0)) AS n FROM things", ""},
      {"n STRING", "SELECT split_part(name, ',', -1) AS n FROM things", ""},
      {"n BIGINT", "SELECT max_by(id, name) AS n FROM things", ""},
      {"n STRING", "SELECT max_by(name, id) FILTER (WHERE name IS NOT NULL) AS n FROM things", ""},
      {"n BOOLEAN", "SELECT regexp_like(name, '^[^a-c][0-9]{2,4}(x|y)*?$') AS n FROM things", ""},
  });
}

TEST(SelectCheck, RefusesTypesThatSparkDoesNotConvert) {
  ExpectRefused({
      {"SELECT id AS n FROM things WHERE id", "1:34 a condition that is not BOOLEAN"},
      {"SELECT id AS n FROM things WHERE NOT x", "1:38 a condition that is not BOOLEAN"},
      {"SELECT id AS n FROM things WHERE id > 1 AND id", "1:45 a condition that is not BOOLEAN"},
      {"SELECT d.id AS n FROM things t JOIN days d ON t.x", "1:47 a condition that is not"},
      {"SELECT count(*) FILTER (WHERE id) AS n FROM things", "1:31 a condition that is not"},
      {"SELECT count(*) AS n FROM things HAVING count(*)", "1:41 a condition that is not"},
      {"SELECT id AS n FROM things WHERE (id > 1) = 1", "1:35 a BOOLEAN beside a number"},
      {"SELECT id AS n FROM things WHERE id IN (true)", "1:34 a BOOLEAN beside a number"},
      {"SELECT coalesce(id > 1, 0) AS n FROM things", "1:17 a BOOLEAN beside a number"},
      {"SELECT greatest(x, 'NaN') AS n FROM things", "1:8 greatest of a text and something else"},
  });
  ExpectAll({
      {"id BIGINT", "SELECT id FROM things WHERE contains(name, 'a') AND (name LIKE 'b%') = true",
       ""},
      {"id BIGINT", "SELECT id FROM things WHERE cast(name AS BOOLEAN) OR name IN ('a')", ""},
  });
}

TEST(SelectCheck, RefusesFormsThatSparkDoesNotRead) {
  ExpectRefused({
      {"SELECT t.id AS n FROM things t, (VALUES (t.id)) q(x)", "1:42 t is of a table beside"},
      {"SELECT q.a AS n FROM (SELECT 1 AS a, 2 AS a) q", "1:8 q has two columns a"},
      {"SELECT a AS n FROM (SELECT 1 AS a, 2 AS a) q", "1:8 q has two columns a"},
      {"SELECT q.id AS n FROM (SELECT * FROM things t JOIN days d ON t.id = d.id) q",
       "1:8 q has two columns id"},
      {"SELECT DISTINCT id AS n FROM things ORDER BY name NULLS LAST",
       "1:46 ORDER BY name behind SELECT DISTINCT"},
      {"SELECT max(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE CURRENT "
       "ROW) AS n FROM things",
       "1:8 EXCLUDE .. is not portable"},
      {"SELECT max(id) OVER (ORDER BY id GROUPS 1 PRECEDING) AS n FROM things", "1:8 GROUPS is"},
      {"SELECT lead(id IGNORE NULLS) OVER (ORDER BY id) AS n FROM things",
       "1:16 IGNORE NULLS is not portable"},
      {"SELECT count(DISTINCT id) OVER () AS n FROM things", "1:8 count(DISTINCT ..) OVER"},
      {"SELECT t.rowid AS n FROM things t", "1:8 there is no column rowid"},
      {"SELECT (SELECT d.id FROM days d WHERE d.id = t.id) AS n FROM things t",
       "1:8 a value from a subquery that looks"},
      {"SELECT id AS n FROM things t WHERE NOT EXISTS (SELECT 1 FROM days d WHERE d.id > t.id "
       "ORDER "
       "BY d.id NULLS LAST LIMIT 1)",
       "1:40 LIMIT in a subquery that looks"},
  });
  ExpectAll({
      {"id BIGINT", "SELECT DISTINCT t.id FROM things t ORDER BY t.id, 1, id + 1 DESC", ""},
      {"n BIGINT", "SELECT (SELECT max(d.id) FROM days d WHERE d.id = t.id) AS n FROM things t",
       ""},
      {"n BIGINT",
       "SELECT (SELECT d.id FROM days d ORDER BY d.id NULLS LAST LIMIT 1) AS n FROM things t", ""},
      {"n BIGINT", "SELECT q.b AS n FROM (SELECT 1 AS a, 2 AS a, id AS b FROM things) q", ""},
      {"id BIGINT", "SELECT q.id FROM (SELECT id FROM things JOIN days USING (id)) q", ""},
  });
}

TEST(SelectCheck, WarnsOfSumsThatDependOnOrder) {
  ExpectAll({{"s DOUBLE", "SELECT sum(x) AS s FROM things",
              "1:8 warning: sum of DOUBLE depends on the order of rows in its last digits (sum a "
              "DECIMAL: cast(x as DECIMAL(p,s)), or round the result)"},
             {"s DOUBLE", "SELECT avg(id) AS s FROM things", ""}});
}

TEST(SelectCheck, LooksAtConditions) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"id > 0 AND name IN ('a', 'b')", ""},
      {"idd > 0", "7:3 positive: there is no column idd (did you mean 'id'?)\n"},
      {"concat(name, 'x') = 'ax'",
       "7:3 positive: concat is not portable: a NULL makes the whole NULL on Spark and is left out "
       "by DuckDB (write a || b, or concat_ws('', a, b) to leave NULLs out)\n"},
      {"id IN (SELECT d.id FROM days d)",
       "7:3 positive: a condition looks at one row and cannot read a table (use "
       "references.<column>, or make a table of what you compare with)\n"},
  };
  for (const auto& [condition, expected] : cases) {
    SCOPED_TRACE(condition);
    Project project = MakeProject("id BIGINT", "SELECT t.id FROM things t");
    Expectation expectation;
    expectation.name = "positive";
    expectation.kind = "expect";
    expectation.condition = condition;
    expectation.position = {"t.sql", 7, 3};
    project.feeds[0].expectations.push_back(expectation);
    EXPECT_EQ(Check(project), expected);
  }
}

TEST(SelectCheck, ShowsNoSecret) {
  Project project = MakeProject("n BIGINT", "SELECT swordfish1 AS n FROM things");
  project.parameters["key"] = {"swordfish1", Parameter::Origin::kBuiltIn, true, {}, {}, {}};
  EXPECT_EQ(Check(project), "1:8 there is no column ${key}\n");
}

TEST(SelectCheck, SaysNothingNewOfTablesThatCouldNotBeRead) {
  Project project = MakeProject("id BIGINT", "SELECT n.idd AS id FROM nothing n");
  project.unfinished.push_back("nothing");
  EXPECT_EQ(Check(project), "");
}

TEST(Dialect, RunsTheSampleOfEveryAllowedConstruct) {
  DatabaseOptions options;
  options.threads = 1;
  Database database(options);
  Connection connection(database);
  CreateDialect(connection);
  CreateDialect(connection);  // a second call is harmless
  for (const SqlConstruct& row : SqlConstructs()) {
    SCOPED_TRACE(row.name);
    if (!row.allowed) continue;
    EXPECT_NO_THROW(connection.Execute(SampleStatement(row)));
  }
  EXPECT_EQ(connection.Scalar("SELECT CAST(add_months(DATE '2020-02-29', 12) AS VARCHAR)"),
            "2021-02-28");
  EXPECT_EQ(connection.Scalar("SELECT unix_millis(timestamp_millis(1655564449079))"),
            "1655564449079");
  EXPECT_EQ(connection.Scalar("SELECT datediff(DATE '2020-03-01', DATE '2020-02-28')"), "2");
}

}  // namespace
}  // namespace stedi
