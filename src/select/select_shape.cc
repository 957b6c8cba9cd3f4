#include "select/select_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/ascii_case.h"
#include "pipeline/portable_sql.h"
#include "select/equal_columns.h"
#include "select/name_resolver.h"
#include "select/select_tree.h"

namespace stedi {
namespace {

using Json = nlohmann::json;

constexpr auto kRowWiseClasses =
    std::to_array<std::string_view>({"COLUMN_REF", "CONSTANT", "FUNCTION", "CAST", "CASE",
                                     "COMPARISON", "CONJUNCTION", "OPERATOR", "BETWEEN", "STAR"});

// The output columns of a SELECT; no value when they are not known.
using Columns = std::optional<std::vector<OutputColumn>>;

TableColumns ColumnsOfTables(const Project& project) {
  TableColumns tables;
  for (const TableDefinition* table : TablesOf(project)) {
    std::vector<std::string> columns;
    for (const ColumnDefinition& column : AllColumns(*table)) columns.push_back(column.name);
    tables[table->name] = std::move(columns);
  }
  return tables;
}

bool AreKnown(const std::vector<const NameSource*>& sources) {
  return std::ranges::all_of(sources,
                             [](const NameSource* source) { return source->columns.has_value(); });
}

class ShapeWalker {
 public:
  ShapeWalker(const Json& tree, const View& view, const Project& project)
      : tree_(tree),
        view_(view),
        project_(project),
        names_(tree, ColumnsOfTables(project), NameResolver::Follow::kWrittenOut) {}

  SelectShape Walk() {
    for (const Expectation& expectation : view_.expectations) {
      if (RemovesRows(expectation)) {
        shape_.reason = fmt::format("expectation {} takes rows out", expectation.name);
        return shape_;
      }
    }
    const Json& statements = Member(tree_, "statements");
    if (statements.size() != 1) return Refused("SELECT that does not parse");
    const Json& node = Member(statements.front(), "node");
    shape_.is_distinct = IsDistinct(node);
    Branch(node);
    if (shape_.reason.empty() && shape_.inputs.empty()) Refuse(tree_, "no table read");
    if (!shape_.reason.empty()) return Refused(shape_.reason);
    FindSameColumns();
    return shape_;
  }

 private:
  struct Resolved {
    size_t scope = 0;                  // of the resolver: the scope that has the column
    std::optional<TableColumn> plain;  // the table column that it is, unchanged
  };

  static bool IsDistinct(const Json& node);
  static bool IsWindow(const Json& node);
  static bool IsNamedWindow(const Json& node);
  void Branch(const Json& node);
  void Clauses(const Json& node);
  Columns Select(const Json& node, bool in_from = false);
  void From(const Json& node);
  void Join(const Json& node);
  void Using(const Json& join);
  void BaseTable(const Json& node);
  void Condition(const Json& node);
  void Semi(const Json& node);
  void RowWise(const Json& node);
  void Equal(const Json& left, const Json& right);
  void Equal(const std::optional<TableColumn>& a, const std::optional<TableColumn>& b);
  std::optional<Resolved> Resolve(const Json& column) const;
  bool IsOutsideSemi(size_t scope) const;
  std::string TypeOf(const TableColumn& column) const;
  bool IsWindowColumn(const NameSource& source, size_t index) const;
  bool SeesWindow(const std::string& name) const;
  void FindSameColumns();

  void Refuse(const Json& node, std::string reason) {
    if (!shape_.reason.empty()) return;
    shape_.reason = std::move(reason);
    shape_.reason_offset = FirstPlace(node).value_or(0);
  }
  SelectShape Refused(std::string reason) {
    SelectShape refused;
    refused.reason = std::move(reason);
    refused.reason_offset = shape_.reason_offset;
    return refused;
  }

