#include "select/select_scope.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "base/ascii_case.h"
#include "pipeline/portable_sql.h"
#include "select/select_tree.h"

namespace stedi {
namespace {

using Json = nlohmann::json;
using Meaning = NameUse::Meaning;

// The part of the SELECT that `use` is in, if Spark does not know the SELECT's own aliases there;
// "" otherwise.
std::string_view PlaceWithoutAliases(const NameUse& use) {
  if (use.call != nullptr) {
    return TextOf(*use.call, "class") == "WINDOW" ? "a window" : "an aggregate";
  }
  return use.part == SelectPart::kWhere ? "WHERE" : "";
}

class ScopeChecker {
 public:
  ScopeChecker(const NameResolver& names, std::string_view text)
      : names_(names), text_(text), looks_outside_(names.subqueries().size()) {}

  // Of several mistakes at one place only the first one is shown, so the order of the checks
  // matters.
  std::vector<SelectMistake> Check() {
    for (const NameCte& cte : names_.ctes()) Nested(cte);
    for (const NameQuery& query : names_.queries()) {
      if (TextOf(*query.node, "type") != "SELECT_NODE" || IsInRefused(query.scope)) continue;
      Star(query);
      DistinctOrder(*query.node);
    }
    for (const NameUse& use : names_.uses()) Use(use);
    for (size_t i = 0; i < names_.subqueries().size(); ++i) {
      const NameSubquery& subquery = names_.subqueries()[i];
      if (!looks_outside_[i] || IsRefused(subquery.part) || IsInRefused(subquery.scope)) continue;
      Correlated(*subquery.node, *names_.queries()[subquery.query].node);
    }
    return std::move(mistakes_);
  }

 private:
  // Clauses that are refused as a whole: mistakes inside them are not reported.
  static bool IsRefused(SelectPart part) {
    return part == SelectPart::kQualify || part == SelectPart::kOther;
  }
  bool IsInRefused(size_t scope) const {
    const std::optional<size_t> subquery = names_.scopes()[scope].subquery;
    if (!subquery.has_value()) return false;
    const NameSubquery& around = names_.subqueries()[*subquery];
    return IsRefused(around.part) || IsInRefused(around.scope);
  }

  // The offset of the node itself if it has one (for IN that is behind its left side), else the
  // smallest one inside it; text_.size() when there is none.
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
    mistakes_.push_back(
        {Severity::kError, place == text_.size() ? 0 : place, std::move(message), std::move(hint)});
  }

  void Nested(const NameCte& cte) {
    if (!cte.hides_outer || IsInRefused(names_.queries()[cte.query].scope)) return;
    Report(*names_.queries()[cte.query].node,
           fmt::format("WITH {0} stands inside another WITH {0}: Spark 3.5 refuses it", cte.name),
           "give one of them another name");
  }

  void Star(const NameQuery& select) {
    if (names_.scopes()[select.scope].merged.empty()) return;
    for (const Json& item : Member(*select.node, "select_list")) {
      if (TextOf(item, "class") != "STAR") continue;
      Report(item, "* of tables joined by USING: Spark puts its columns into another order",
             "write the columns out");
    }
  }

  void Use(const NameUse& use) {
    if (IsRefused(use.part) || IsInRefused(use.scope)) return;
    if (use.part == SelectPart::kSetOrder) return;
    const std::vector<std::string> parts = LowerTexts(Member(*use.node, "column_names"));
    if (parts.size() == 2) return Qualified(use, parts.front());
    if (parts.size() != 1 || parts.front().starts_with("_")) return;  // a column added to a feed
    const std::string& name = parts.front();
    if (use.depth == size_t{0}) return CheckTwice(use, name);
    if (!use.columns.empty()) MarkOutside(use.scope, *use.depth);
    if (use.alias.has_value()) {
      const std::string_view where = PlaceWithoutAliases(use);
      if (where.empty() || use.depth.has_value()) return;
      return Report(
          *use.node,
          fmt::format("{} is an alias of this SELECT: Spark does not know it in {}", name, where),
          "write the expression again, or name it in a SELECT inside FROM");
    }
    if (use.meaning == Meaning::kNeighbour) return ReportNeighbour(*use.node, name);
    if (use.meaning != Meaning::kRow) return;
    Report(*use.node, fmt::format("{} is a table here, not a value", name),
           "name a column of it; count(*) counts rows");
  }

  void Qualified(const NameUse& use, const std::string& table) {
    if (use.table_depth.has_value()) {
      MarkOutside(use.scope, *use.table_depth);
      if (use.depth == use.table_depth) {
        CheckTwice(use, LowerTexts(Member(*use.node, "column_names")).back());
      }
    } else if (use.meaning == Meaning::kNeighbour) {
      ReportNeighbour(*use.node, table);
    }
  }

  // Notes that the innermost `depth` subqueries around the scope are correlated.
  void MarkOutside(size_t scope, size_t depth) {
    for (; depth > 0; --depth) {
      const size_t subquery = names_.scopes()[scope].subquery.value();
      looks_outside_[subquery] = true;
      scope = names_.subqueries()[subquery].scope;
    }
  }

  // Reports a column that one source in FROM has twice.
  void CheckTwice(const NameUse& use, const std::string& column) {
    for (const FoundColumn& found : use.columns) {
      if (std::ranges::count(use.columns, found.source, &FoundColumn::source) < 2) continue;
      return Report(*use.node,
                    fmt::format("{} has two columns {}: Spark does not know which",
                                found.source->alias, column),
                    "give one of them another name there");
    }
  }

  // Checks a correlated subquery in an expression.
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
    if (TextOf(node, "class") == "FUNCTION" && TraitsOf(FunctionName(node)).is_aggregate)
      return true;
    return std::ranges::any_of(node, HasAggregate);
  }

  // A SELECT DISTINCT can only be sorted by its output columns.
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
    const std::vector<std::string> parts = LowerTexts(Member(node, "column_names"));
    const bool comes_out = std::ranges::any_of(select_list, [&](const Json& item) {
      if (TextOf(item, "class") == "STAR") return true;
      const std::string alias = LowerCase(TextOf(item, "alias"));
      const std::vector<std::string> own = LowerTexts(Member(item, "column_names"));
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

  const NameResolver& names_;
  std::string_view text_;
  std::vector<bool> looks_outside_;  // whether it is correlated, by index in subqueries()
  std::vector<SelectMistake> mistakes_;
};

}  // namespace

std::vector<SelectMistake> FindScopeMistakes(const NameResolver& names, std::string_view text) {
  return ScopeChecker(names, text).Check();
}

}  // namespace stedi
