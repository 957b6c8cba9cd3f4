// Resolves the names in a parsed SELECT without binding it. For every SELECT in the tree it finds
// the sources that are read and the columns that are given, and for every name in an expression
// what the name refers to. What cannot be decided from the tree and the columns of the tables is
// reported as not known. A name that no engine would find is no error here: it just has no meaning
// (kNone).
//
// To follow the lineage of a column, start at its expression (NameQuery::columns), look up the
// names in it (UseOf), which lead to columns of sources, and go on from each source to its query or
// table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace stedi {

// Maps the name of a table to its columns in the table's order; all names are in lower case. The
// columns of a table that is not in the map are not known.
using TableColumns = std::map<std::string, std::vector<std::string>>;

struct TableColumn {
  std::string table;
  std::string column;
  bool operator==(const TableColumn&) const = default;
  bool operator<(const TableColumn& other) const {
    return std::tie(table, column) < std::tie(other.table, other.column);
  }
};

// In the structs below all names are in lower case, and all pointers to nodes point into the tree
// that was resolved.

struct SourceColumn {
  std::string name;                  // "" for an expression without an alias
  std::optional<TableColumn> plain;  // the table column whose values it has, unchanged
};

// An item of a FROM clause: a table, a common table expression, a derived table, VALUES .. The
// output of a set operation is a source as well, for the ORDER BY of the set operation.
struct NameSource {
  std::string alias;                     // the alias, or the name of a table without one
  const nlohmann::json* node = nullptr;  // BASE_TABLE, SUBQUERY ..
  std::string table;                     // the name of a table, else ""
  // Of a derived table or a common table expression: the index in queries() of its query, which has
  // the same columns in the same order, though possibly under other names.
  std::optional<size_t> query;
  std::optional<std::vector<SourceColumn>> columns;  // no value: not known
};

struct FoundColumn {
  const NameSource* source = nullptr;
  size_t index = 0;  // in source->columns
};

// An output column of a SELECT.
struct OutputColumn {
  std::string name;                            // its alias, or the name of its column, or ""
  const nlohmann::json* expression = nullptr;  // in the select list, possibly `*`
  std::optional<FoundColumn> copied;           // the column in FROM that it is, unchanged
  std::optional<TableColumn> plain;            // the table column that it is, unchanged
};

// A SELECT or a set operation, anywhere in the tree.
struct NameQuery {
  const nlohmann::json* node = nullptr;
  size_t scope = 0;           // in scopes(): where the names in its clauses are looked up
  std::vector<size_t> sides;  // the two queries() of a set operation; columns match by position
  // No value: not known. The columns of a set operation have the names of its left side, and no
  // other member is set.
  std::optional<std::vector<OutputColumn>> columns;
};

// A common table expression: `WITH name AS (..)`.
struct NameCte {
  std::string name;
  size_t query = 0;          // index in queries()
  bool hides_outer = false;  // another one of this name is visible where it is defined
  std::optional<std::vector<SourceColumn>> columns;
};

// Where names are looked up: the sources in the FROM of a SELECT, or those that an ON condition
// sees.
struct NameScope {
  const nlohmann::json* node = nullptr;  // a query, a JOIN, or another node that has expressions
  // The scope around a subquery in an expression, as an index in scopes(). A derived table has the
  // same outer scope as the SELECT whose FROM contains it.
  std::optional<size_t> outer;
  std::optional<size_t> subquery;  // index in subqueries() of the innermost one around it
  std::vector<const NameSource*> own;
  // The sources to the left in the same FROM. DuckDB looks there after `own` and before `outer`;
  // Spark does not look there.
  std::vector<const NameSource*> left_siblings;
  std::vector<std::string> merged;   // columns that USING merges from two
  std::vector<std::string> aliases;  // of the items of a select list, "" where there is none
};

enum class SelectPart : uint8_t {
  kSelectList,
  kFrom,  // ON, VALUES
  kWhere,
  kGroupBy,
  kHaving,
  kQualify,
  kOrderBy,   // also LIMIT
  kSetOrder,  // the ORDER BY of a set operation
  kOther,     // a clause that no portable SELECT has
};

// A subquery in an expression: a scalar subquery, EXISTS, or IN.
struct NameSubquery {
  const nlohmann::json* node = nullptr;
  size_t scope = 0;  // index in scopes() of the scope around it
  SelectPart part = SelectPart::kOther;
  size_t query = 0;  // index in queries()
};

// The use of a name in an expression, a COLUMN_REF node: `name` or `table.name`.
struct NameUse {
  enum class Meaning : uint8_t {
    kColumn,          // `columns`
    kMaybeColumn,     // perhaps a column of a source whose columns are not known
    kAlias,           // the item `alias` of the select list
    kRow,             // the name of a source alone: its whole row
    kNeighbour,       // a column of one of NameScope::left_siblings, or a name qualified with one
    kMaybeNeighbour,  // perhaps a column of a source there whose columns are not known
    kNone,            // a function called without parentheses, such as current_date, or a mistake
  };

  const nlohmann::json* node = nullptr;
  size_t scope = 0;
  SelectPart part = SelectPart::kOther;
  const nlohmann::json* call = nullptr;  // the innermost aggregate or window function around it
  // The nearest thing that it can mean. A column in FROM takes precedence over an alias, except in
  // ORDER BY.
  Meaning meaning = Meaning::kNone;

