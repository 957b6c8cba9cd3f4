#include "select/name_resolver.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "select/select_tree.h"

namespace stedi {
namespace {

using Json = nlohmann::json;
using Meaning = NameUse::Meaning;

// t(a, b), u(b, c), w(x, y); nothing is known about any other table.
TableColumns Tables() { return {{"t", {"a", "b"}}, {"u", {"b", "c"}}, {"w", {"x", "y"}}}; }

std::string Plain(const std::optional<TableColumn>& plain) {
  return plain.has_value() ? fmt::format(" ({}.{})", plain->table, plain->column) : "";
}

std::string ShowColumns(const NameUse& use) {
  std::string text;
  for (const FoundColumn& found : use.columns) {
    const SourceColumn& column = (*found.source->columns)[found.index];
    const char* between = text.empty() ? "" : use.is_merged ? " + " : " | ";
    text += fmt::format("{}{}.{}{}", between, found.source->alias, column.name,
                        use.columns.size() == 1 ? Plain(column.plain) : "");
  }
  return text + (use.is_sure ? "" : "?");
}

// Formats a meaning, such as "t.a (t.a) ^1": the column with its source; in parentheses the table
// column that it is, if it is exactly one; after ^ how many scopes outwards. A "?" says that other
// sources may have the column, too.
std::string Meant(const NameUse& use) {
  std::string meaning;
  switch (use.meaning) {
    case Meaning::kColumn:
      meaning = ShowColumns(use);
      break;
    case Meaning::kMaybeColumn:
      meaning = "may be a column";
      break;
    case Meaning::kAlias:
      meaning = fmt::format("item {}", *use.alias);
      break;
    case Meaning::kRow:
      meaning = "row";
      break;
    case Meaning::kNeighbour:
      meaning = "neighbour";
      break;
    case Meaning::kMaybeNeighbour:
      meaning = "may be a neighbour";
      break;
    case Meaning::kNone:
      meaning = "nothing";
      break;
  }
  const bool is_column = use.meaning == Meaning::kColumn || use.meaning == Meaning::kMaybeColumn;
  if (is_column && *use.depth > 0) meaning += fmt::format(" ^{}", *use.depth);
  return meaning;
}

std::string Written(const Json& column_ref) {
  std::vector<std::string> parts;
  for (const Json& part : Member(column_ref, "column_names")) {
    parts.push_back(part.get<std::string>());
  }
  return fmt::format("{}", fmt::join(parts, "."));
}

std::string ShowUses(const NameResolver& names) {
  std::string text;
  for (const NameUse& use : names.uses()) {
    text += fmt::format("{}{} -> {}", text.empty() ? "" : "; ", Written(*use.node), Meant(use));
  }
  return text;
}

// "a (t.a), n": the columns of the outermost SELECT.
std::string ShowOutputs(const NameResolver& names, const Json& tree) {
  const NameQuery* query = names.QueryOf(tree.at("statements").at(0).at("node"));
  if (!query->columns.has_value()) return "not known";
  std::string text;
  for (const OutputColumn& column : *query->columns) {
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", column.name.empty() ? "-" : column.name,
                        Plain(column.plain));
  }
  return text;
}

class NameResolverTest : public testing::Test {
 protected:
  NameResolverTest() : database_(Options()), connection_(database_) {}

  Json Parse(const std::string& select) {
    Json tree = ParseSelect(connection_, select);
    EXPECT_FALSE(tree.is_null()) << select;
    return tree;
  }

  struct Case {
    std::string select;
    std::string expected;
  };
  void ExpectUses(const std::vector<Case>& cases) {
    for (const Case& row : cases) {
      SCOPED_TRACE(row.select);
      const Json tree = Parse(row.select);
      EXPECT_EQ(ShowUses(NameResolver(tree, Tables())), row.expected);
    }
  }
  void ExpectOutputs(NameResolver::Follow follow, const std::vector<Case>& cases) {
    for (const Case& row : cases) {
      SCOPED_TRACE(row.select);
      const Json tree = Parse(row.select);
      EXPECT_EQ(ShowOutputs(NameResolver(tree, Tables(), follow), tree), row.expected);
    }
  }

