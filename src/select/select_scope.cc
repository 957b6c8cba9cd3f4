#include "select/select_scope.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "base/ascii_case.h"
#include "pipeline/portable_sql.h"
#include "select/expression_kinds.h"

namespace stedi {
namespace {

using Json = nlohmann::json;
using Names = std::optional<std::vector<std::string>>;  // nothing: not known

struct Relation {
  std::string alias;
  Names columns;
};
using Relations = std::vector<Relation>;

struct Scope {
  Relations own;
  Relations beside;  // what stands left of the derived table that this SELECT is
  bool has_using = false;
  const Scope* outer = nullptr;
};

using Ctes = std::map<std::string, Names>;

// Which of a SELECT's own aliases an expression may not name.
struct Place {
  const std::set<std::string>* aliases = nullptr;
  const char* where = "";
};

std::vector<std::string> Texts(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& text : list) {
    if (text.is_string()) texts.push_back(LowerCase(text.get<std::string>()));
  }
  return texts;
}

// The first columns have other names: `t(a, b)`.
void Rename(const Json& aliases, Names& columns) {
  const std::vector<std::string> names = Texts(aliases);
  if (names.empty()) return;
  if (!columns.has_value()) return;
  for (size_t i = 0; i < std::min(names.size(), columns->size()); ++i) (*columns)[i] = names[i];
}

bool HasTable(const Relations& relations, const std::string& alias) {
  return std::ranges::find(relations, alias, &Relation::alias) != relations.end();
}

bool MayHaveColumn(const Relations& relations, const std::string& name) {
  return std::ranges::any_of(relations, [&](const Relation& relation) {
    return !relation.columns.has_value() ||
           std::ranges::find(*relation.columns, name) != relation.columns->end();
  });
}

bool HasColumn(const Relations& relations, const std::string& name) {
  return std::ranges::any_of(relations, [&](const Relation& relation) {
    return relation.columns.has_value() &&
           std::ranges::find(*relation.columns, name) != relation.columns->end();
  });
}

class ScopeChecker {
 public:
  ScopeChecker(std::string_view text, const Project& project) : text_(text) {
    for (const Feed& feed : project.feeds) AddTable(feed);
    for (const View& view : project.views) AddTable(view);
  }

  Names Query(const Json& node, Ctes ctes, const Scope* outer, const Relations& beside) {
    std::set<std::string> own;
    for (const Json& entry : Member(Member(node, "cte_map"), "map")) {
      const std::string name = LowerCase(TextOf(entry, "key"));
      const Json& value = Member(entry, "value");
      const Json& query = Member(Member(value, "query"), "node");
      if (ctes.contains(name) && !own.contains(name)) {
        Report(
            query,
            fmt::format("WITH {} stands inside another WITH {}: Spark 3.5 refuses it", name, name),
            "give one of them another name");
      }
      Names columns = Query(query, ctes, outer, beside);
      Rename(Member(value, "aliases"), columns);
      ctes[name] = std::move(columns);
      own.insert(name);
    }
    if (TextOf(node, "type") == "SET_OPERATION_NODE") {
      Names left = Query(Member(node, "left"), ctes, outer, beside);
      Query(Member(node, "right"), ctes, outer, beside);
      return left;
    }
    if (TextOf(node, "type") != "SELECT_NODE") return std::nullopt;
    return Select(node, ctes, outer, beside);
  }

  std::vector<SelectMistake> mistakes;

 private:
  void AddTable(const TableDefinition& table) {
    std::vector<std::string> columns;
    for (const ColumnDefinition& column : table.columns) columns.push_back(column.name);
    tables_[table.name] = std::move(columns);
  }

  size_t PlaceOf(const Json& node) const {
    const Json& location = Member(node, "query_location");
    if (location.is_number_unsigned()) return std::min(location.get<size_t>(), text_.size());
    size_t first = text_.size();
    if (node.is_structured()) {
      for (const Json& child : node) {
        if (child.is_structured()) first = std::min(first, PlaceOf(child));
      }
    }
    return first;
  }

