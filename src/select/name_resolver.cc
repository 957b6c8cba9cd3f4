#include "select/name_resolver.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "base/ascii_case.h"
#include "pipeline/portable_sql.h"
#include "select/select_tree.h"

namespace stedi {
namespace {

using Json = nlohmann::json;
using Meaning = NameUse::Meaning;
using Sources = std::vector<const NameSource*>;

// The clauses of a SELECT, except FROM, that have expressions, in the order in which they are
// visited.
struct ClauseRow {
  const char* member;  // of the SELECT's node
  SelectPart part;
};
constexpr auto kClauses = std::to_array<ClauseRow>({
    {"select_list", SelectPart::kSelectList},
    {"where_clause", SelectPart::kWhere},
    {"group_expressions", SelectPart::kGroupBy},
    {"having", SelectPart::kHaving},
    {"modifiers", SelectPart::kOrderBy},
    {"qualify", SelectPart::kQualify},
    {"sample", SelectPart::kOther},
});

// The modifiers of a `*`. With one of them it does not stand for all columns.
constexpr auto kStarLists = std::to_array<const char*>(
    {"exclude_list", "qualified_exclude_list", "replace_list", "rename_list", "columns"});

constexpr auto kQueryTypes = std::to_array<std::string_view>(
    {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"});
constexpr auto kFromTypes =
    std::to_array<std::string_view>({"BASE_TABLE", "JOIN", "SUBQUERY", "EXPRESSION_LIST"});

template <class List>
bool Contains(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

bool HasTable(const Sources& sources, const std::string& alias) {
  return std::ranges::find(sources, alias, &NameSource::alias) != sources.end();
}

bool AreKnown(const Sources& sources) {
  return std::ranges::all_of(sources,
                             [](const NameSource* source) { return source->columns.has_value(); });
}

Sources SourcesNamed(const Sources& sources, const std::string& alias) {
  Sources named;
  std::ranges::copy_if(sources, std::back_inserter(named),
                       [&](const NameSource* source) { return source->alias == alias; });
  return named;
}

std::vector<FoundColumn> ColumnsNamed(const Sources& sources, const std::string& name) {
  std::vector<FoundColumn> found;
  for (const NameSource* source : sources) {
    if (!source->columns.has_value()) continue;
    for (size_t i = 0; i < source->columns->size(); ++i) {
      if ((*source->columns)[i].name == name) found.push_back({source, i});
    }
  }
  return found;
}

std::optional<TableColumn> PlainOf(const FoundColumn& column) {
  return (*column.source->columns)[column.index].plain;
}

// Sets the meaning of `use`, unless it has a nearer one already.
void SetMeaning(NameUse& use, Meaning meaning) {
  if (use.meaning == Meaning::kNone) use.meaning = meaning;
}

// Looks for a column in the sources of one scope, unless it was found in an inner scope.
void FindColumn(NameUse& use, const Sources& sources, const std::string& name, size_t depth) {
  if (use.depth.has_value()) return;
  std::vector<FoundColumn> columns = ColumnsNamed(sources, name);
  const bool is_sure = AreKnown(sources);
  if (columns.empty() && is_sure) return;
  SetMeaning(use, columns.empty() ? Meaning::kMaybeColumn : Meaning::kColumn);
  use.depth = depth;
  use.columns = std::move(columns);
  use.is_sure = is_sure;
}

}  // namespace

NameResolver::NameResolver(const Json& tree, TableColumns tables, Follow follow)
    : tables_(std::move(tables)), follow_(follow) {
  for (const Json& statement : Member(tree, "statements")) {
    Query(Member(statement, "node"), {}, std::nullopt, {});
  }
}

const NameUse* NameResolver::UseOf(const Json& column_ref) const {
  const auto found = use_by_node_.find(&column_ref);
  return found == use_by_node_.end() ? nullptr : found->second;
}

const NameSource* NameResolver::SourceOf(const Json& from_node) const {
  const auto found = source_by_node_.find(&from_node);
  return found == source_by_node_.end() ? nullptr : found->second;
}

const NameQuery* NameResolver::QueryOf(const Json& query) const {
  const auto found = query_by_node_.find(&query);
  return found == query_by_node_.end() ? nullptr : found->second;
}

bool NameResolver::IsCte(const Json& base_table) const {
  const NameSource* source = SourceOf(base_table);
  return source != nullptr && source->query.has_value() &&
         TextOf(base_table, "type") == "BASE_TABLE";
}

size_t NameResolver::Outwards(size_t scope, size_t depth) const {
  for (; depth > 0; --depth) scope = scopes_[scope].outer.value();
  return scope;
}

const NameScope* NameResolver::OuterOf(const NameScope& scope) const {
  return scope.outer.has_value() ? &scopes_[*scope.outer] : nullptr;
}

size_t NameResolver::AddScope(const Json& node, std::optional<size_t> outer,
                              const Sources& left_siblings) {
  NameScope& scope = scopes_.emplace_back();
  scope.node = &node;
  scope.outer = outer;
  if (!open_subqueries_.empty()) scope.subquery = open_subqueries_.back();
  scope.left_siblings = left_siblings;
  scope_by_node_[&node] = scopes_.size() - 1;
  return scopes_.size() - 1;
}

// Each common table expression sees those before it. On return, `ctes` has all of them.
void NameResolver::AddCtes(const Json& node, Ctes& ctes, std::optional<size_t> outer,
                           const Sources& left_siblings) {
  std::set<std::string> own;
  for (const Json& entry : Member(Member(node, "cte_map"), "map")) {
    const std::string name = LowerCase(TextOf(entry, "key"));
    const Json& value = Member(entry, "value");
    const size_t id = ctes_.size();
    NameCte& cte = ctes_.emplace_back();
    cte.name = name;
    cte.hides_outer = ctes.contains(name) && !own.contains(name);
    cte.query = Query(Member(Member(value, "query"), "node"), ctes, outer, left_siblings);
    cte.columns = Renamed(cte.query, Member(value, "aliases"));
    ctes[name] = id;
    own.insert(name);
  }
}

size_t NameResolver::Query(const Json& node, Ctes ctes, std::optional<size_t> outer,
                           const Sources& left_siblings) {
  AddCtes(node, ctes, outer, left_siblings);
  const size_t id = queries_.size();
  NameQuery& query = queries_.emplace_back();
  query.node = &node;
  query.scope = AddScope(node, outer, left_siblings);
  query_by_node_[&node] = &query;
  const std::string type = TextOf(node, "type");
  if (type == "SELECT_NODE") {
    Select(query, ctes);
  } else if (type == "SET_OPERATION_NODE") {
    SetOperation(query, ctes);
  } else if (node.is_object()) {
    for (const auto& [key, child] : node.items()) {
      if (key != "cte_map") Visit(child, ctes, {query.scope, SelectPart::kOther, nullptr});
    }
  }
  return id;
}

void NameResolver::Select(NameQuery& query, const Ctes& ctes) {
  const Json& node = *query.node;
  NameScope& scope = scopes_[query.scope];
  scope.own = From(Member(node, "from_table"), ctes, query.scope, scope.left_siblings);
  for (const Json& item : Member(node, "select_list")) {
    scope.aliases.push_back(LowerCase(TextOf(item, "alias")));
  }
  for (const ClauseRow& clause : kClauses) {
    Visit(Member(node, clause.member), ctes, {query.scope, clause.part, nullptr});
  }
  query.columns = Outputs(Member(node, "select_list"), scope);
}

// The ORDER BY of a set operation sees the output columns as if they were columns of a source
// without a name.
void NameResolver::SetOperation(NameQuery& query, const Ctes& ctes) {
  NameScope& scope = scopes_[query.scope];
  for (const char* side : {"left", "right"}) {
    query.sides.push_back(Query(Member(*query.node, side), ctes, scope.outer, scope.left_siblings));
  }
  const NameQuery& left = queries_[query.sides.front()];
  NameSource& source = sources_.emplace_back();
  source.node = query.node;
  if (left.columns.has_value()) {
    query.columns.emplace();
    source.columns.emplace();
    for (const OutputColumn& column : *left.columns) {
      query.columns->push_back({column.name, nullptr, {}, {}});
      source.columns->push_back({column.name, {}});
    }
  }
  scope.own = {&source};
  Visit(Member(*query.node, "modifiers"), ctes, {query.scope, SelectPart::kSetOrder, nullptr});
}

// The sources of `node`, which is part of a FROM clause; `left` are the sources before it.
NameResolver::Sources NameResolver::From(const Json& node, const Ctes& ctes, size_t select,
                                         const Sources& left) {
  const std::string type = TextOf(node, "type");
  if (type == "JOIN") return Join(node, ctes, select, left);
  NameSource& source = sources_.emplace_back();
  source.node = &node;
  source.alias = LowerCase(TextOf(node, "alias"));
  source_by_node_[&node] = &source;
  const std::optional<size_t> outer = scopes_[select].outer;
  if (type == "BASE_TABLE") {
    BaseTable(source, ctes);
  } else if (type == "SUBQUERY") {
    source.query = Query(Member(Member(node, "subquery"), "node"), ctes, outer, left);
    source.columns = Renamed(*source.query, Json());
  } else if (node.is_object()) {
    // VALUES, a table function, or no FROM at all. The latter is treated as a source of unknown
    // columns: the tree may be a condition, which does not name its table.
    const SelectPart part = type == "EXPRESSION_LIST" ? SelectPart::kFrom : SelectPart::kOther;
    const size_t scope = AddScope(node, outer, left);
    for (const Json& child : node) Visit(child, ctes, {scope, part, nullptr});
  }
  Rename(Member(node, "column_name_alias"), source.columns);
  return {&source};
}

NameResolver::Sources NameResolver::Join(const Json& node, const Ctes& ctes, size_t select,
                                         const Sources& left) {
  Sources all = From(Member(node, "left"), ctes, select, left);
  Sources neighbours = left;
  neighbours.insert(neighbours.end(), all.begin(), all.end());
  const Sources right = From(Member(node, "right"), ctes, select, neighbours);
  all.insert(all.end(), right.begin(), right.end());
  for (std::string& name : LowerTexts(Member(node, "using_columns"))) {
    scopes_[select].merged.push_back(std::move(name));
  }
  const size_t scope = AddScope(node, scopes_[select].outer, left);
  scopes_[scope].own = all;
  scopes_[scope].merged = scopes_[select].merged;
  Visit(Member(node, "condition"), ctes, {scope, SelectPart::kFrom, nullptr});
  return all;
}

// A qualified name never refers to a common table expression.
void NameResolver::BaseTable(NameSource& source, const Ctes& ctes) const {
  const std::string name = LowerCase(TextOf(*source.node, "table_name"));
  if (source.alias.empty()) source.alias = name;
  const auto cte = ctes.find(name);
  if (cte != ctes.end() && TextOf(*source.node, "schema_name").empty()) {
    source.query = ctes_[cte->second].query;
    source.columns = ctes_[cte->second].columns;
    return;
  }
  source.table = name;
  const auto table = tables_.find(name);
  if (table == tables_.end()) return;
  source.columns.emplace();
  for (const std::string& column : table->second) {
    source.columns->push_back({column, TableColumn{name, column}});
  }
}

void NameResolver::Visit(const Json& node, const Ctes& ctes, const Place& place) {
  if (node.is_array()) {
    for (const Json& child : node) Visit(child, ctes, place);
  } else if (node.is_object()) {
    if (TextOf(node, "class").empty()) {
      VisitOther(node, ctes, place);
    } else {
      VisitExpression(node, ctes, place);
    }
  }
}

void NameResolver::VisitExpression(const Json& node, const Ctes& ctes, const Place& place) {
  const std::string node_class = TextOf(node, "class");
  if (node_class == "COLUMN_REF") return AddUse(node, place);
  Place inside = place;
  const std::string function = node_class == "FUNCTION" ? FunctionName(node) : "";
  // count(*) has no argument that could contain a name.
  const bool is_aggregate = TraitsOf(function).is_aggregate && function != "count_star";
  if (node_class == "WINDOW" || is_aggregate) inside.call = &node;
  for (const auto& [key, child] : node.items()) {
    if (key != "subquery") {
      Visit(child, ctes, inside);
      continue;
    }
    const size_t id = subqueries_.size();
    subqueries_.push_back({&node, place.scope, place.part, 0});
    open_subqueries_.push_back(id);
    subqueries_[id].query = Query(Member(child, "node"), ctes, place.scope, {});
    open_subqueries_.pop_back();
  }
}

// Visits lists and parts of expressions, and also a query or a table in a place where no portable
// SELECT has one.
void NameResolver::VisitOther(const Json& node, const Ctes& ctes, const Place& place) {
  const std::string type = TextOf(node, "type");
  const NameScope& scope = scopes_[place.scope];
  if (Contains(kQueryTypes, type)) {
    Query(node, ctes, scope.outer, scope.left_siblings);
  } else if (Contains(kFromTypes, type)) {
    From(node, ctes, place.scope, scope.left_siblings);
  } else {
    for (const Json& child : node) Visit(child, ctes, place);
  }
}

void NameResolver::AddUse(const Json& node, const Place& place) {
  NameUse& use = uses_.emplace_back();
  use.node = &node;
  use.scope = place.scope;
  use.part = place.part;
  use.call = place.call;
  use_by_node_[&node] = &use;
  const std::vector<std::string> names = LowerTexts(Member(node, "column_names"));
  if (names.size() == 1) FindName(use, names.front());
  if (names.size() == 2) FindQualified(use, names.front(), names.back());
}

void NameResolver::FindName(NameUse& use, const std::string& name) const {
  const NameScope& scope = scopes_[use.scope];
  const auto alias = std::ranges::find(scope.aliases, name);
  if (alias != scope.aliases.end()) use.alias = static_cast<size_t>(alias - scope.aliases.begin());
  if (use.alias.has_value() && use.part == SelectPart::kOrderBy) SetMeaning(use, Meaning::kAlias);
  size_t depth = 0;
  for (const NameScope* at = &scope; at != nullptr; at = OuterOf(*at), ++depth) {
    const bool was_found = use.depth.has_value();
    FindColumn(use, at->own, name, depth);
    if (!was_found && use.depth.has_value()) use.is_merged = Contains(at->merged, name);
    if (use.alias.has_value()) SetMeaning(use, Meaning::kAlias);
    if (HasTable(at->own, name)) SetMeaning(use, Meaning::kRow);
    const bool is_left_sibling = !ColumnsNamed(at->left_siblings, name).empty();
    if (!is_left_sibling && AreKnown(at->left_siblings)) continue;
    SetMeaning(use, is_left_sibling ? Meaning::kNeighbour : Meaning::kMaybeNeighbour);
    if (!use.left_sibling_depth.has_value()) use.left_sibling_depth = depth;
  }
}

void NameResolver::FindQualified(NameUse& use, const std::string& table,
                                 const std::string& name) const {
  size_t depth = 0;
  for (const NameScope* at = &scopes_[use.scope]; at != nullptr; at = OuterOf(*at), ++depth) {
    if (HasTable(at->own, table)) {
      if (!use.table_depth.has_value() && !use.left_sibling_depth.has_value()) {
        use.table_depth = depth;
      }
      FindColumn(use, SourcesNamed(at->own, table), name, depth);
    }
    if (!HasTable(at->left_siblings, table)) continue;
    SetMeaning(use, Meaning::kNeighbour);
    if (!use.left_sibling_depth.has_value()) use.left_sibling_depth = depth;
  }
}

// The output columns of a SELECT; no value when they are not known.
std::optional<std::vector<OutputColumn>> NameResolver::Outputs(const Json& list,
                                                               const NameScope& scope) const {
  std::vector<OutputColumn> out;
  for (const Json& item : list) {
    if (TextOf(item, "class") == "STAR") {
      if (!AddStar(item, scope, out)) return std::nullopt;
      continue;
    }
    OutputColumn column{LowerCase(TextOf(item, "alias")), &item, {}, {}};
    const std::vector<std::string> names = LowerTexts(Member(item, "column_names"));
    if (column.name.empty() && !names.empty()) column.name = names.back();
    const NameUse* use = UseOf(item);
    if (use != nullptr && use->depth == size_t{0} && use->is_sure && use->columns.size() == 1) {
      column.copied = use->columns.front();
      column.plain = PlainOf(*column.copied);
    }
    out.push_back(std::move(column));
  }
  return out;
}

// Appends the columns that `*` stands for. Returns false when they are not known. With USING they
// count as not known, because engines order them differently.
bool NameResolver::AddStar(const Json& star, const NameScope& scope,
                           std::vector<OutputColumn>& out) const {
  if (follow_ == Follow::kWrittenOut) return false;
  const bool is_changed = std::ranges::any_of(kStarLists, [&](const char* list) {
    const Json& member = Member(star, list);
    return member == true || (member.is_structured() && !member.empty());
  });
  if (is_changed) return false;
  const std::string of = LowerCase(TextOf(star, "relation_name"));
  for (const NameSource* source : scope.own) {
    if (!of.empty() && source->alias != of) continue;
    if (!source->columns.has_value() || !scope.merged.empty()) return false;
    for (size_t i = 0; i < source->columns->size(); ++i) {
      const SourceColumn& column = (*source->columns)[i];
      out.push_back({column.name, &star, FoundColumn{source, i}, column.plain});
    }
  }
  return true;
}

// The columns of a query, the first of them renamed to `names`, as in `t(a, b)`.
NameResolver::SourceColumns NameResolver::Renamed(size_t query, const Json& names) const {
  SourceColumns columns;
  if (queries_[query].columns.has_value()) {
    columns.emplace();
    for (const OutputColumn& column : *queries_[query].columns) {
      columns->push_back({column.name, column.plain});
    }
  }
  Rename(names, columns);
  return columns;
}

void NameResolver::Rename(const Json& names, SourceColumns& columns) const {
  const std::vector<std::string> renamed = LowerTexts(names);
  if (renamed.empty() || !columns.has_value()) return;
  if (follow_ == Follow::kWrittenOut) return columns.reset();
  for (size_t i = 0; i < std::min(renamed.size(), columns->size()); ++i) {
    (*columns)[i].name = renamed[i];
  }
}

}  // namespace stedi