 private:
  static DatabaseOptions Options() {
    DatabaseOptions options;
    options.threads = 1;
    return options;
  }
  Database database_;
  Connection connection_;
};

TEST_F(NameResolverTest, ColumnsOfTables) {
  ExpectUses({
      {"SELECT a, T.B, nope FROM t", "a -> t.a (t.a); T.B -> t.b (t.b); nope -> nothing"},
      {"SELECT r.a FROM t r WHERE t.a = 1", "r.a -> r.a (t.a); t.a -> nothing"},
      {"SELECT b FROM t JOIN u ON a = c", "a -> t.a (t.a); c -> u.c (u.c); b -> t.b | u.b"},
      {"SELECT b, t.b, u.b, a FROM t JOIN u USING (b)",
       "b -> t.b + u.b; t.b -> t.b (t.b); u.b -> u.b (u.b); a -> t.a (t.a)"},
      // The second JOIN's condition sees the column that the first one merged.
      {"SELECT 1 FROM t JOIN u USING (b) JOIN w ON b = x", "b -> t.b + u.b; x -> w.x (w.x)"},
      // A column takes precedence over a table; the name of a table alone is its row.
      {"SELECT count(t), count(a) FROM t", "t -> row; a -> t.a (t.a)"},
      {"SELECT a FROM t a", "a -> a.a (t.a)"},
      {"SELECT current_date FROM t", "current_date -> nothing"},
      {"SELECT s.t.a FROM t", "s.t.a -> nothing"},
  });
}

TEST_F(NameResolverTest, WhatIsNotKnownMayHaveAnyColumn) {
  ExpectUses({
      {"SELECT a, z.a, t.b, k FROM t, missing z",
       "a -> t.a (t.a)?; z.a -> may be a column; t.b -> t.b (t.b); k -> may be a column"},
      // A condition on a table that the tree does not name.
      {"SELECT (a > 1)", "a -> may be a column"},
      {"SELECT q.x FROM (VALUES (1)) q(x)", "q.x -> may be a column"},
      {"SELECT n FROM range(3) r(n)", "n -> may be a column"},
      {"SELECT q.a FROM (SELECT * FROM t JOIN u USING (b)) q", "q.a -> may be a column"},
  });
}

TEST_F(NameResolverTest, DerivedTables) {
  ExpectUses({
      {"SELECT q.n, n, q.m FROM (SELECT a AS n, a + 1 AS m FROM t) q",
       "a -> t.a (t.a); a -> t.a (t.a); q.n -> q.n (t.a); n -> q.n (t.a); q.m -> q.m"},
      {"SELECT q.k, q.b, q.a FROM (SELECT * FROM t) q(k)",
       "q.k -> q.k (t.a); q.b -> q.b (t.b); q.a -> nothing"},
      {"SELECT r.k FROM t AS r(k)", "r.k -> r.k (t.a)"},
      {"SELECT q.a FROM (SELECT p.a FROM (SELECT a FROM t) p) q",
       "a -> t.a (t.a); p.a -> p.a (t.a); q.a -> q.a (t.a)"},
      {"SELECT q.a FROM (SELECT 1 AS a, 2 AS a) q", "q.a -> q.a | q.a"},
      // The engines differ: DuckDB looks to the left, Spark does not.
      {"SELECT 1 FROM t, (SELECT c FROM u WHERE c = a AND u.b = t.b) q",
       "c -> u.c (u.c); c -> u.c (u.c); a -> neighbour; u.b -> u.b (u.b); t.b -> neighbour"},
      {"SELECT 1 FROM missing m, (SELECT c FROM u WHERE z = 1) q",
       "c -> u.c (u.c); z -> may be a neighbour"},
      {"SELECT 1 FROM t, (VALUES (t.a)) q(x)", "t.a -> neighbour"},
      // `w, t JOIN u` means w CROSS JOIN (t JOIN u).
      {"SELECT 1 FROM w, t JOIN u ON a = c AND x = 1",
       "a -> t.a (t.a); c -> u.c (u.c); x -> neighbour"},
  });
}

TEST_F(NameResolverTest, Aliases) {
  ExpectUses({
      {"SELECT a AS n, n + 1 AS m FROM t WHERE n > 1 GROUP BY n HAVING m > 1 ORDER BY n, a",
       "a -> t.a (t.a); n -> item 0; n -> item 0; n -> item 0; m -> item 1; n -> item 0; a -> t.a "
       "(t.a)"},
      // A column in FROM takes precedence over an alias, except in ORDER BY.
      {"SELECT a AS b FROM t WHERE b > 1 GROUP BY b ORDER BY b",
       "a -> t.a (t.a); b -> t.b (t.b); b -> t.b (t.b); b -> item 0"},
      {"SELECT b AS a, a AS b FROM t", "b -> t.b (t.b); a -> t.a (t.a)"},
      // An alias takes precedence over a column of an outer scope. It is not visible in a subquery
      // or in ON.
      {"SELECT 1 FROM t WHERE EXISTS (SELECT c AS a FROM u WHERE a = 1)",
       "c -> u.c (u.c); a -> item 0"},
      {"SELECT a AS n FROM t WHERE EXISTS (SELECT 1 FROM u WHERE c = n)",
       "a -> t.a (t.a); c -> u.c (u.c); n -> nothing"},
      {"SELECT a AS n FROM t JOIN w ON n = x", "n -> nothing; x -> w.x (w.x); a -> t.a (t.a)"},
      {"SELECT a AS n FROM t WHERE t.n = 1", "a -> t.a (t.a); t.n -> nothing"},
  });
}

// The other things that a name could mean are kept, too.
TEST_F(NameResolverTest, OtherMeaningsAreKept) {
  const Json tree = Parse("SELECT a AS b FROM t ORDER BY b");
  const NameResolver names(tree, Tables());
  const NameUse& use = names.uses().back();
  EXPECT_EQ(use.meaning, Meaning::kAlias);
  EXPECT_EQ(use.alias, size_t{0});
  EXPECT_EQ(use.depth, size_t{0});
  ASSERT_EQ(use.columns.size(), 1U);
  EXPECT_EQ(use.columns[0].source->table, "t");
}

TEST_F(NameResolverTest, SubqueriesLookOutside) {
  ExpectUses({
      {"SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE c = a AND u.b = t.b)",
       "a -> t.a (t.a); c -> u.c (u.c); a -> t.a (t.a) ^1; u.b -> u.b (u.b); t.b -> t.b (t.b) ^1"},
      {"SELECT (SELECT max(x) FROM w WHERE y IN (SELECT c FROM u WHERE c > a)) AS n FROM t",
       "x -> w.x (w.x); y -> w.y (w.y); c -> u.c (u.c); c -> u.c (u.c); a -> t.a (t.a) ^2"},
      // The column of the inner scope takes precedence.
      {"SELECT 1 FROM t WHERE EXISTS (SELECT b FROM u)", "b -> u.b (u.b)"},
      {"SELECT 1 FROM t WHERE EXISTS (SELECT b FROM missing)", "b -> may be a column"},
      // A derived table in a subquery sees the scope outside of the FROM that contains it.
      {"SELECT 1 FROM t WHERE EXISTS (SELECT 1 FROM (SELECT c FROM u WHERE c = a) q)",
       "c -> u.c (u.c); c -> u.c (u.c); a -> t.a (t.a) ^1"},
      {"SELECT 1 FROM t JOIN u ON EXISTS (SELECT 1 FROM w WHERE x = a)",
       "x -> w.x (w.x); a -> t.a (t.a) ^1"},
      // A table hides an outer one of the same name but does not have the column.
      {"SELECT 1 FROM t WHERE EXISTS (SELECT t.a FROM u t)", "t.a -> t.a (t.a) ^1"},
  });
}

TEST_F(NameResolverTest, Subqueries) {
  const Json tree = Parse(
      "SELECT a FROM t WHERE a IN (SELECT c FROM u WHERE EXISTS (SELECT 1 FROM w)) AND b > (SELECT "
      "1)");
  const NameResolver names(tree, Tables());
  ASSERT_EQ(names.subqueries().size(), 3U);
  const size_t outermost = names.ScopeOf(tree.at("statements").at(0).at("node"));
  const auto scope_of = [&](size_t subquery) {
    return names.queries()[names.subqueries()[subquery].query].scope;
  };
  EXPECT_EQ(names.subqueries()[0].scope, outermost);
  EXPECT_EQ(names.subqueries()[1].scope, scope_of(0));
  EXPECT_EQ(names.subqueries()[2].scope, outermost);
  EXPECT_EQ(names.scopes()[outermost].subquery, std::nullopt);
  EXPECT_EQ(names.scopes()[scope_of(1)].subquery, size_t{1});
  EXPECT_EQ(names.Outwards(scope_of(1), 2), outermost);
}

TEST_F(NameResolverTest, CommonTableExpressions) {
  ExpectUses({
      {"WITH q AS (SELECT a AS n FROM t) SELECT n FROM Q", "a -> t.a (t.a); n -> q.n (t.a)"},
      {"WITH q(n) AS (SELECT a FROM t) SELECT r.n FROM q r", "a -> t.a (t.a); r.n -> r.n (t.a)"},
      // The common table expression reads the table whose name it takes.
      {"WITH t AS (SELECT b FROM t) SELECT a, b FROM t",
       "b -> t.b (t.b); a -> nothing; b -> t.b (t.b)"},
      {"WITH q AS (SELECT a FROM t), r AS (SELECT a FROM q) SELECT a FROM r",
       "a -> t.a (t.a); a -> q.a (t.a); a -> r.a (t.a)"},
      {"WITH r AS (SELECT a FROM q), q AS (SELECT b FROM t) SELECT b FROM q",
       "a -> may be a column; b -> t.b (t.b); b -> q.b (t.b)"},
      {"WITH q AS (SELECT a FROM t) SELECT 1 FROM u WHERE c IN (SELECT a FROM q)",
       "a -> t.a (t.a); c -> u.c (u.c); a -> q.a (t.a)"},
      {"WITH q AS (SELECT a FROM t) SELECT a FROM q UNION ALL SELECT a FROM q",
       "a -> t.a (t.a); a -> q.a (t.a); a -> q.a (t.a)"},
      {"WITH q AS (SELECT a FROM t) SELECT q.a FROM (WITH q AS (SELECT c FROM u) SELECT q.c FROM "
       "q) r, q",
       "a -> t.a (t.a); c -> u.c (u.c); q.c -> q.c (u.c); q.a -> q.a (t.a)"},
      // In a correlated subquery.
      {"SELECT 1 FROM t WHERE EXISTS (WITH q AS (SELECT c FROM u WHERE c = a) SELECT 1 FROM q)",
       "c -> u.c (u.c); c -> u.c (u.c); a -> t.a (t.a) ^1"},
  });
}

TEST_F(NameResolverTest, OneNameForTwoNestedCommonTableExpressions) {
  const std::vector<Case> cases = {
      {"WITH q AS (SELECT 1), r AS (SELECT 2) SELECT 1 FROM q, r", "q r"},
      {"WITH q AS (SELECT 1) SELECT 1 FROM (WITH q AS (SELECT 2) SELECT 1 FROM q) r", "q q!"},
      {"WITH q AS (WITH q AS (SELECT 1) SELECT 1 FROM q) SELECT 1 FROM q", "q q"},
      {"SELECT 1 FROM (WITH q AS (SELECT 1) SELECT 1 FROM q) r, (WITH q AS (SELECT 2) SELECT 1 "
       "FROM q) s",
       "q q"},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.select);
    const Json tree = Parse(row.select);
    const NameResolver names(tree, {});
    std::string text;
    for (const NameCte& cte : names.ctes()) {
      text += fmt::format("{}{}{}", text.empty() ? "" : " ", cte.name, cte.hides_outer ? "!" : "");
    }
    EXPECT_EQ(text, row.expected);
  }
}