  void Report(const Json& node, std::string message, std::string hint) {
    const size_t place = PlaceOf(node);
    mistakes.push_back(
        {Severity::kError, place == text_.size() ? 0 : place, std::move(message), std::move(hint)});
  }

  Names Select(const Json& node, const Ctes& ctes, const Scope* outer, const Relations& beside) {
    Scope scope;
    scope.beside = beside;
    scope.outer = outer;
    scope.own = From(Member(node, "from_table"), ctes, scope, beside);
    std::set<std::string> aliases;
    for (const Json& item : Member(node, "select_list")) {
      if (const std::string alias = LowerCase(TextOf(item, "alias")); !alias.empty()) {
        aliases.insert(alias);
      }
    }
    for (const Json& item : Member(node, "select_list")) {
      Expression(item, ctes, scope, aliases, {});
      if (TextOf(item, "class") == "STAR" && scope.has_using) {
        Report(item, "* of tables joined by USING: Spark puts its columns into another order",
               "write the columns out");
      }
    }
    DistinctOrder(node);
    Expression(Member(node, "where_clause"), ctes, scope, aliases, {&aliases, "WHERE"});
    for (const char* part : {"group_expressions", "having", "modifiers"}) {
      Expression(Member(node, part), ctes, scope, aliases, {});
    }
    return Columns(Member(node, "select_list"), scope);
  }

  static Names Columns(const Json& select_list, const Scope& scope) {
    std::vector<std::string> columns;
    for (const Json& item : select_list) {
      if (TextOf(item, "class") == "STAR") {
        const std::string of = LowerCase(TextOf(item, "relation_name"));
        for (const Relation& relation : scope.own) {
          if (!of.empty() && relation.alias != of) continue;
          if (!relation.columns.has_value() || scope.has_using) return std::nullopt;
          columns.insert(columns.end(), relation.columns->begin(), relation.columns->end());
        }
        continue;
      }
      std::string name = LowerCase(TextOf(item, "alias"));
      const std::vector<std::string> parts = Texts(Member(item, "column_names"));
      if (name.empty() && !parts.empty()) name = parts.back();
      columns.push_back(std::move(name));
    }
    return columns;
  }

  // What `node` of FROM gives; `scope` is that of the SELECT, `left` what stands before it.
  Relations From(const Json& node, const Ctes& ctes, Scope& scope, const Relations& left) {
    const std::string type = TextOf(node, "type");
    std::string alias = LowerCase(TextOf(node, "alias"));
    if (type == "JOIN") {
      Relations all = From(Member(node, "left"), ctes, scope, left);
      Relations neighbours = left;
      neighbours.insert(neighbours.end(), all.begin(), all.end());
      const Relations right = From(Member(node, "right"), ctes, scope, neighbours);
      all.insert(all.end(), right.begin(), right.end());
      scope.has_using = scope.has_using || !Member(node, "using_columns").empty();
      Scope of_condition{all, left, false, scope.outer};
      Expression(Member(node, "condition"), ctes, of_condition, {}, {});
      return all;
    }
    Names columns;
    if (type == "BASE_TABLE") {
      const std::string name = LowerCase(TextOf(node, "table_name"));
      if (alias.empty()) alias = name;
      if (const auto cte = ctes.find(name); cte != ctes.end()) {
        columns = cte->second;
      } else if (const auto table = tables_.find(name); table != tables_.end()) {
        columns = table->second;
      }
    } else if (type == "SUBQUERY") {
      columns = Query(Member(Member(node, "subquery"), "node"), ctes, scope.outer, left);
    } else if (type == "EXPRESSION_LIST") {
      const Scope of_values{{}, left, false, scope.outer};
      Expression(Member(node, "values"), ctes, of_values, {}, {});
    }
    Rename(Member(node, "column_name_alias"), columns);
    return {{alias, columns}};
  }