  const Json& tree_;
  const View& view_;
  const Project& project_;
  const NameResolver names_;
  SelectShape shape_;
  size_t scope_ = 0;  // of the resolver: that of the current node
  size_t branch_ = 0;
  std::optional<size_t> semi_scope_;  // the scope around the current outermost EXISTS or IN
  bool semi_is_plain_ = true;  // each outer column that an EXISTS or IN uses is a table column
  std::set<TableColumn> semi_needs_;
  EqualColumns equal_;
  std::vector<Columns> outputs_;  // by branch of UNION ALL
};

bool ShapeWalker::IsDistinct(const Json& node) {
  if (Member(node, "setop_all") == false) return true;
  return std::ranges::any_of(Member(node, "modifiers"), [](const Json& modifier) {
    return TextOf(modifier, "type") == "DISTINCT_MODIFIER";
  });
}

// Whether `node` is a window function, cast to another type or not.
bool ShapeWalker::IsWindow(const Json& node) {
  const std::string node_class = TextOf(node, "class");
  return node_class == "WINDOW" || (node_class == "CAST" && IsWindow(Member(node, "child")));
}

bool ShapeWalker::IsNamedWindow(const Json& node) {
  return IsWindow(node) && !TextOf(node, "alias").empty();
}

// Walks a row-wise SELECT, a UNION ALL of row-wise SELECTs, or a UNION of them. For a UNION it does
// not matter how many copies of a row there are.
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

// Refuses the clauses that a row-wise SELECT or UNION cannot have.
void ShapeWalker::Clauses(const Json& node) {
  for (const Json& modifier : Member(node, "modifiers")) {
    const std::string type = TextOf(modifier, "type");
    if (type == "DISTINCT_MODIFIER" && Member(modifier, "distinct_on_targets").empty()) continue;
    if (type == "ORDER_MODIFIER") continue;  // does not change which rows there are
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

// Walks a SELECT and returns its output columns.
Columns ShapeWalker::Select(const Json& node, bool in_from) {
  Clauses(node);
  const size_t around = scope_;
  scope_ = names_.ScopeOf(node);
  From(Member(node, "from_table"));
  if (const Json& where = Member(node, "where_clause"); !where.is_null()) Condition(where);
  const Json& list = Member(node, "select_list");
  for (const Json& column : list) {
    if (!(in_from && IsNamedWindow(column))) RowWise(column);
  }
  Columns columns = names_.QueryOf(node)->columns;
  // In `SELECT *, row_number() ..` it is not known which column is which.
  if (in_from && !columns.has_value()) {
    for (const Json& column : list) {
      if (IsNamedWindow(column)) Refuse(column, "window function");
    }
  }
  scope_ = around;
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
    const Columns columns = Select(select, /*in_from=*/true);
    const bool has_new_names = !Member(node, "column_name_alias").empty();
    const bool has_window =
        columns.has_value() && std::ranges::any_of(*columns, [](const OutputColumn& column) {
          return IsWindow(*column.expression);
        });
    if (has_new_names && has_window) Refuse(node, "window function");
  } else {
    Refuse(node, type == "EMPTY" ? "no table read" : "FROM of something else than tables");
  }
}

void ShapeWalker::Join(const Json& node) {
  From(Member(node, "left"));
  From(Member(node, "right"));
  const std::string kind = TextOf(node, "join_type");
  const std::string reference = TextOf(node, "ref_type");
  if (kind != "INNER" || (reference != "REGULAR" && reference != "CROSS")) {
    return Refuse(Member(node, "right"),
                  fmt::format("{} JOIN", kind == "INNER" ? reference : kind));
  }
  const size_t around = scope_;
  scope_ = names_.ScopeOf(node);
  if (const Json& condition = Member(node, "condition"); !condition.is_null()) {
    RowWise(condition);
    Condition(condition);
  }
  Using(node);
  scope_ = around;
}

// Records which columns USING makes equal. On each side the last source that has the column counts.
// Nothing is recorded when the columns of a source are not known.
void ShapeWalker::Using(const Json& join) {
  const NameScope& scope = names_.scopes()[scope_];
  const Json* first_right = &Member(join, "right");
  while (TextOf(*first_right, "type") == "JOIN") first_right = &Member(*first_right, "left");
  for (const Json& name : Member(join, "using_columns")) {
    if (SeesWindow(LowerCase(name.get<std::string>()))) return Refuse(join, "window function");
    if (!AreKnown(scope.left_siblings) || !AreKnown(scope.own)) return;
    std::array<std::optional<TableColumn>, 2> sides;
    size_t side = 0;
    for (const NameSource* source : scope.own) {
      if (source->node == first_right) side = 1;
      for (const SourceColumn& column : *source->columns) {
        if (name == column.name) sides[side] = column.plain;
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
  shape_.inputs.push_back({name, branch_, semi_scope_.has_value()});
}

// Walks a condition that must hold for every output row, or a part of it joined by AND.
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
  const bool is_outermost = !semi_scope_.has_value();
  if (is_outermost) semi_scope_ = scope_;
  if (type == "ANY") RowWise(Member(node, "child"));
  const Columns columns = Select(select);
  if (type == "ANY" && TextOf(node, "comparison_type") == "COMPARE_EQUAL" && columns.has_value() &&
      TextOf(Member(node, "child"), "class") == "COLUMN_REF") {
    const std::optional<Resolved> child = Resolve(Member(node, "child"));
    Equal(child.has_value() ? child->plain : std::nullopt, columns->front().plain);
  }
  if (is_outermost) semi_scope_.reset();
}

// Refuses an expression that depends on more than one row.
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
  const bool is_known =
      node_class.empty() || std::ranges::find(kRowWiseClasses, node_class) != kRowWiseClasses.end();
  if (!is_known) {
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
    if (!semi_scope_.has_value()) return;
    if (!resolved.has_value()) {
      semi_is_plain_ = false;
    } else if (IsOutsideSemi(resolved->scope)) {
      if (resolved->plain.has_value()) semi_needs_.insert(*resolved->plain);
      semi_is_plain_ = semi_is_plain_ && resolved->plain.has_value();
    }
    return;
  }
  if (node_class == "STAR" && SeesWindow("")) return Refuse(node, "window function");
  if (node_class == "STAR" && semi_scope_.has_value()) return;
  for (const Json& child : node) RowWise(child);
}

void ShapeWalker::Equal(const Json& left, const Json& right) {
  if (TextOf(left, "class") != "COLUMN_REF" || TextOf(right, "class") != "COLUMN_REF") return;
  const std::optional<Resolved> a = Resolve(left);
  const std::optional<Resolved> b = Resolve(right);
  if (a.has_value() && b.has_value()) Equal(a->plain, b->plain);
}

// Only columns of one type are recorded: two columns can be equal after casts to a third type
// without being equal to each other.
void ShapeWalker::Equal(const std::optional<TableColumn>& a, const std::optional<TableColumn>& b) {
  if (a.has_value() && b.has_value() && TypeOf(*a) == TypeOf(*b)) equal_.Join(*a, *b);
}

// Returns nothing when the column cannot be determined without binding. An ON condition may also
// refer to the sources to the left of its JOIN: if both have a column of that name, either may be
// meant.
std::optional<ShapeWalker::Resolved> ShapeWalker::Resolve(const Json& column) const {
  const NameUse* use = names_.UseOf(column);
  if (use == nullptr || !use->is_sure || use->columns.size() != 1) return std::nullopt;
  const size_t scope = names_.Outwards(use->scope, *use->depth);
  const bool is_condition = TextOf(*names_.scopes()[scope].node, "type") == "JOIN";
  if (use->left_sibling_depth.has_value() &&
      *use->left_sibling_depth < *use->depth + (is_condition ? 1 : 0)) {
    return std::nullopt;
  }
  const FoundColumn& found = use->columns.front();
  return Resolved{scope, (*found.source->columns)[found.index].plain};
}

bool ShapeWalker::IsOutsideSemi(size_t scope) const {
  for (std::optional<size_t> at = semi_scope_; at.has_value(); at = names_.scopes()[*at].outer) {
    if (*at == scope) return true;
  }
  return false;
}

bool ShapeWalker::IsWindowColumn(const NameSource& source, size_t index) const {
  if (!source.query.has_value()) return false;
  const OutputColumn& column = (*names_.queries()[*source.query].columns)[index];
  return column.expression != nullptr && IsWindow(*column.expression);
}

// Whether `name` may be a column that a window function computes; with "", whether there is any
// such column. Errs toward yes.
bool ShapeWalker::SeesWindow(const std::string& name) const {
  const auto sees = [&](const NameSource* source) {
    if (!source->columns.has_value()) return false;
    for (size_t i = 0; i < source->columns->size(); ++i) {
      const bool is_meant = name.empty() || (*source->columns)[i].name == name;
      if (is_meant && IsWindowColumn(*source, i)) return true;
    }
    return false;
  };
  for (std::optional<size_t> at = scope_; at.has_value(); at = names_.scopes()[*at].outer) {
    const NameScope& scope = names_.scopes()[*at];
    if (std::ranges::any_of(scope.own, sees)) return true;
    if (std::ranges::any_of(scope.left_siblings, sees)) return true;
  }
  return false;
}

std::string ShapeWalker::TypeOf(const TableColumn& column) const {
  for (const ColumnDefinition& one : AllColumns(*FindTable(project_, column.table))) {
    if (one.name == column.column) return ToString(one.type);
  }
  return "";
}

void ShapeWalker::FindSameColumns() {
  std::set<TableColumn> shown;
  for (const Columns& columns : outputs_) {
    if (!columns.has_value()) continue;
    for (size_t i = 0; i < std::min(columns->size(), view_.columns.size()); ++i) {
      const OutputColumn& column = (*columns)[i];
      if (!column.plain.has_value()) continue;
      if (TypeOf(*column.plain) != ToString(view_.columns[i].type)) continue;
      shown.insert(*column.plain);
      for (const TableColumn& same : equal_.ClassOf(*column.plain)) {
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
  return ShapeWalker(tree, view, project).Walk();
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