TEST_F(NameResolverTest, SetOperations) {
  ExpectUses({
      {"SELECT q.a, q.c FROM (SELECT a FROM t UNION ALL SELECT c FROM u) q",
       "a -> t.a (t.a); c -> u.c (u.c); q.a -> q.a; q.c -> nothing"},
      // The ORDER BY of a set operation sees its output columns, under the names of the left side.
      {"SELECT a AS n FROM t UNION SELECT c FROM u ORDER BY n, a",
       "a -> t.a (t.a); c -> u.c (u.c); n -> .n; a -> nothing"},
  });
}

TEST_F(NameResolverTest, OutputColumns) {
  ExpectOutputs(NameResolver::Follow::kAll,
                {
                    {"SELECT a, b AS n, a + 1, a + 2 AS m FROM t", "a (t.a), n (t.b), -, m"},
                    {"SELECT u.*, t.a FROM t JOIN u ON true", "b (u.b), c (u.c), a (t.a)"},
                    {"SELECT * FROM t, w", "a (t.a), b (t.b), x (w.x), y (w.y)"},
                    {"WITH q AS (SELECT * FROM t) SELECT q.* FROM q", "a (t.a), b (t.b)"},
                    {"SELECT a FROM t UNION SELECT c FROM u", "a"},
                    {"SELECT b FROM t JOIN u USING (b)", "b"},
                    {"SELECT b FROM t JOIN u ON true", "b"},
                    {"SELECT a FROM t, missing", "a"},
                    {"SELECT (SELECT a) AS n FROM t", "n"},
                    {"SELECT * FROM t JOIN u USING (b)", "not known"},
                    {"SELECT * FROM missing", "not known"},
                    {"SELECT * EXCLUDE (a) FROM t", "not known"},
                    {"SELECT * REPLACE (1 AS a) FROM t", "not known"},
                });
}

