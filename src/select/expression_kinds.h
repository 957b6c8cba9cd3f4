// Infers the kinds of the expressions (ExpressionKind) in a SELECT that is parsed but not bound:
// enough to find places where engines differ by type. A kind that is not certain is kUnknown.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "pipeline/portable_sql.h"
#include "pipeline/project.h"

namespace stedi {

// The kinds of the expressions in one SELECT, given as the tree of json_serialize_sql. Columns are
// looked up by their unqualified name among the columns of the tables' contracts and the aliases in
// the SELECT. A name that could have two kinds is kUnknown.
class ExpressionKinds {
 public:
  ExpressionKinds(const nlohmann::json& tree, const std::vector<const TableDefinition*>& tables);

  ExpressionKind KindOf(const nlohmann::json& expression) const;
  // True when a column of a table or an alias has this name, which must be in lower case.
  bool IsName(const std::string& name) const { return names_.contains(name); }
  // True for an expression that is never NULL, apart from the NULLs that an outer join adds: a
  // column that is NOT NULL in every table that has one of this name, or a call such as
  // row_number().
  bool IsNeverNull(const nlohmann::json& expression) const;
  // True when the SELECT has an outer join, which can make every column of a table NULL, even one
  // for which IsNeverNull() is true.
  bool has_outer_join() const { return has_outer_join_; }

 private:
  struct Name {
    ExpressionKind kind;
    bool never_null;
  };
  void Add(const std::string& name, ExpressionKind kind, bool never_null);
  void AddAliases(const nlohmann::json& node);
  ExpressionKind OfFunction(const nlohmann::json& expression) const;
  ExpressionKind OfArithmetic(const nlohmann::json& children) const;
  const Name* Find(const nlohmann::json& column) const;

  std::map<std::string, Name> names_;
  bool has_outer_join_ = false;
};

}  // namespace stedi
