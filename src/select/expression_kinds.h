// What can be told of the type of an expression of a parsed, not yet bound SELECT: enough to see
// where engines differ by type, never more than is certain.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "pipeline/portable_sql.h"
#include "pipeline/project.h"

namespace stedi {

// Kinds of the expressions of one SELECT, as json_serialize_sql gives it. Columns are known by
// their last name alone, from the tables' contracts and from the aliases in the SELECT; a name that
// could mean two kinds has none.
class ExpressionKinds {
 public:
  ExpressionKinds(const nlohmann::json& tree, const std::vector<const TableDefinition*>& tables);

  ExpressionKind Of(const nlohmann::json& expression) const;
  // A column of a table or an alias of that name (lower case) exists.
  bool IsName(const std::string& name) const { return names_.contains(name); }
  // A column of that name is never NULL, whichever table it is from.
  bool IsNeverNull(const nlohmann::json& expression) const;
  // A join of the SELECT makes rows in which columns of a table are NULL, also those never NULL.
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