TEST_F(NameResolverTest, OutputColumnsThatAreWrittenOut) {
  ExpectOutputs(NameResolver::Follow::kWrittenOut,
                {
                    {"SELECT q.a FROM (SELECT a FROM t) q", "a (t.a)"},
                    {"SELECT q.a FROM (SELECT * FROM t) q", "a"},
                    {"SELECT q.n FROM (SELECT a FROM t) q(n)", "n"},
                    {"SELECT * FROM t", "not known"},
                });
}

void CollectTables(const Json& node, std::map<size_t, const Json*>& by_place) {
  if (!node.is_structured()) return;
  if (TextOf(node, "type") == "BASE_TABLE") by_place[FirstPlace(node).value()] = &node;
  for (const Json& child : node) CollectTables(child, by_place);
}

// Every table of a statement, anywhere in it, in the order of the text.
TEST_F(NameResolverTest, TablesAndCommonTableExpressions) {
  const std::vector<Case> cases = {
      {"WITH q AS (SELECT a FROM t) SELECT a FROM q, u", "t, WITH q, u"},
      {"WITH t AS (SELECT a FROM t) SELECT a FROM t", "t, WITH t"},
      {"WITH q AS (SELECT a FROM t) SELECT a FROM s.q", "t, q"},
      {"WITH q AS (SELECT 1 AS n) SELECT (SELECT n FROM q) FROM t JOIN u ON EXISTS (SELECT 1 FROM "
       "q) GROUP BY (SELECT n FROM q) HAVING 1 IN (SELECT n FROM q) ORDER BY (SELECT n FROM q)",
       "WITH q, t, u, WITH q, WITH q, WITH q, WITH q"},
      {"WITH q AS (SELECT 1 AS n) SELECT 1 FROM t QUALIFY row_number() OVER () = (SELECT n FROM q)",
       "t, WITH q"},
      {"WITH q AS (SELECT 1 AS n) SELECT 1 FROM range((SELECT n FROM q)) r, (VALUES ((SELECT n "
       "FROM q))) v",
       "WITH q, WITH q"},
      {"WITH RECURSIVE q AS (SELECT a FROM t UNION ALL SELECT a FROM q) SELECT a FROM q",
       "t, q, WITH q"},
      {"SELECT a FROM t EXCEPT (WITH q AS (SELECT a FROM t) SELECT a FROM q)", "t, t, WITH q"},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.select);
    const Json tree = Parse(row.select);
    const NameResolver names(tree, Tables());
    std::map<size_t, const Json*> by_place;
    CollectTables(tree, by_place);
    std::vector<std::string> shown;
    for (const auto& [place, node] : by_place) {
      const NameSource* source = names.SourceOf(*node);
      ASSERT_NE(source, nullptr);
      EXPECT_EQ(source->query.has_value(), names.IsCte(*node));
      EXPECT_EQ(source->table.empty(), names.IsCte(*node));
      shown.push_back((names.IsCte(*node) ? "WITH " : "") + TextOf(*node, "table_name"));
    }
    EXPECT_EQ(fmt::format("{}", fmt::join(shown, ", ")), row.expected);
  }
}