  void Expression(const Json& node, const Ctes& ctes, const Scope& scope,
                  const std::set<std::string>& aliases, const Place& place) {
    if (node.is_array()) {
      for (const Json& child : node) Expression(child, ctes, scope, aliases, place);
    }
    if (!node.is_object()) return;
    const std::string node_class = TextOf(node, "class");
    if (node_class == "COLUMN_REF") return Column(node, scope, aliases, place);
    Place inside = place;
    if (node_class == "WINDOW") inside = {&aliases, "a window"};
    // What stands in the FILTER of count(*) is not looked at.
    const std::string function = FunctionName(node);
    const bool is_aggregate = TraitsOf(function).is_aggregate && function != "count_star";
    if (node_class == "FUNCTION" && is_aggregate) inside = {&aliases, "an aggregate"};
    for (const auto& [key, child] : node.items()) {
      if (key == "subquery") {
        looks_outside_.push_back(false);
        Query(Member(child, "node"), ctes, &scope, {});
        if (looks_outside_.back()) Correlated(node, Member(child, "node"));
        looks_outside_.pop_back();
      } else {
        Expression(child, ctes, scope, aliases, inside);
      }
    }
  }

  void Column(const Json& node, const Scope& scope, const std::set<std::string>& aliases,
              const Place& place) {
    const std::vector<std::string> parts = Texts(Member(node, "column_names"));
    if (parts.size() == 2) return Qualified(node, parts.front(), parts.back(), scope);
    if (parts.size() != 1 || parts.front().starts_with("_")) return;  // as feeds' own columns do
    const std::string& name = parts.front();
    if (MayHaveColumn(scope.own, name)) return CheckTwice(node, scope.own, "", name);
    MarkOutside(scope, name);
    const bool is_elsewhere = IsFurtherOut(name, scope);
    if (aliases.contains(name)) {
      if (place.aliases == nullptr || is_elsewhere) return;
      return Report(node,
                    fmt::format("{} is an alias of this SELECT: Spark does not know it in {}", name,
                                place.where),
                    "write the expression again, or name it in a SELECT inside FROM");
    }
    for (const Scope* at = &scope; at != nullptr; at = at->outer) {
      if (MayHaveColumn(at->own, name)) return;
      if (HasTable(at->own, name)) {
        return Report(node, fmt::format("{} is a table here, not a value", name),
                      "name a column of it; count(*) counts rows");
      }
      if (HasColumn(at->beside, name)) return ReportNeighbour(node, name);
      if (MayHaveColumn(at->beside, name)) return;
    }
  }

  static bool IsFurtherOut(const std::string& name, const Scope& scope) {
    for (const Scope* at = scope.outer; at != nullptr; at = at->outer) {
      if (MayHaveColumn(at->own, name)) return true;
    }
    return false;
  }

  void Qualified(const Json& node, const std::string& table, const std::string& column,
                 const Scope& scope) {
    size_t depth = 0;
    for (const Scope* at = &scope; at != nullptr; at = at->outer, ++depth) {
      if (HasTable(at->own, table)) {
        MarkOutside(depth);
        return CheckTwice(node, at->own, table, column);
      }
      if (HasTable(at->beside, table)) return ReportNeighbour(node, table);
    }
  }

  // The innermost `depth` subqueries look at something outside of them.
  void MarkOutside(size_t depth) {
    const size_t first = looks_outside_.size() - std::min(depth, looks_outside_.size());
    for (size_t i = first; i < looks_outside_.size(); ++i) looks_outside_[i] = true;
  }

  // The same for a column that is not of `scope` itself, if it is known where it is.
  void MarkOutside(const Scope& scope, const std::string& name) {
    size_t depth = 0;
    for (const Scope* at = &scope; at != nullptr; at = at->outer, ++depth) {
      if (!MayHaveColumn(at->own, name)) continue;
      if (HasColumn(at->own, name)) MarkOutside(depth);
      return;
    }
  }

  // One thing in FROM, called `table` or "" for any, that has the column twice.
  void CheckTwice(const Json& node, const Relations& relations, const std::string& table,
                  const std::string& column) {
    for (const Relation& relation : relations) {
      if (!table.empty() && relation.alias != table) continue;
      if (!relation.columns.has_value() || std::ranges::count(*relation.columns, column) < 2) {
        continue;
      }
      Report(
          node,
          fmt::format("{} has two columns {}: Spark does not know which", relation.alias, column),
          "give one of them another name there");
    }
  }

