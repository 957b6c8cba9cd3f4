// What the names of a parsed SELECT stand for. Walks its FROM clauses and tells for every SELECT in
// it what it reads and which columns it gives, and for every name in an expression which of them it
// is. Nothing is bound: what neither the tree nor the columns of the tables show is said not to be
// known, and a name that no engine would find is only said to lead nowhere.
//
// The lineage of a column goes from its expression (NameQuery::columns) over the names in it
// (UseOf) to the columns of sources, and from a source to the query or the table that it is of.
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

// Columns of tables by the table's name, all in lower case and in the table's order. The columns of
// a table that is not in it are not known.
using TableColumns = std::map<std::string, std::vector<std::string>>;

struct TableColumn {
  std::string table;
  std::string column;
  bool operator==(const TableColumn&) const = default;
  bool operator<(const TableColumn& other) const {
    return std::tie(table, column) < std::tie(other.table, other.column);
  }
};

// All names are in lower case. Every pointer to a node points into the tree that was resolved.

struct SourceColumn {
  std::string name;                  // "" of an expression that was given none
  std::optional<TableColumn> plain;  // a table's column as it stands, through any number of SELECTs
};

// One thing in a FROM clause that has a name of its own: a table, a derived table ..; to the ORDER
// BY of a set operation, what comes out of it.
struct NameSource {
  std::string alias;                     // a table's name where it was given no other
  const nlohmann::json* node = nullptr;  // BASE_TABLE, SUBQUERY ..
  std::string table;                     // of a table, else ""
  // Of a derived table or a common table expression: what gives its columns, in queries(), with
  // the same columns in the same order, though maybe by other names.
  std::optional<size_t> query;
  std::optional<std::vector<SourceColumn>> columns;  // nothing: not known
};

struct FoundColumn {
  const NameSource* source = nullptr;
  size_t index = 0;  // of the source's columns
};

// A column that a SELECT gives.
struct OutputColumn {
  std::string name;                            // its alias, or that of the column that it is
  const nlohmann::json* expression = nullptr;  // in the select list, maybe `*`
  std::optional<FoundColumn> copied;           // the column of FROM that it is, unchanged
  std::optional<TableColumn> plain;            // the table's column that it is, unchanged
};

// A SELECT or a set operation, wherever it stands.
struct NameQuery {
  const nlohmann::json* node = nullptr;
  size_t scope = 0;           // of scopes(): where the names of its clauses are looked up
  std::vector<size_t> sides;  // of a set operation: the two queries(), whose columns go by position
  // Nothing: not known. Those of a set operation have the names of its left side, and no more.
  std::optional<std::vector<OutputColumn>> columns;
};

// `WITH name AS (..)`.
struct NameCte {
  std::string name;
  size_t query = 0;          // of queries()
  bool hides_outer = false;  // another one of this name could be seen where it is defined
  std::optional<std::vector<SourceColumn>> columns;
};

// Where names are looked up: the sources of a SELECT's FROM, or those that an ON condition sees.
struct NameScope {
  const nlohmann::json* node = nullptr;  // a query's, a JOIN's, or what else has expressions
  // That of the SELECT around a subquery. A derived table's is that of the SELECT it stands in.
  std::optional<size_t> outer;
  std::optional<size_t> subquery;  // of subqueries(): the innermost one that it is in
  std::vector<const NameSource*> own;
  // What stands to the left in the same FROM: DuckDB looks there after `own` and before `outer`,
  // Spark does not look there.
  std::vector<const NameSource*> beside;
  std::vector<std::string> merged;   // columns that USING makes one of two
  std::vector<std::string> aliases;  // of a SELECT's items, "" where there is none
};

enum class SelectPart : uint8_t {
  kSelectList,
  kFrom,  // ON, VALUES
  kWhere,
  kGroupBy,
  kHaving,
  kQualify,
  kOrderBy,   // also LIMIT
  kSetOrder,  // that of a set operation
  kOther,     // what no portable SELECT has
};

// A subquery that is an expression, or a part of one: a value, EXISTS, IN.
struct NameSubquery {
  const nlohmann::json* node = nullptr;
  size_t scope = 0;  // the one it stands in
  SelectPart part = SelectPart::kOther;
  size_t query = 0;  // of queries()
};

// A COLUMN_REF: `name` or `table.name`.
struct NameUse {
  enum class Meaning : uint8_t {
    kColumn,          // `columns`
    kMaybeColumn,     // of a source whose columns are not known
    kAlias,           // the item `alias` of the select list
    kRow,             // a source's name alone: all of its row
    kNeighbour,       // a column of `beside`, or a qualified name of something there
    kMaybeNeighbour,  // of something there whose columns are not known
    kNone,            // a call without brackets as current_date, or a mistake
  };

  const nlohmann::json* node = nullptr;
  size_t scope = 0;
  SelectPart part = SelectPart::kOther;
  const nlohmann::json* call = nullptr;  // the innermost aggregate or window function around it
  // The nearest that it can mean: a column of FROM before an alias, but in ORDER BY the alias.
  Meaning meaning = Meaning::kNone;

  // What it could mean as a column, whatever stands nearer: scopes outwards to the first whose own
  // sources have it or may have it, and there all columns of that name.
  std::optional<size_t> depth;
  std::vector<FoundColumn> columns;  // several: `is_merged`, or it cannot be told which
  bool is_sure = false;              // no source there may have more of them
  bool is_merged = false;            // one value of all `columns`, by USING

  std::optional<size_t> alias;        // item of the select list; it may name itself
  std::optional<size_t> table_depth;  // of a qualified name: scopes outwards to its table
  std::optional<size_t> beside;  // scopes outwards to the first `beside` that has it or may have it
};

class NameResolver {
 public:
  enum class Follow : uint8_t {
    kAll,
    // A SELECT with `*`, and what is given new names by `t(a, b)`, have columns that are not known.
    kWrittenOut,
  };

  // `tree` is what ParseSelect gives. Keeps pointers into it: it must outlive this, unchanged.
  NameResolver(const nlohmann::json& tree, TableColumns tables, Follow follow = Follow::kAll);
  NameResolver(const NameResolver&) = delete;
  NameResolver& operator=(const NameResolver&) = delete;

  // In the order of the text, but for WITH before the rest of its query, and FROM before the rest
  // of its SELECT.
  const std::deque<NameQuery>& queries() const { return queries_; }
  const std::deque<NameScope>& scopes() const { return scopes_; }
  const std::deque<NameCte>& ctes() const { return ctes_; }
  const std::deque<NameSubquery>& subqueries() const { return subqueries_; }
  const std::deque<NameUse>& uses() const { return uses_; }

  // By nodes of the tree; nullptr where the node is none such.
  const NameUse* UseOf(const nlohmann::json& column_ref) const;
  const NameSource* SourceOf(const nlohmann::json& from_node) const;  // not of a JOIN
  const NameQuery* QueryOf(const nlohmann::json& query) const;
  // A common table expression, not a table.
  bool IsCte(const nlohmann::json& base_table) const;
  // Of a query, or of a JOIN's condition. REQUIRES: the node is one of these.
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

  size_t Query(const Json& node, Ctes ctes, std::optional<size_t> outer, const Sources& beside);
  void AddCtes(const Json& node, Ctes& ctes, std::optional<size_t> outer, const Sources& beside);
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
  size_t AddScope(const Json& node, std::optional<size_t> outer, const Sources& beside);
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
  std::vector<size_t> open_subqueries_;  // those around what is walked, the innermost is the last
};

}  // namespace stedi
