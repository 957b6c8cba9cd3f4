#include "select/select_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "base/ascii_case.h"
#include "pipeline/portable_sql.h"
#include "select/expression_kinds.h"
#include "select/select_columns.h"
#include "select/select_walk.h"

namespace stedi {
namespace {

using Json = nlohmann::json;

constexpr auto kRowWiseClasses =
    std::to_array<std::string_view>({"COLUMN_REF", "CONSTANT", "FUNCTION", "CAST", "CASE",
                                     "COMPARISON", "CONJUNCTION", "OPERATOR", "BETWEEN", "STAR"});

template <class List>
bool Contains(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

class ShapeWalker {
 public:
  ShapeWalker(const View& view, const Project& project) : view_(view), project_(project) {}

  SelectShape Walk(const Json& tree) {
    for (const Expectation& expectation : view_.expectations) {
      if (expectation.action == ExpectationAction::kDrop ||
          expectation.action == ExpectationAction::kQuarantine) {
        shape_.reason = fmt::format("expectation {} takes rows out", expectation.name);
        return shape_;
      }
    }
    const Json& statements = Member(tree, "statements");
    if (statements.size() != 1) return Refused("SELECT that does not parse");
    const Json& node = Member(statements.front(), "node");
    shape_.is_distinct = IsDistinct(node);
    Branch(node);
    if (shape_.reason.empty() && shape_.inputs.empty()) Refuse(tree, "no table read");
    if (!shape_.reason.empty()) return Refused(shape_.reason);
    FindSameColumns();
    return shape_;
  }

 private:
  static bool IsDistinct(const Json& node);
  static bool IsWindow(const Json& node);
  static bool IsNamedWindow(const Json& node);
  void Branch(const Json& node);
  void Clauses(const Json& node);
  Columns Select(const Json& node, bool in_from = false);
  void From(const Json& node);
  void Join(const Json& node);
  void BaseTable(const Json& node);
  void AddSource(const Json& node, const std::string& name, Columns columns);
  Columns SelectList(const Json& list) const;
  void Condition(const Json& node);
  void Semi(const Json& node);
  void RowWise(const Json& node);
  void Equal(const Json& left, const Json& right);
  void Equal(const std::optional<InputColumn>& a, const std::optional<InputColumn>& b);
  std::optional<Resolved> Resolve(const Json& column) const;
  std::string TypeOf(const InputColumn& column) const;
  bool SeesWindow(const std::string& name) const;
  void FindSameColumns();

  void Refuse(const Json& node, std::string reason) {
    if (!shape_.reason.empty()) return;
    shape_.reason = std::move(reason);
    shape_.reason_offset = PlaceOf(node).value_or(0);
  }
  // The first place in `node`; its own may be that of an operator behind its left side.
  static std::optional<size_t> PlaceOf(const Json& node) {
    std::optional<size_t> first;
    if (!node.is_structured()) return first;
    if (const Json& place = Member(node, "query_location"); place.is_number_unsigned()) {
      first = place.get<size_t>();
    }
    for (const Json& child : node) {
      const std::optional<size_t> place = PlaceOf(child);
      if (place.has_value()) first = std::min(first.value_or(*place), *place);
    }
    return first;
  }
  SelectShape Refused(std::string reason) {
    SelectShape refused;
    refused.reason = std::move(reason);
    refused.reason_offset = shape_.reason_offset;
    return refused;
  }

  const View& view_;
  const Project& project_;
  SelectShape shape_;
  std::vector<Scope> scopes_;  // the innermost is the last
  size_t branch_ = 0;
  size_t semi_depth_ = 0;      // scopes outside the EXISTS or IN that is walked; 0: none is
  bool semi_is_plain_ = true;  // each outer column that an EXISTS or IN looks at is a table's own
  std::set<InputColumn> semi_needs_;
  EqualColumns equal_;
  std::vector<Columns> outputs_;  // by branch
};

bool ShapeWalker::IsDistinct(const Json& node) {
  if (Member(node, "setop_all") == false) return true;
  return std::ranges::any_of(Member(node, "modifiers"), [](const Json& modifier) {
    return TextOf(modifier, "type") == "DISTINCT_MODIFIER";
  });
}

// Cast to another type or not.
bool ShapeWalker::IsWindow(const Json& node) {
  const std::string node_class = TextOf(node, "class");
  return node_class == "WINDOW" || (node_class == "CAST" && IsWindow(Member(node, "child")));
}

bool ShapeWalker::IsNamedWindow(const Json& node) {
  return IsWindow(node) && !TextOf(node, "alias").empty();
}

// UNION ALL of row-wise SELECTs, or UNION, behind which nobody sees how often a row came.
void ShapeWalker::Branch(const Json& node) {
  const std::string type = TextOf(node, "type");
  if (IsDistinct(node) && !shape_.is_distinct) return Refuse(node, "DISTINCT inside UNION ALL");
  if (type == "SELECT_NODE") {
    outputs_.push_back(Select(node));
    ++branch_;
  } else if (type == "SET_OPERATION_NODE" && TextOf(node, "setop_type") == "UNION") {
    Clauses(node);
    Branch(Member(node, "left"));
    Branch(Member(node, "right"));
  } else {
    Refuse(node, type == "SET_OPERATION_NODE" ? TextOf(node, "setop_type") : "another SELECT");
  }
}

// What a SELECT or UNION may not have.
void ShapeWalker::Clauses(const Json& node) {
  for (const Json& modifier : Member(node, "modifiers")) {
    const std::string type = TextOf(modifier, "type");
    if (type == "DISTINCT_MODIFIER" && Member(modifier, "distinct_on_targets").empty()) continue;
    if (type == "ORDER_MODIFIER") continue;  // says nothing of which rows
    return Refuse(modifier, "LIMIT");
  }
  if (const Json& ctes = Member(Member(node, "cte_map"), "map"); !ctes.empty()) {
    return Refuse(ctes, "WITH");
  }
  if (!Member(node, "group_expressions").empty() || !Member(node, "group_sets").empty() ||
      TextOf(node, "aggregate_handling") == "FORCE_AGGREGATES") {
    return Refuse(Member(node, "group_expressions"), "GROUP BY");
  }
  if (!Member(node, "having").is_null()) return Refuse(Member(node, "having"), "HAVING");
  for (const char* clause : {"qualify", "sample"}) {
    if (!Member(node, clause).is_null()) return Refuse(Member(node, clause), clause);
  }
}

// The columns that it gives.
Columns ShapeWalker::Select(const Json& node, bool in_from) {
  Clauses(node);
  scopes_.emplace_back();
  From(Member(node, "from_table"));
  if (const Json& where = Member(node, "where_clause"); !where.is_null()) Condition(where);
  const Json& list = Member(node, "select_list");
  for (const Json& column : list) {
    if (!(in_from && IsNamedWindow(column))) RowWise(column);
  }
  Columns columns = SelectList(list);
  // Of `SELECT *, row_number() ..` nobody knows which column is which.
  if (in_from && !columns.has_value()) {
    for (const Json& column : list) {
      if (IsNamedWindow(column)) Refuse(column, "window function");
    }
  }
  scopes_.pop_back();
  return columns;
}

void ShapeWalker::From(const Json& node) {
  const std::string type = TextOf(node, "type");
  if (type == "JOIN") {
    Join(node);
  } else if (type == "BASE_TABLE") {
    BaseTable(node);
  } else if (type == "SUBQUERY") {
    const Json& select = Member(Member(node, "subquery"), "node");
    if (TextOf(select, "type") != "SELECT_NODE") return Refuse(node, "set operation in FROM");
    if (IsDistinct(select)) return Refuse(select, "DISTINCT in FROM");
    AddSource(node, "", Select(select, /*in_from=*/true));
  } else {
    Refuse(node, type == "EMPTY" ? "no table read" : "FROM of something else than tables");
  }
}

void ShapeWalker::Join(const Json& node) {
  From(Member(node, "left"));
  const size_t first_right = scopes_.back().size();
  From(Member(node, "right"));
  const std::string kind = TextOf(node, "join_type");
  const std::string reference = TextOf(node, "ref_type");
  if (kind != "INNER" || (reference != "REGULAR" && reference != "CROSS")) {
    return Refuse(Member(node, "right"),
                  fmt::format("{} JOIN", kind == "INNER" ? reference : kind));
  }
  if (const Json& condition = Member(node, "condition"); !condition.is_null()) {
    RowWise(condition);
    Condition(condition);
  }
  for (const Json& name : Member(node, "using_columns")) {
    if (SeesWindow(LowerCase(name.get<std::string>()))) return Refuse(node, "window function");
    std::array<std::optional<InputColumn>, 2> sides;
    for (size_t i = 0; i < scopes_.back().size(); ++i) {
      const Source& source = scopes_.back()[i];
      if (!source.columns.has_value()) return;
      for (const Column& column : *source.columns) {
        if (name == column.name) sides[i < first_right ? 0 : 1] = column.plain;
      }
    }
    Equal(sides[0], sides[1]);
  }
}

void ShapeWalker::BaseTable(const Json& node) {
  const std::string name = LowerCase(TextOf(node, "table_name"));
  const bool is_again = std::ranges::any_of(
      shape_.inputs, [&](const SelectShape::Input& input) { return input.table == name; });
  if (is_again) return Refuse(node, fmt::format("{} is read twice", name));
  shape_.inputs.push_back({name, branch_, semi_depth_ > 0});
  Columns columns;
  if (const TableDefinition* table = FindTable(project_, name)) {
    columns.emplace();
    for (const ColumnDefinition& column : AllColumns(*table)) {
      columns->push_back({column.name, InputColumn{name, column.name}});
    }
  }
  AddSource(node, name, std::move(columns));
}

void ShapeWalker::AddSource(const Json& node, const std::string& name, Columns columns) {
  const std::string alias = LowerCase(TextOf(node, "alias"));
  if (!Member(node, "column_name_alias").empty()) {
    const bool hides_window =
        columns.has_value() && std::ranges::any_of(*columns, &Column::is_window);
    if (hides_window) Refuse(node, "window function");
    columns.reset();
  }
  scopes_.back().push_back({alias.empty() ? name : alias, std::move(columns)});
}

Columns ShapeWalker::SelectList(const Json& list) const {
  std::vector<Column> out;
  for (const Json& node : list) {
    const std::string node_class = TextOf(node, "class");
    if (node_class == "STAR") return std::nullopt;
    const std::string alias = LowerCase(TextOf(node, "alias"));
    if (node_class != "COLUMN_REF") {
      out.push_back({alias, std::nullopt, IsWindow(node)});
      continue;
    }
    const std::optional<Resolved> resolved = Resolve(node);
    const bool is_own = resolved.has_value() && resolved->depth + 1 == scopes_.size();
    const Json& names = Member(node, "column_names");
    out.push_back({alias.empty() ? LowerCase(names.back().get<std::string>()) : alias,
                   is_own ? resolved->plain : std::nullopt});
  }
  return out;
}

// A condition of which all parts that stand beside each other must hold.
void ShapeWalker::Condition(const Json& node) {
  const std::string type = TextOf(node, "type");
  if (type == "CONJUNCTION_AND") {
    for (const Json& part : Member(node, "children")) Condition(part);
  } else if (TextOf(node, "class") == "SUBQUERY") {
    Semi(node);
  } else {
    RowWise(node);
    if (type == "COMPARE_EQUAL") Equal(Member(node, "left"), Member(node, "right"));
  }
}

void ShapeWalker::Semi(const Json& node) {
  const std::string type = TextOf(node, "subquery_type");
  if (type != "EXISTS" && type != "ANY") return RowWise(node);
  const Json& select = Member(Member(node, "subquery"), "node");
  if (TextOf(select, "type") != "SELECT_NODE") {
    return Refuse(node, "set operation in a subquery");
  }
  const bool is_outermost = semi_depth_ == 0;
  if (is_outermost) semi_depth_ = scopes_.size();
  if (type == "ANY") RowWise(Member(node, "child"));
  const Columns columns = Select(select);
  if (type == "ANY" && TextOf(node, "comparison_type") == "COMPARE_EQUAL" && columns.has_value() &&
      TextOf(Member(node, "child"), "class") == "COLUMN_REF") {
    const std::optional<Resolved> child = Resolve(Member(node, "child"));
    Equal(child.has_value() ? child->plain : std::nullopt, columns->front().plain);
  }
  if (is_outermost) semi_depth_ = 0;
}

// Nothing in it looks at more than one row.
void ShapeWalker::RowWise(const Json& node) {
  if (!node.is_structured() || !shape_.reason.empty()) return;
  const std::string node_class = TextOf(node, "class");
  if (node_class == "SUBQUERY") {
    const std::string type = TextOf(node, "subquery_type");
    return Refuse(node, type == "EXISTS" ? "EXISTS that is not one of the conditions joined by AND"
                        : type == "ANY"  ? "IN (SELECT ..) that is not one of the conditions "
                                           "joined by AND"
                                         : "subquery as a value");
  }
  if (TextOf(node, "type") == "OPERATOR_NOT" && !Member(node, "children").empty()) {
    const std::string type = TextOf(Member(node, "children").front(), "subquery_type");
    if (!type.empty()) return Refuse(node, type == "EXISTS" ? "NOT EXISTS" : "NOT IN (SELECT ..)");
  }
  if (node_class == "WINDOW") return Refuse(node, "window function");
  if (node_class == "FUNCTION" && TraitsOf(FunctionName(node)).is_aggregate) {
    return Refuse(node, fmt::format("{}() over many rows", FunctionName(node)));
  }
  if (!node_class.empty() && !Contains(kRowWiseClasses, node_class)) {
    return Refuse(node, "an expression that is not known");
  }
  if (node_class == "COLUMN_REF") {
    const Json& names = Member(node, "column_names");
    const std::optional<Resolved> resolved = Resolve(node);
    if (!names.empty() && SeesWindow(LowerCase(names.back().get<std::string>()))) {
      return Refuse(node, "window function");
    }
    if (names.size() == 1 && !resolved.has_value() && names.front() == "current_date") {
      return Refuse(node, "current_date is another day in the next run");
    }
    if (semi_depth_ == 0) return;
    if (!resolved.has_value()) {
      semi_is_plain_ = false;
    } else if (resolved->depth < semi_depth_) {
      if (resolved->plain.has_value()) semi_needs_.insert(*resolved->plain);
      semi_is_plain_ = semi_is_plain_ && resolved->plain.has_value();
    }
    return;
  }
  if (node_class == "STAR" && SeesWindow("")) return Refuse(node, "window function");
  if (node_class == "STAR" && semi_depth_ > 0) return;
  for (const Json& child : node) RowWise(child);
}

void ShapeWalker::Equal(const Json& left, const Json& right) {
  if (TextOf(left, "class") != "COLUMN_REF" || TextOf(right, "class") != "COLUMN_REF") return;
  const std::optional<Resolved> a = Resolve(left);
  const std::optional<Resolved> b = Resolve(right);
  if (a.has_value() && b.has_value()) Equal(a->plain, b->plain);
}

// Columns of different types may be equal after a cast and lead to others that are not.
void ShapeWalker::Equal(const std::optional<InputColumn>& a, const std::optional<InputColumn>& b) {
  if (a.has_value() && b.has_value() && TypeOf(*a) == TypeOf(*b)) equal_.Join(*a, *b);
}

// Nothing when it cannot be told without binding.
std::optional<Resolved> ShapeWalker::Resolve(const Json& column) const {
  const Json& names = Member(column, "column_names");
  if (names.empty() || names.size() > 2) return std::nullopt;
  const auto name = LowerCase(names.back().get<std::string>());
  for (size_t depth = scopes_.size(); depth-- > 0;) {
    std::optional<Resolved> found;
    for (const Source& source : scopes_[depth]) {
      if (names.size() == 2 && source.alias != LowerCase(names.front().get<std::string>())) {
        continue;
      }
      if (!source.columns.has_value()) return std::nullopt;
      for (const Column& one : *source.columns) {
        if (one.name != name) continue;
        // Of two, as behind USING, either may be meant.
        if (found.has_value()) return std::nullopt;
        found = Resolved{depth, one.plain};
      }
    }
    if (found.has_value()) return found;
  }
  return std::nullopt;
}

// Whether `name` may be a window function's column; "": whether there is any. Rather yes than no.
bool ShapeWalker::SeesWindow(const std::string& name) const {
  for (const Scope& scope : scopes_) {
    for (const Source& source : scope) {
      if (!source.columns.has_value()) continue;
      const bool sees = std::ranges::any_of(*source.columns, [&](const Column& column) {
        return column.is_window && (name.empty() || column.name == name);
      });
      if (sees) return true;
    }
  }
  return false;
}

std::string ShapeWalker::TypeOf(const InputColumn& column) const {
  for (const ColumnDefinition& one : AllColumns(*FindTable(project_, column.table))) {
    if (one.name == column.column) return ToString(one.type);
  }
  return "";
}

void ShapeWalker::FindSameColumns() {
  std::set<InputColumn> shown;
  for (const Columns& columns : outputs_) {
    if (!columns.has_value()) continue;
    for (size_t i = 0; i < std::min(columns->size(), view_.columns.size()); ++i) {
      const Column& column = (*columns)[i];
      if (!column.plain.has_value()) continue;
      if (TypeOf(*column.plain) != ToString(view_.columns[i].type)) continue;
      shown.insert(*column.plain);
      for (const InputColumn& same : equal_.Of(*column.plain)) {
        shape_.same_columns.push_back({view_.columns[i].name, same.table, same.column});
      }
    }
  }
  shape_.semi_by_output =
      outputs_.size() == 1 && semi_is_plain_ &&
      std::includes(shown.begin(), shown.end(), semi_needs_.begin(), semi_needs_.end());
}

}  // namespace

SelectShape ShapeOf(const Json& tree, const View& view, const Project& project) {
  return ShapeWalker(view, project).Walk(tree);
}

SelectShape ShapeOf(Connection& connection, const View& view, const Project& project) {
  return ShapeOf(ParseSelect(connection, view.select.text), view, project);
}

std::string ReasonText(const SelectShape& shape, const View& view) {
  if (!shape.reason_offset.has_value()) return shape.reason;
  const SourcePosition place = PositionAt(view.select, *shape.reason_offset);
  return fmt::format("{} at {}:{}:{}", shape.reason, place.path, place.line, place.column);
}

}  // namespace stedi
