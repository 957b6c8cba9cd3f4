#include "select/select_types.h"

#include <fmt/format.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "select/select_tree.h"

namespace stedi {
namespace {

using Json = nlohmann::json;
using Kind = ExpressionKind;

bool IsNumber(Kind kind) {
  return kind == Kind::kWhole || kind == Kind::kEngineWhole || kind == Kind::kReal ||
         kind == Kind::kDecimal;
}

class TypeChecker {
 public:
  TypeChecker(std::string_view text, const ExpressionKinds& kinds) : text_(text), kinds_(kinds) {}

  void Visit(const Json& node) {
    if (!node.is_structured()) return;
    for (const Json& child : node) Visit(child);
    if (!node.is_object()) return;
    for (const char* condition :
         {"where_clause", "having", "condition", "when_expr", "filter", "filter_expr"}) {
      CheckCondition(Member(node, condition));
    }
    const std::string type = TextOf(node, "type");
    const std::string function = FunctionName(node);
    const ArgumentKinds arguments = TraitsOf(function).arguments;
    const Json& children = Member(node, "children");
    if (type == "CONJUNCTION_AND" || type == "CONJUNCTION_OR" || type == "OPERATOR_NOT" ||
        arguments == ArgumentKinds::kConditions) {
      for (const Json& child : children) CheckCondition(child);
    }
    const std::string node_class = TextOf(node, "class");
    if (node_class == "COMPARISON") {
      CheckComparable(node, {&Member(node, "left"), &Member(node, "right")});
    } else if (node_class == "BETWEEN") {
      CheckComparable(node,
                      {&Member(node, "input"), &Member(node, "lower"), &Member(node, "upper")});
    } else if (type == "COMPARE_IN" || type == "COMPARE_NOT_IN" || type == "OPERATOR_COALESCE" ||
               arguments == ArgumentKinds::kCompared) {
      CheckComparable(node, Pointers(children));
    } else if (node_class == "CASE") {
      CheckCaseResults(node);
    } else if (arguments == ArgumentKinds::kOneType) {
      CheckComparable(node, Pointers(children));
      CheckNoMixedStrings(function, node);
    }
  }

  std::vector<SelectMistake> mistakes;

 private:
  using Expressions = std::vector<const Json*>;

  static Expressions Pointers(const Json& list) {
    Expressions out;
    for (const Json& one : list) out.push_back(&one);
    return out;
  }

  void CheckCondition(const Json& node) {
    const Kind kind = kinds_.KindOf(node);
    if (kind == Kind::kUnknown || kind == Kind::kBoolean) return;
    Report(node, "a condition that is not BOOLEAN: Spark refuses it",
           IsNumber(kind) ? "write what it is compared with: x <> 0" : "write the comparison out");
  }

  void CheckComparable(const Json& node, const Expressions& expressions) {
    bool has_boolean = false;
    bool has_number = false;
    for (const Json* expression : expressions) {
      const Kind kind = kinds_.KindOf(*expression);
      has_boolean = has_boolean || kind == Kind::kBoolean;
      has_number = has_number || IsNumber(kind);
    }
    if (!has_boolean || !has_number) return;
    Report(node, "a BOOLEAN beside a number: Spark refuses it",
           "write true or false, or cast one to the type of the other");
  }

  void CheckCaseResults(const Json& node) {
    Expressions results;
    for (const Json& check : Member(node, "case_checks")) {
      results.push_back(&Member(check, "then_expr"));
    }
    results.push_back(&Member(node, "else_expr"));
    CheckComparable(node, results);
  }

  void CheckNoMixedStrings(const std::string& function, const Json& node) {
    bool has_text = false;
    bool has_other = false;
    for (const Json& child : Member(node, "children")) {
      const Kind kind = kinds_.KindOf(child);
      has_text = has_text || kind == Kind::kText;
      has_other = has_other || (kind != Kind::kText && kind != Kind::kUnknown);
    }
    if (!has_text || !has_other) return;
    Report(node, fmt::format("{} of a text and something else: Spark refuses it", function),
           "cast the text to the type that is meant");
  }

  void Report(const Json& node, std::string message, std::string hint) {
    const size_t place = FirstPlace(node).value_or(0);
    mistakes.push_back(
        {Severity::kError, place < text_.size() ? place : 0, std::move(message), std::move(hint)});
  }

  std::string_view text_;
  const ExpressionKinds& kinds_;
};

}  // namespace

std::vector<SelectMistake> FindTypeMistakes(const Json& tree, std::string_view text,
                                            const ExpressionKinds& kinds) {
  TypeChecker checker(text, kinds);
  checker.Visit(tree);
  return std::move(checker.mistakes);
}

}  // namespace stedi