TEST_F(NameResolverTest, PartsAndCalls) {
  const Json tree = Parse(
      "SELECT sum(t.a) OVER (ORDER BY t.b), count(*) FILTER (WHERE t.a > 1), max(abs(t.b)), t.a "
      "FROM t JOIN u ON u.c = 1 WHERE u.b = 1 GROUP BY upper(t.a) HAVING min(u.b) > 1 QUALIFY u.c "
      "> 2 ORDER BY t.b LIMIT 3");
  const NameResolver names(tree, Tables());
  std::vector<std::string> shown;
  for (const NameUse& use : names.uses()) {
    const std::string call = use.call == nullptr ? "" : FunctionName(*use.call);
    shown.push_back(fmt::format("{}:{} {}", Written(*use.node), static_cast<int>(use.part), call));
  }
  std::ranges::sort(shown);
  const std::vector<std::string> expected = {"t.a:0 ",    "t.a:0 ",    "t.a:0 sum", "t.a:3 ",
                                             "t.b:0 max", "t.b:0 sum", "t.b:6 ",    "u.b:2 ",
                                             "u.b:4 min", "u.c:1 ",    "u.c:5 "};
  EXPECT_EQ(shown, expected);
}

// The table columns that the value of an output column comes from or depends on. Shows that the
// answers of the resolver suffice to find them.
class Lineage {
 public:
  explicit Lineage(const NameResolver& names) : names_(names) {}