  // A subquery of an expression that looks at the SELECT around it.
  void Correlated(const Json& subquery, const Json& query) {
    const bool is_limited = std::ranges::any_of(
        Member(query, "modifiers"),
        [](const Json& modifier) { return TextOf(modifier, "type") == "LIMIT_MODIFIER"; });
    if (is_limited) {
      return Report(subquery,
                    "LIMIT in a subquery that looks at the SELECT around it: Spark 3.5 refuses it",
                    "leave it out, or take min(..) or max(..)");
    }
    if (TextOf(subquery, "subquery_type") != "SCALAR" || TextOf(query, "type") != "SELECT_NODE" ||
        !Member(query, "group_expressions").empty() ||
        TextOf(Member(query, "from_table"), "type") == "SUBQUERY" ||
        HasAggregate(Member(query, "select_list"))) {
      return;
    }
    Report(subquery,
           "a value from a subquery that looks at the SELECT around it and is no aggregate: Spark "
           "3.5 refuses it",
           "take min(..) or max(..) of it, or join");
  }

  static bool HasAggregate(const Json& node) {
    if (!node.is_structured()) return false;
    if (node.is_object() && TextOf(node, "class") == "FUNCTION" &&
        TraitsOf(FunctionName(node)).is_aggregate) {
      return true;
    }
    return std::ranges::any_of(node, HasAggregate);
  }

  // SELECT DISTINCT .. ORDER BY: only what comes out can be ordered by.
  void DistinctOrder(const Json& node) {
    const Json& modifiers = Member(node, "modifiers");
    const bool is_distinct = std::ranges::any_of(modifiers, [](const Json& modifier) {
      return TextOf(modifier, "type") == "DISTINCT_MODIFIER";
    });
    if (!is_distinct) return;
    for (const Json& modifier : modifiers) {
      if (TextOf(modifier, "type") != "ORDER_MODIFIER") continue;
      for (const Json& order : Member(modifier, "orders")) {
        OrderByOutput(Member(order, "expression"), Member(node, "select_list"));
      }
    }
  }

  void OrderByOutput(const Json& node, const Json& select_list) {
    if (!node.is_structured()) return;
    if (TextOf(node, "class") != "COLUMN_REF") {
      for (const Json& child : node) OrderByOutput(child, select_list);
      return;
    }
    const std::vector<std::string> parts = Texts(Member(node, "column_names"));
    const bool comes_out = std::ranges::any_of(select_list, [&](const Json& item) {
      if (TextOf(item, "class") == "STAR") return true;
      const std::string alias = LowerCase(TextOf(item, "alias"));
      const std::vector<std::string> own = Texts(Member(item, "column_names"));
      if (parts.size() == 1 && !alias.empty()) return alias == parts.back();
      if (!alias.empty() || own.empty() || own.back() != parts.back()) return false;
      return own.size() == 1 || parts.size() == 1 || own.front() == parts.front();
    });
    if (comes_out) return;
    Report(node,
           fmt::format("ORDER BY {} behind SELECT DISTINCT, which does not give it: Spark refuses "
                       "it",
                       fmt::join(parts, ".")),
           "order by a column of the SELECT, by its name there");
  }

  void ReportNeighbour(const Json& node, const std::string& name) {
    Report(
        node,
        fmt::format("{} is of a table beside this derived table: Spark does not look there", name),
        "join them: put the condition into ON or WHERE outside");
  }

  std::string_view text_;
  std::map<std::string, std::vector<std::string>> tables_;
  std::vector<bool> looks_outside_;  // of each subquery of an expression, the innermost is the last
};

}  // namespace

std::vector<SelectMistake> FindScopeMistakes(const Json& tree, std::string_view text,
                                             const Project& project) {
  ScopeChecker checker(text, project);
  for (const Json& statement : Member(tree, "statements")) {
    checker.Query(Member(statement, "node"), {}, nullptr, {});
  }
  return std::move(checker.mistakes);
}

}  // namespace stedi
