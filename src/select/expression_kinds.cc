#include "select/expression_kinds.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/ascii_case.h"
#include "pipeline/portable_sql.h"
#include "select/select_tree.h"

namespace stedi {
namespace {

using Json = nlohmann::json;
using Kind = ExpressionKind;

Kind KindOfType(const SqlType& type) {
  switch (type.kind) {
    case SqlType::Kind::kInt:
    case SqlType::Kind::kBigint:
      return Kind::kWhole;
    case SqlType::Kind::kDouble:
    case SqlType::Kind::kFloat:
      return Kind::kReal;
    case SqlType::Kind::kDecimal:
      return Kind::kDecimal;
    case SqlType::Kind::kString:
      return Kind::kText;
    case SqlType::Kind::kDate:
      return Kind::kDate;
    case SqlType::Kind::kTimestamp:
    case SqlType::Kind::kTimestampNtz:
      return Kind::kTimestamp;
    case SqlType::Kind::kBoolean:
      return Kind::kBoolean;
    case SqlType::Kind::kBinary:
      return Kind::kUnknown;
  }
  return Kind::kUnknown;
}

struct TypeId {
  std::string_view id;  // DuckDB's name of the type
  Kind kind;
};
constexpr std::array<TypeId, 10> kTypeIds = {{{"INTEGER", Kind::kWhole},
                                              {"BIGINT", Kind::kWhole},
                                              {"DOUBLE", Kind::kReal},
                                              {"FLOAT", Kind::kReal},
                                              {"DECIMAL", Kind::kDecimal},
                                              {"VARCHAR", Kind::kText},
                                              {"DATE", Kind::kDate},
                                              {"TIMESTAMP", Kind::kTimestamp},
                                              {"TIMESTAMP WITH TIME ZONE", Kind::kTimestamp},
                                              {"BOOLEAN", Kind::kBoolean}}};

Kind KindOfId(const Json& type) {
  const std::string id = TextOf(type, "id");
  const auto* found = std::ranges::find(kTypeIds, id, &TypeId::id);
  return found == kTypeIds.end() ? Kind::kUnknown : found->kind;
}

// The kind of a value that is either of kind `a` or of kind `b`. kUnknown, which is also the kind
// of NULL, is ignored.
Kind Either(Kind a, Kind b) {
  if (a == b || b == Kind::kUnknown) return a;
  if (a == Kind::kUnknown) return b;
  if (a == Kind::kReal || b == Kind::kReal) return Kind::kReal;
  if (a == Kind::kDecimal || b == Kind::kDecimal) return Kind::kDecimal;
  return Kind::kUnknown;
}

constexpr auto kTruthOperators = std::to_array<std::string_view>(
    {"OPERATOR_NOT", "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL", "COMPARE_IN", "COMPARE_NOT_IN"});

bool IsTruthOperator(std::string_view type) {
  return std::ranges::find(kTruthOperators, type) != kTruthOperators.end();
}

}  // namespace

ExpressionKinds::ExpressionKinds(const Json& tree,
                                 const std::vector<const TableDefinition*>& tables) {
  for (const TableDefinition* table : tables) {
    for (const ColumnDefinition& column : table->columns) {
      Add(column.name, KindOfType(column.type), column.not_null);
    }
  }
  AddAliases(tree);
}

void ExpressionKinds::Add(const std::string& name, Kind kind, bool never_null) {
  const auto [found, is_new] = names_.emplace(name, Name{kind, never_null});
  if (is_new) return;
  if (found->second.kind != kind) found->second.kind = Kind::kUnknown;
  found->second.never_null = found->second.never_null && never_null;
}

// Depth first, with WITH and FROM first, so that the aliases that a SELECT reads are known before
// its own.
void ExpressionKinds::AddAliases(const Json& node) {
  if (!node.is_structured()) return;
  if (node.is_object()) {
    const std::string join = TextOf(node, "join_type");
    has_outer_join_ = has_outer_join_ || join == "LEFT" || join == "RIGHT" || join == "OUTER";
    for (const char* first : {"cte_map", "from_table"}) {
      if (node.contains(first)) AddAliases(node.at(first));
    }
    if (const auto list = node.find("column_name_alias"); list != node.end()) {
      for (const Json& name : *list) {
        if (name.is_string()) Add(LowerCase(name.get<std::string>()), Kind::kUnknown, false);
      }
    }
  }
  for (const auto& [key, child] : node.items()) {
    if (node.is_array() || (key != "cte_map" && key != "from_table")) AddAliases(child);
  }
  // The column list after the name of a common table expression: WITH q(a, b) AS ..
  if (const auto list = node.is_object() ? node.find("aliases") : node.end(); list != node.end()) {
    for (const Json& name : *list) {
      if (name.is_string()) Add(LowerCase(name.get<std::string>()), Kind::kUnknown, false);
    }
  }
  if (!node.is_object() || !node.contains("class")) return;
  if (const std::string alias = LowerCase(TextOf(node, "alias")); !alias.empty()) {
    Add(alias, KindOf(node), IsNeverNull(node));
  }
}

const ExpressionKinds::Name* ExpressionKinds::Find(const Json& column) const {
  const auto parts = column.find("column_names");
  if (parts == column.end() || parts->empty() || !parts->back().is_string()) return nullptr;
  const auto found = names_.find(LowerCase(parts->back().get<std::string>()));
  return found == names_.end() ? nullptr : &found->second;
}

bool ExpressionKinds::IsNeverNull(const Json& expression) const {
  const std::string node_class = TextOf(expression, "class");
  if (node_class == "COLUMN_REF") {
    const Name* name = Find(expression);
    return name != nullptr && name->never_null;
  }
  return node_class == "WINDOW" && TraitsOf(FunctionName(expression)).is_never_null;
}

Kind ExpressionKinds::KindOf(const Json& expression) const {
  const std::string node_class = TextOf(expression, "class");
  if (node_class == "COLUMN_REF") {
    const Name* name = Find(expression);
    return name == nullptr ? Kind::kUnknown : name->kind;
  }
  if (node_class == "CONSTANT") {
    const auto value = expression.find("value");
    return value == expression.end() || !value->contains("type") ? Kind::kUnknown
                                                                 : KindOfId(value->at("type"));
  }
  if (node_class == "CAST") {
    return expression.contains("cast_type") ? KindOfId(expression.at("cast_type")) : Kind::kUnknown;
  }
  if (node_class == "FUNCTION" || node_class == "WINDOW") return OfFunction(expression);
  if (node_class == "COMPARISON" || node_class == "CONJUNCTION" || node_class == "BETWEEN") {
    return Kind::kBoolean;
  }
  if (node_class == "OPERATOR" && TextOf(expression, "type") != "OPERATOR_COALESCE") {
    return IsTruthOperator(TextOf(expression, "type")) ? Kind::kBoolean : Kind::kUnknown;
  }
  Kind kind = Kind::kUnknown;
  if (node_class == "CASE" && expression.contains("case_checks")) {
    for (const Json& check : expression.at("case_checks")) {
      if (check.contains("then_expr")) kind = Either(kind, KindOf(check.at("then_expr")));
    }
    if (expression.contains("else_expr")) kind = Either(kind, KindOf(expression.at("else_expr")));
  } else if (TextOf(expression, "type") == "OPERATOR_COALESCE") {
    for (const Json& child : expression.at("children")) kind = Either(kind, KindOf(child));
  }
  return kind;
}

Kind ExpressionKinds::OfFunction(const Json& expression) const {
  const FunctionTraits& traits = TraitsOf(FunctionName(expression));
  const Json& children = Member(expression, "children");
  switch (traits.result_from) {
    case ResultFrom::kFunction:
      return traits.result;
    case ResultFrom::kFirstArgument:
      return children.empty() ? Kind::kUnknown : KindOf(children.front());
    case ResultFrom::kAllArguments: {
      Kind kind = Kind::kUnknown;
      for (const Json& child : children) kind = Either(kind, KindOf(child));
      return kind;
    }
    case ResultFrom::kArithmetic:
      return OfArithmetic(children);
  }
  return Kind::kUnknown;
}

Kind ExpressionKinds::OfArithmetic(const Json& children) const {
  Kind kind = Kind::kUnknown;
  for (const Json& child : children) {
    const Kind part = KindOf(child);
    if (part == Kind::kDate || part == Kind::kTimestamp || part == Kind::kUnknown) {
      return Kind::kUnknown;
    }
    kind = Either(kind, part == Kind::kEngineWhole ? Kind::kWhole : part);
  }
  return kind;
}

}  // namespace stedi
