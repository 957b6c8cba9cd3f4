#include "select/select_shape.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "pipeline/feed_tables.h"
#include "pipeline/portable_sql.h"

namespace stedi {
namespace {

View MakeView(const std::string& name, const std::vector<std::string>& columns,
              const std::string& select) {
  View view;
  view.name = name;
  for (const std::string& column : columns) {
    ColumnDefinition definition;
    definition.name = column.substr(0, column.find(' '));
    definition.type = ParseSqlType(column.substr(column.find(' ') + 1)).value();
    view.columns.push_back(definition);
  }
  view.select = {select, select, "t.sql", {{0, 0, false}}};
  return view;
}

Project MakeProject() {
  Project project;
  Feed feed;
  const View columns = MakeView("landing", {"id BIGINT", "name STRING", "x DOUBLE"}, "");
  feed.name = columns.name;
  feed.path = columns.path;
  feed.columns = columns.columns;
  feed.properties["feed.path"] = "landing";
  DefineFeedTables(feed);
  project.feeds.push_back(feed);
  project.views.push_back(MakeView("people", {"name STRING", "since BIGINT", "age INT"}, ""));
  project.views.push_back(MakeView("days", {"id BIGINT", "day BIGINT"}, ""));
  return project;
}

// Formats a shape as "distinct by output landing people? 1:days; id=landing.id ..", where "by
// output" stands for semi_by_output, ? for an input that is only read by EXISTS or IN, and 1: for
// the branch of UNION ALL. Formats the reason instead when the shape is not incremental.
std::string Describe(const SelectShape& shape, const View& view) {
  if (!shape.is_incremental()) return ReasonText(shape, view);
  std::string text = shape.is_distinct ? "distinct" : "rows";
  if (shape.semi_by_output) text += " by output";
  for (const SelectShape::Input& input : shape.inputs) {
    text += fmt::format(" {}{}{}", input.branch > 0 ? fmt::format("{}:", input.branch) : "",
                        input.table, input.is_semi ? "?" : "");
  }
  std::set<std::string> same;
  for (const SelectShape::SameColumn& column : shape.same_columns) {
    same.insert(fmt::format("{}={}.{}", column.output, column.table, column.column));
  }
  return fmt::format("{}; {}", text, fmt::join(same, " "));
}

struct Case {
  std::string select;
  std::string expected;
};

void ExpectAll(const std::vector<Case>& cases) {
  DatabaseOptions options;
  options.threads = 1;
  Database database(options);
  Connection connection(database);
  const Project project = MakeProject();
  for (const Case& row : cases) {
    SCOPED_TRACE(row.select);
    const View view = MakeView("tested", {"id BIGINT", "name STRING", "other BIGINT"}, row.select);
    EXPECT_EQ(Describe(ShapeOf(connection, view, project), view), row.expected);
  }
}

TEST(SelectShape, Incremental) {
  ExpectAll({
      {"SELECT l.id, l.name, l._offset FROM landing l WHERE l.x > 1 ORDER BY 1",
       "rows by output landing; id=landing.id name=landing.name other=landing._offset"},
      {"SELECT DISTINCT id, upper(name), cast(x AS BIGINT) FROM landing",
       "distinct by output landing; id=landing.id"},
      {"SELECT DISTINCT l.id, l.name, p.since FROM landing l JOIN people p ON p.name = l.name "
       "WHERE NOT true OR l._offset >= p.since",
       "distinct by output landing people; id=landing.id name=landing.name name=people.name "
       "other=people.since"},
      {"SELECT l.id, p.name, d.day FROM landing AS l, people p CROSS JOIN days d",
       "rows by output landing people days; id=landing.id name=people.name other=days.day"},
      {"SELECT l.id, l.name, day FROM landing l JOIN days USING (id)",
       "rows by output landing days; id=days.id id=landing.id name=landing.name other=days.day"},
      {"SELECT p.since, p.name, p.since FROM people p WHERE EXISTS (SELECT 1 FROM landing l WHERE "
       "l.name = p.name AND l.id > 3)",
       "rows by output people landing?; id=people.since name=landing.name name=people.name "
       "other=people.since"},
      {"SELECT p.since, p.name, p.since FROM people p WHERE p.age > 1 AND p.name IN (SELECT "
       "DISTINCT l.name FROM landing l JOIN days d ON d.id = l.id)",
       "rows by output people landing? days?; id=people.since name=landing.name name=people.name "
       "other=people.since"},
      // The condition uses `age`, which is not an output column.
      {"SELECT p.since, p.name, p.since FROM people p WHERE p.age IN (SELECT l.x FROM landing l)",
       "rows people landing?; id=people.since name=people.name other=people.since"},
      // A DOUBLE that equals an INT is not the same value.
      {"SELECT l.id, q.n, q.s FROM landing l JOIN (SELECT p.name AS n, p.since + 1 AS s, p.age "
       "FROM "
       "people p) q ON q.age = l.x",
       "rows by output landing people; id=landing.id name=people.name"},
      {"SELECT l.* FROM landing l", "rows by output landing; "},
      // The order of the rows does not change which rows there are.
      {"SELECT l.id, q.name, 1 FROM landing l JOIN (SELECT p.name, row_number() OVER (ORDER BY "
       "p.since) AS place FROM people p) q ON q.name = l.name ORDER BY q.place",
       "rows by output landing people; id=landing.id name=landing.name name=people.name"},
      {"SELECT l.id, q.name, 1 FROM landing l JOIN (SELECT p.name, CAST(row_number() OVER (ORDER "
       "BY p.since) AS INT) AS place FROM people p) q ON q.name = l.name ORDER BY q.place",
       "rows by output landing people; id=landing.id name=landing.name name=people.name"},
      {"SELECT p.since, p.name, 1 FROM people p UNION ALL SELECT l.id, l.name, 2 FROM landing l",
       "rows people 1:landing; id=landing.id id=people.since name=landing.name name=people.name"},
      {"SELECT p.since, p.name, 1 FROM people p UNION SELECT DISTINCT d.id, 'x', 2 FROM days d",
       "distinct people 1:days; id=days.id id=people.since name=people.name"},
  });
}

TEST(SelectShape, RebuiltInFull) {
  ExpectAll({
      {"SELECT id, name,\n row_number() OVER (ORDER BY id) FROM landing",
       "window function at t.sql:2:2"},
      {"SELECT id, name, 1 + sum(x) FROM landing GROUP BY 1, 2", "GROUP BY at t.sql:1:51"},
      {"SELECT id, name, 1 FROM landing GROUP BY ALL", "GROUP BY at t.sql:1:1"},
      {"SELECT 1, 'a', 1 + count(*) FROM landing", "count_star() over many rows at t.sql:1:20"},
      {"SELECT id, name, 1 FROM landing ORDER BY id LIMIT 3", "LIMIT at t.sql:1:51"},
      {"SELECT l.id, p.name, 1 FROM landing l LEFT JOIN people p ON p.name = l.name",
       "LEFT JOIN at t.sql:1:49"},
      {"SELECT id, name, 1 FROM landing l WHERE NOT EXISTS (SELECT 1 FROM days)",
       "NOT EXISTS at t.sql:1:41"},
      {"SELECT id, name, 1 FROM landing l WHERE id NOT IN (SELECT id FROM days)",
       "NOT IN (SELECT ..) at t.sql:1:41"},
      {"SELECT id, name, 1 FROM landing WHERE x > 1 OR EXISTS (SELECT 1 FROM days)",
       "EXISTS that is not one of the conditions joined by AND at t.sql:1:48"},
      {"SELECT id, name, (SELECT max(day) FROM days) FROM landing",
       "subquery as a value at t.sql:1:18"},
      {"SELECT a.id, a.name, b.id FROM landing a JOIN landing b ON a.name = b.name",
       "landing is read twice at t.sql:1:47"},
      {"WITH w AS (SELECT id FROM landing) SELECT id, 'a', 1 FROM w", "WITH at t.sql:1:19"},
      {"SELECT id, name, 1 FROM landing EXCEPT SELECT day, 'a', 1 FROM days",
       "EXCEPT at t.sql:1:8"},
      {"SELECT id, name, 1 FROM landing UNION ALL SELECT DISTINCT day, 'a', 1 FROM days",
       "DISTINCT inside UNION ALL at t.sql:1:59"},
      {"SELECT q.id, q.name, 1 FROM (SELECT DISTINCT id, name FROM landing) q",
       "DISTINCT in FROM at t.sql:1:46"},
      {"SELECT p.since, p.name, 1 FROM people p WHERE EXISTS (SELECT count(*) FROM days)",
       "count_star() over many rows at t.sql:1:62"},
      {"SELECT id, name, 1 FROM landing WHERE current_date > cast('2020-01-01' AS DATE)",
       "current_date is another day in the next run at t.sql:1:39"},
      {"SELECT q.place, q.name, 1 FROM (SELECT p.name, row_number() OVER (ORDER BY p.since) AS "
       "place FROM people p) q ORDER BY q.place",
       "window function at t.sql:1:8"},
      {"SELECT l.id, q.name, 1 FROM landing l JOIN (SELECT p.name, row_number() OVER (ORDER BY "
       "p.since) AS id FROM people p) q USING (id)",
       "window function at t.sql:1:29"},
      {"SELECT 1, q.name, 1 FROM (SELECT p.*, rank() OVER (ORDER BY p.since) AS n FROM people p) "
       "q",
       "window function at t.sql:1:39"},
      {"SELECT 1, q.a, 1 FROM (SELECT p.name, rank() OVER (ORDER BY p.since) AS n FROM people p) "
       "q(a, b)",
       "window function at t.sql:1:31"},
      {"SELECT q.* FROM (SELECT p.age, p.name, rank() OVER (ORDER BY p.since) AS n FROM people p) "
       "q",
       "window function at t.sql:1:8"},
      {"SELECT 1, 'a', 2", "no table read at t.sql:1:1"},
  });
}

TEST(SelectShape, NotWhereRowsAreTakenOut) {
  View view = MakeView("tested", {"id BIGINT"}, "SELECT id FROM landing");
  Expectation expectation;
  expectation.name = "small";
  expectation.action = ExpectationAction::kDrop;
  view.expectations.push_back(expectation);
  DatabaseOptions options;
  options.threads = 1;
  Database database(options);
  Connection connection(database);
  EXPECT_EQ(ReasonText(ShapeOf(connection, view, MakeProject()), view),
            "expectation small takes rows out");
}

// Of the functions that a project may call, exactly those that are aggregates in DuckDB count as
// aggregates. (DuckDB also lists window functions as aggregates; they cannot be used without OVER.)
TEST(SelectShape, KnowsAllAggregates) {
  DatabaseOptions options;
  options.threads = 1;
  Database database(options);
  Connection connection(database);
  std::set<std::string> windows = {"row_number", "rank", "dense_rank",  "ntile",
                                   "lag",        "lead", "first_value", "last_value"};
  std::set<std::string> aggregates;
  for (const TextRow& row : connection
                                .Query("SELECT DISTINCT function_name FROM duckdb_functions() "
                                       "WHERE function_type = 'aggregate'")
                                .Rows()) {
    if (!windows.contains(row[0].value())) aggregates.insert(row[0].value());
  }
  int found = 0;
  for (const SqlConstruct& row : SqlConstructs()) {
    if (row.kind != ConstructKind::kFunction || !row.allowed || row.name == "filter") continue;
    if (row.name == "grouping") continue;  // not allowed without GROUP BY
    if (row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") != row.name.npos) {
      continue;  // an operator
    }
    SCOPED_TRACE(row.name);
    const bool is_aggregate = aggregates.contains(std::string(row.name));
    found += is_aggregate ? 1 : 0;
    const View view =
        MakeView("tested", {"id BIGINT"}, fmt::format("SELECT {}(id) FROM landing", row.name));
    const SelectShape shape = ShapeOf(connection, view, MakeProject());
    EXPECT_EQ(shape.reason.find("over many rows") != std::string::npos, is_aggregate)
        << shape.reason;
  }
  EXPECT_GT(found, 10);
}

}  // namespace
}  // namespace stedi