  // What it could mean as a column, even if something else is nearer. `depth` is the number of
  // scopes outwards to the first scope whose own sources have or may have the column, and `columns`
  // are all columns of that name there.
  std::optional<size_t> depth;
  std::vector<FoundColumn> columns;  // several: `is_merged`, or ambiguous
  bool is_sure = false;              // the columns of all sources there are known
  bool is_merged = false;            // `columns` are merged into one value by USING

  std::optional<size_t> alias;        // item of the select list; may be the one with this use
  std::optional<size_t> table_depth;  // of a qualified name: number of scopes outwards to its table
  // Number of scopes outwards to the first one whose `left_siblings` have or may have it.
  std::optional<size_t> left_sibling_depth;
};

class NameResolver {
 public:
  enum class Follow : uint8_t {
    kAll,
    // The columns of a SELECT with `*`, and of a source renamed by `t(a, b)`, count as not known.
    kWrittenOut,
  };

  // `tree` is a result of ParseSelect(). Keeps pointers into it: it must outlive this object and
  // must not be changed.
  NameResolver(const nlohmann::json& tree, TableColumns tables, Follow follow = Follow::kAll);
  NameResolver(const NameResolver&) = delete;
  NameResolver& operator=(const NameResolver&) = delete;

  // Each in the order of the text, except that WITH comes before the rest of its query and FROM
  // before the rest of its SELECT.
  const std::deque<NameQuery>& queries() const { return queries_; }
  const std::deque<NameScope>& scopes() const { return scopes_; }
  const std::deque<NameCte>& ctes() const { return ctes_; }
  const std::deque<NameSubquery>& subqueries() const { return subqueries_; }
  const std::deque<NameUse>& uses() const { return uses_; }

  // Look up by a node of the tree; nullptr when the node is not of that kind.
  const NameUse* UseOf(const nlohmann::json& column_ref) const;
  const NameSource* SourceOf(const nlohmann::json& from_node) const;  // nullptr for a JOIN
  const NameQuery* QueryOf(const nlohmann::json& query) const;
  // True when the node refers to a common table expression, not to a table.
  bool IsCte(const nlohmann::json& base_table) const;
  // The scope of a query, or of a JOIN's condition. REQUIRES: the node is one of these.
  size_t ScopeOf(const nlohmann::json& query_or_join) const {
    return scope_by_node_.at(&query_or_join);
  }
  // The scope that is `depth` scopes outside of `scope`. REQUIRES: there is one.
  size_t Outwards(size_t scope, size_t depth) const;

 private:
  using Json = nlohmann::json;
  using Sources = std::vector<const NameSource*>;
  using Ctes = std::map<std::string, size_t>;
  using SourceColumns = std::optional<std::vector<SourceColumn>>;
  struct Place {
    size_t scope;
    SelectPart part;
    const Json* call;
  };

  size_t Query(const Json& node, Ctes ctes, std::optional<size_t> outer,
               const Sources& left_siblings);
  void AddCtes(const Json& node, Ctes& ctes, std::optional<size_t> outer,
               const Sources& left_siblings);
  void Select(NameQuery& query, const Ctes& ctes);
  void SetOperation(NameQuery& query, const Ctes& ctes);
  Sources From(const Json& node, const Ctes& ctes, size_t select, const Sources& left);
  Sources Join(const Json& node, const Ctes& ctes, size_t select, const Sources& left);
  void BaseTable(NameSource& source, const Ctes& ctes) const;
  void Visit(const Json& node, const Ctes& ctes, const Place& place);
  void VisitExpression(const Json& node, const Ctes& ctes, const Place& place);
  void VisitOther(const Json& node, const Ctes& ctes, const Place& place);
  void AddUse(const Json& node, const Place& place);
  void FindName(NameUse& use, const std::string& name) const;
  void FindQualified(NameUse& use, const std::string& table, const std::string& name) const;
  size_t AddScope(const Json& node, std::optional<size_t> outer, const Sources& left_siblings);
  const NameScope* OuterOf(const NameScope& scope) const;
  std::optional<std::vector<OutputColumn>> Outputs(const Json& list, const NameScope& scope) const;
  bool AddStar(const Json& star, const NameScope& scope, std::vector<OutputColumn>& out) const;
  SourceColumns Renamed(size_t query, const Json& names) const;
  void Rename(const Json& names, SourceColumns& columns) const;

  TableColumns tables_;
  Follow follow_;
  std::deque<NameSource> sources_;
  std::deque<NameQuery> queries_;
  std::deque<NameScope> scopes_;
  std::deque<NameCte> ctes_;
  std::deque<NameSubquery> subqueries_;
  std::deque<NameUse> uses_;
  std::map<const Json*, const NameUse*> use_by_node_;
  std::map<const Json*, const NameSource*> source_by_node_;
  std::map<const Json*, const NameQuery*> query_by_node_;
  std::map<const Json*, size_t> scope_by_node_;
  std::vector<size_t> open_subqueries_;  // those around the current node, the innermost last
};

}  // namespace stedi