  std::set<std::string> Of(const NameQuery& query, size_t index) {
    for (const size_t side : query.sides) Of(names_.queries()[side], index);
    const OutputColumn& column = query.columns->at(index);
    if (column.copied.has_value()) {
      Add(*column.copied);
    } else if (column.expression != nullptr) {
      AddNames(*column.expression, query);
    }
    return found_;
  }

 private:
  void AddNames(const Json& node, const NameQuery& query) {
    if (const NameUse* use = names_.UseOf(node)) {
      for (const FoundColumn& column : use->columns) Add(column);
      if (use->meaning == Meaning::kAlias) Of(query, *use->alias);
    } else if (node.is_structured()) {
      for (const Json& child : node) AddNames(child, query);
    }
  }

  void Add(const FoundColumn& column) {
    const NameSource& source = *column.source;
    if (source.query.has_value()) {
      Of(names_.queries()[*source.query], column.index);
    } else {
      found_.insert(fmt::format("{}.{}", source.table, (*source.columns)[column.index].name));
    }
  }

  const NameResolver& names_;
  std::set<std::string> found_;
};

TEST_F(NameResolverTest, IsEnoughForLineage) {
  const std::vector<Case> cases = {
      {"SELECT a + b AS n FROM t", "t.a t.b"},
      {"WITH q(k, v) AS (SELECT a, b * 2 FROM t) SELECT k + c AS n, v AS m FROM q JOIN u ON v = c",
       "t.a u.c, t.b"},
      {"SELECT CASE WHEN q.b > 1 THEN p.x END AS n FROM t q, (SELECT x FROM w UNION SELECT y FROM "
       "w) p",
       "t.b w.x w.y"},
      {"SELECT b AS n, n + 1 AS m FROM t JOIN u USING (b)", "t.b u.b, t.b u.b"},
      {"SELECT * FROM (SELECT *, a + 1 AS n FROM t) q", "t.a, t.b, t.a"},
      {"SELECT (SELECT max(c) FROM u WHERE u.b = t.a) AS n FROM t", "t.a u.b u.c"},
      {"SELECT row_number() OVER (PARTITION BY a ORDER BY b) AS n FROM t", "t.a t.b"},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.select);
    const Json tree = Parse(row.select);
    const NameResolver names(tree, Tables());
    const NameQuery* query = names.QueryOf(tree.at("statements").at(0).at("node"));
    std::vector<std::string> shown;
    for (size_t i = 0; i < query->columns->size(); ++i) {
      shown.push_back(fmt::format("{}", fmt::join(Lineage(names).Of(*query, i), " ")));
    }
    EXPECT_EQ(fmt::format("{}", fmt::join(shown, ", ")), row.expected);
  }
}

TEST_F(NameResolverTest, NothingOfWhatIsNoSelect) {
  const NameResolver names(Json(), Tables());
  EXPECT_TRUE(names.queries().empty());
  EXPECT_EQ(names.UseOf(Json::object()), nullptr);
  EXPECT_EQ(names.SourceOf(Json::object()), nullptr);
  EXPECT_EQ(names.QueryOf(Json::object()), nullptr);
  EXPECT_FALSE(names.IsCte(Json::object()));
}

}  // namespace
}  // namespace stedi
