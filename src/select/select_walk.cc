#include "select/select_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "base/ascii_case.h"
#include "pipeline/nearest_name.h"
#include "pipeline/portable_sql.h"
#include "select/ascii_guard.h"
#include "select/expression_kinds.h"
#include "select/name_resolver.h"
#include "select/select_calls.h"
#include "select/select_scope.h"
#include "select/select_tree.h"
#include "select/select_types.h"

namespace stedi {
namespace {

using Json = nlohmann::json;
using Kind = ExpressionKind;

size_t ArgumentCount(const Json& call) { return Member(call, "children").size(); }

bool IsNumber(const Json& node, int value) {
  const Json& literal = Member(Member(node, "value"), "value");
  return TextOf(node, "class") == "CONSTANT" && literal.is_number() && literal == value;
}

// Whether `node` is a number that is neither 0 nor NULL.
bool IsNonZeroNumber(const Json& node) {
  const Json& literal = Member(Member(node, "value"), "value");
  return TextOf(node, "class") == "CONSTANT" && literal.is_number() && literal != 0;
}

// Nodes with this value of `member` are refused, with the reason in this row of SqlConstructs().
struct NodeRow {
  std::string_view member;  // of the node
  std::string_view value;
  std::string_view row;
};
constexpr auto kNodeRows = std::to_array<NodeRow>({
    {"class", "COLLATE", "COLLATE"},
    {"class", "LAMBDA", "lambda"},
    {"class", "PARAMETER", "? or $1"},
    {"type", "ARRAY_EXTRACT", "a[1]"},
    {"type", "ARRAY_SLICE", "a[1]"},
    {"type", "STRUCT_EXTRACT", "a[1]"},
    {"type", "OPERATOR_TRY", "TRY"},
    {"type", "RECURSIVE_CTE_NODE", "WITH RECURSIVE"},
    {"type", "TABLE_FUNCTION", "table function"},
    {"type", "SHOW_REF", "SHOW, DESCRIBE, SUMMARIZE"},
    {"type", "LIMIT_PERCENT_MODIFIER", "LIMIT %"},
    {"setop_type", "UNION_BY_NAME", "UNION BY NAME"},
    {"join_type", "SEMI", "SEMI JOIN"},
    {"join_type", "ANTI", "ANTI JOIN"},
    {"ref_type", "ASOF", "ASOF JOIN"},
    {"ref_type", "POSITIONAL", "POSITIONAL JOIN"},
    {"ref_type", "NATURAL", "NATURAL JOIN"},
});

// Nodes that have this member are refused, with the reason in this row of SqlConstructs().
struct MemberRow {
  const char* member;
  std::string_view row;
};
constexpr auto kMemberRows = std::to_array<MemberRow>({
    {"qualify", "QUALIFY"},
    {"sample", "SAMPLE"},
    {"at_clause", "AT (VERSION ..)"},
    {"distinct_on_targets", "DISTINCT ON"},
    {"exclude_list", "* EXCLUDE"},
    {"qualified_exclude_list", "* EXCLUDE"},
    {"replace_list", "* REPLACE"},
    {"rename_list", "* RENAME"},
    {"exclude_clause", "EXCLUDE .."},
});

constexpr auto kKnownClasses = std::to_array<std::string_view>(
    {"COLUMN_REF", "CONSTANT", "FUNCTION", "WINDOW", "CAST", "CASE", "COMPARISON", "CONJUNCTION",
     "OPERATOR", "BETWEEN", "SUBQUERY", "STAR"});

class SelectWalker {
 public:
  SelectWalker(const Json& tree, std::string_view text, const Project& project,
               const NameResolver& names, const ExpressionKinds& kinds)
      : text_(text), project_(project), names_(names), kinds_(kinds) {
    Visit(tree, 0);
    CheckColumns(tree);
  }

  SelectFindings Findings() {
    std::ranges::stable_sort(mistakes_, {}, &SelectMistake::offset);
    const auto same_place = [](const SelectMistake& a, const SelectMistake& b) {
      return a.offset == b.offset;
    };
    mistakes_.erase(std::unique(mistakes_.begin(), mistakes_.end(), same_place), mistakes_.end());
    return {{inputs_.begin(), inputs_.end()}, std::move(mistakes_)};
  }

 private:
  void Visit(const Json& node, size_t near);
  void VisitCase(const Json& node, size_t near);
  void VisitNode(const Json& node);
  void BaseTable(const Json& node);
  void ColumnRef(const Json& node);
  void Call(const Json& node);
  void CallArguments(const std::string& name, const Json& node);
  void TextFunction(const std::string& name, const Json& node);
  void Window(const std::string& name, const Json& node);
  void Cast(const Json& node);
  void Modifiers(const Json& modifiers);
  void Orders(const Json& orders);
  void CheckColumns(const Json& tree);

  void Report(Severity severity, std::string message, std::string hint) {
    mistakes_.push_back({severity, at_, std::move(message), std::move(hint)});
  }
  void Refuse(std::string message, std::string hint = {}) {
    Report(Severity::kError, std::move(message), std::move(hint));
  }
  void RefuseRow(ConstructKind kind, std::string_view name) {
    const SqlConstruct* row = FindConstruct(kind, name);
    Refuse(fmt::format("{} is not portable: {}", name,
                       row == nullptr ? "it is not known on Spark" : row->reason),
           std::string(row == nullptr ? "" : row->hint));
  }

  std::string_view text_;
  const Project& project_;
  const NameResolver& names_;
  const ExpressionKinds& kinds_;
  size_t at_ = 0;  // offset of the current node, or of the nearest node around it that has one
  std::set<std::string> inputs_;
  std::set<std::string> ascii_;  // expressions known to be ASCII in the current branch of a CASE
  std::vector<SelectMistake> mistakes_;
};

void SelectWalker::Visit(const Json& node, size_t near) {
  if (node.is_array()) {
    for (const Json& child : node) Visit(child, near);
    return;
  }
  if (!node.is_object()) return;
  if (const Json& location = Member(node, "query_location"); location.is_number_unsigned()) {
    near = std::min(location.get<size_t>(), text_.size());
  }
  for (const Json& entry : Member(Member(node, "cte_map"), "map")) {
    Visit(Member(entry, "value"), near);
  }
  at_ = near;
  VisitNode(node);
  if (TextOf(node, "class") == "CASE") return VisitCase(node, near);
  for (const auto& [key, child] : node.items()) {
    if (key != "cte_map") Visit(child, near);
  }
}

void SelectWalker::VisitCase(const Json& node, size_t near) {
  for (const Json& branch : Member(node, "case_checks")) {
    const Json& condition = Member(branch, "when_expr");
    Visit(condition, near);
    const std::string guarded = GuardedAsAscii(condition);
    const bool is_new = !guarded.empty() && ascii_.insert(guarded).second;
    Visit(Member(branch, "then_expr"), near);
    if (is_new) ascii_.erase(guarded);
  }
  Visit(Member(node, "else_expr"), near);
}

void SelectWalker::VisitNode(const Json& node) {
  const std::string type = TextOf(node, "type");
  const std::string node_class = TextOf(node, "class");
  for (const NodeRow& row : kNodeRows) {
    if (TextOf(node, std::string(row.member).c_str()) == row.value) {
      return RefuseRow(ConstructKind::kClause, row.row);
    }
  }
  for (const MemberRow& row : kMemberRows) {
    const Json& member = Member(node, row.member);
    if (!member.is_null() && !member.empty()) RefuseRow(ConstructKind::kClause, row.row);
  }
  if (type == "BASE_TABLE") BaseTable(node);
  if (type == "PIVOT") return Refuse("PIVOT is not portable: Spark writes it in another way");
  if (node.contains("modifiers")) Modifiers(node.at("modifiers"));
  if (node_class.empty()) return;
  if (std::ranges::find(kKnownClasses, node_class) == kKnownClasses.end()) {
    Refuse("this expression is not known to give the same result on Spark");
  } else if (node_class == "COLUMN_REF") {
    ColumnRef(node);
  } else if (node_class == "FUNCTION" || node_class == "WINDOW") {
    Call(node);
  } else if (node_class == "CAST") {
    Cast(node);
  } else if (node_class == "STAR" && Member(node, "columns") == true && node.contains("expr")) {
    RefuseRow(ConstructKind::kClause, "COLUMNS()");
  } else if (TextOf(node, "subquery_type") == "ANY") {
    const std::string word = LowerCase(text_.substr(at_, 3));
    if (!word.starts_with("in") && word != "not") RefuseRow(ConstructKind::kClause, "= ANY (..)");
  }
}

void SelectWalker::BaseTable(const Json& node) {
  if (names_.IsCte(node)) return;
  const std::string name = LowerCase(TextOf(node, "table_name"));
  const std::string schema = LowerCase(TextOf(node, "schema_name"));
  const std::string catalog = LowerCase(TextOf(node, "catalog_name"));
  const bool is_own = (schema.empty() || schema == project_.database) &&
                      (catalog.empty() || catalog == project_.catalog);
  if (!is_own || !schema.empty()) {
    return Refuse(fmt::format("the table {} is qualified", name),
                  is_own ? "write its name alone: the project's database is meant"
                         : "only tables of this project can be read, by their plain names");
  }
  if (FindTable(project_, name) == nullptr &&
      std::ranges::find(project_.unfinished, name) == project_.unfinished.end()) {
    std::vector<std::string> known = project_.unfinished;
    for (const TableDefinition* table : TablesOf(project_)) known.push_back(table->name);
    const std::string nearest = NearestName(name, known);
    return Refuse(fmt::format("there is no table {}", name),
                  nearest.empty() ? fmt::format("the tables are {}", fmt::join(known, ", "))
                                  : fmt::format("did you mean '{}'?", nearest));
  }
  inputs_.insert(name);
}

void SelectWalker::ColumnRef(const Json& node) {
  const Json& parts = Member(node, "column_names");
  if (parts.size() > 2) return RefuseRow(ConstructKind::kClause, "a.b.c");
  if (!parts.empty() && parts.back().is_string()) {
    const std::string column = LowerCase(parts.back().get<std::string>());
    if (column == "rowid" && !kinds_.IsName(column)) return Refuse("there is no column rowid");
  }
  if (parts.size() != 1 || !parts.front().is_string()) return;
  const std::string name = LowerCase(parts.front().get<std::string>());
  if (kinds_.IsName(name)) return;
  if (name == "user") return Refuse("there is no column user here");
  const SqlConstruct* row = FindConstruct(ConstructKind::kFunction, name);
  if (row != nullptr && row->traits.is_niladic && !row->allowed) {
    RefuseRow(ConstructKind::kFunction, name);
  }
}

void SelectWalker::Call(const Json& node) {
  const std::string name = FunctionName(node);
  if (name.empty()) return;
  const SqlConstruct* row = FindConstruct(ConstructKind::kFunction, name);
  // DuckDB's parser turns other syntax into calls, too: interval '3' day becomes
  // to_days(trunc('3')), extract(year from d) becomes date_part('year', d), a IN b becomes
  // contains(b, a).
  const bool is_written = EqualIgnoringCase(text_.substr(at_, name.size()), name);
  if (!is_written && (name.starts_with("to_") || name == "trunc")) return;
  if (!is_written && name == "date_part") {
    if (const auto mistake = FindExtractMistake(node)) Refuse(mistake->message, mistake->hint);
    return;
  }
  if (!is_written && name == "contains") {
    return Refuse("IN without brackets", "write contains(text, part)");
  }
  if (row == nullptr) {
    const std::string nearest = NearestFunction(name);
    return Refuse(fmt::format("{} is not known to give the same result on Spark", name),
                  nearest.empty() ? "docs/pipelines.md says what is"
                                  : fmt::format("did you mean '{}'?", nearest));
  }
  if (row->allowed) {
    if (const auto mistake = FindCallMistake(name, node, kinds_)) {
      return Refuse(mistake->message, mistake->hint);
    }
    CallArguments(name, node);
    TextFunction(name, node);
    if (TextOf(node, "class") == "WINDOW") Window(name, node);
    return;
  }
  const bool is_division = (name == "/" || name == "%") && ArgumentCount(node) == 2;
  if (is_division) {
    const Json& divisor = Argument(node, 1);
    const Kind left = kinds_.KindOf(Argument(node, 0));
    const Kind right = kinds_.KindOf(divisor);
    if (name == "/" && left != Kind::kReal && right != Kind::kReal &&
        (left == Kind::kDecimal || right == Kind::kDecimal)) {
      return Refuse("/ of DECIMAL is DOUBLE on DuckDB and DECIMAL on Spark",
                    "write cast(a as DOUBLE) / ..");
    }
    if (IsNonZeroNumber(divisor) || FunctionName(divisor) == "nullif") return;
  }
  RefuseRow(ConstructKind::kFunction, name);
}

// Engines agree on upper and lower case only for ASCII letters: U+00DF, U+0130 and a final sigma
// differ. They also differ in the characters that trim removes by default.
void SelectWalker::TextFunction(const std::string& name, const Json& node) {
  const Json& value = Member(Member(Argument(node, 0), "value"), "value");
  const bool is_ascii =
      value.is_string() &&
      std::ranges::all_of(value.get_ref<const std::string&>(), [](char c) { return c > 0; });
  if (is_ascii) return;
  if (!ascii_.empty() && ascii_.contains(ExpressionText(Argument(node, 0)))) return;
  const CallRule rule = TraitsOf(name).rule;
  if (rule == CallRule::kLetterCase) {
    const bool is_lower = name == "lower";
    Report(Severity::kWarning,
           fmt::format("{} gives other letters on Spark than on DuckDB beyond ASCII", name),
           fmt::format("write translate(x, '{}', '{}')",
                       is_lower ? "ABCDEFGHIJKLMNOPQRSTUVWXYZ" : "abcdefghijklmnopqrstuvwxyz",
                       is_lower ? "abcdefghijklmnopqrstuvwxyz" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
  } else if (rule == CallRule::kTrim && ArgumentCount(node) == 1) {
    const char* side = name == "ltrim" ? "LEADING" : name == "rtrim" ? "TRAILING" : "BOTH";
    Report(Severity::kWarning,
           fmt::format("{} takes more kinds of space away on DuckDB than on Spark", name),
           fmt::format("write trim({} ' ' FROM x)", side));
  } else if (rule == CallRule::kIgnoringCase) {
    Report(Severity::kWarning, "ILIKE compares other letters on Spark than on DuckDB beyond ASCII",
           "write LIKE over translate(x, 'ABC..', 'abc..')");
  }
}

// Refuses or warns of arguments for which a function differs between the engines.
void SelectWalker::CallArguments(const std::string& name, const Json& node) {
  const auto differs_as_text = [&](const Json& argument) {
    const Kind kind = kinds_.KindOf(argument);
    return kind == Kind::kReal || kind == Kind::kTimestamp;
  };
  const CallRule rule = TraitsOf(name).rule;
  if (rule == CallRule::kAsText) {
    for (const Json& argument : Member(node, "children")) {
      if (!differs_as_text(argument)) continue;
      return Refuse(
          fmt::format("{} of a DOUBLE or TIMESTAMP: engines write them differently", name),
          "make a whole number or a DECIMAL of it first");
    }
  } else if (rule == CallRule::kSum || rule == CallRule::kAverage) {
    const Kind kind = kinds_.KindOf(Argument(node, 0));
    if (rule == CallRule::kAverage && kind == Kind::kDecimal) {
      Refuse("avg of DECIMAL is DOUBLE on DuckDB and DECIMAL on Spark",
             "write avg(cast(x as DOUBLE))");
    } else if (kind == Kind::kReal) {
      Report(Severity::kWarning,
             fmt::format("{} of DOUBLE depends on the order of rows in its last digits", name),
             "sum a DECIMAL: cast(x as DECIMAL(p,s)), or round the result");
    }
  } else if (rule == CallRule::kMinus && ArgumentCount(node) == 2) {
    if (kinds_.KindOf(Argument(node, 0)) == Kind::kDate &&
        kinds_.KindOf(Argument(node, 1)) == Kind::kDate) {
      Refuse("date - date is a number on DuckDB and an interval on Spark",
             "write datediff(later, earlier)");
    }
  } else if (rule == CallRule::kRound && ArgumentCount(node) == 2) {
    if (kinds_.KindOf(Argument(node, 0)) == Kind::kReal) {
      Refuse("round(DOUBLE, digits): engines round the last digit differently",
             "write round(cast(x as DECIMAL(p,s)), digits)");
    }
  } else if (rule == CallRule::kFromOne && IsNumber(Argument(node, 1), 0)) {
    Refuse(fmt::format("{} from 0: Spark begins at the first character, DuckDB before it", name),
           "count characters from 1");
  } else if (rule == CallRule::kSha256 && !IsNumber(Argument(node, 1), 256)) {
    Refuse("sha2 of another length than 256", "write sha2(text, 256)");
  } else if (rule == CallRule::kPatternGroup && ArgumentCount(node) != 3) {
    Refuse("regexp_extract without a group: DuckDB takes the whole match, Spark the first group",
           "write regexp_extract(text, pattern, 0), or the group's number");
  }
}

void SelectWalker::Window(const std::string& name, const Json& node) {
  const Json& orders = Member(node, "orders");
  if (orders.empty() && TextOf(node, "type") != "WINDOW_AGGREGATE") {
    return Refuse(fmt::format("{} OVER without ORDER BY: any row may be first", name),
                  "add ORDER BY");
  }
  for (const char* bound : {"start", "end"}) {
    if (TextOf(node, bound).ends_with("_GROUPS")) RefuseRow(ConstructKind::kClause, "GROUPS");
  }
  Orders(orders);
}

void SelectWalker::Cast(const Json& node) {
  const Json& child = Member(node, "child");
  const std::string target = TextOf(Member(node, "cast_type"), "id");
  const Kind kind = kinds_.KindOf(child);
  const std::string function = FunctionName(child);
  const bool is_whole_valued = function == "round" || function == "trunc";
  if ((target == "INTEGER" || target == "BIGINT") && !is_whole_valued &&
      (kind == Kind::kReal || kind == Kind::kDecimal)) {
    Refuse("a cast to a whole number rounds on DuckDB and cuts off on Spark",
           "write cast(floor(x) as BIGINT) or cast(round(x) as BIGINT)");
  } else if (target == "VARCHAR" && (kind == Kind::kReal || kind == Kind::kTimestamp)) {
    Refuse("engines write a DOUBLE or TIMESTAMP differently as STRING",
           kind == Kind::kReal ? "cast it to DECIMAL(p,s) first"
                               : "write unix_millis(t), or its parts: year(t) ..");
  }
}

void SelectWalker::Modifiers(const Json& modifiers) {
  const Json* orders = nullptr;
  bool limited = false;
  for (const Json& modifier : modifiers) {
    if (TextOf(modifier, "type") == "ORDER_MODIFIER") orders = &Member(modifier, "orders");
    limited = limited || TextOf(modifier, "type") == "LIMIT_MODIFIER";
  }
  if (!limited) return;
  if (orders == nullptr) return RefuseRow(ConstructKind::kClause, "LIMIT without ORDER BY");
  Orders(*orders);
}

// Where the order decides which rows or values are in the result, all engines must sort NULLs
// alike.
void SelectWalker::Orders(const Json& orders) {
  for (const Json& order : orders) {
    const Json& key = Member(order, "expression");
    if (TextOf(order, "type") == "DESCENDING" || kinds_.IsNeverNull(key)) continue;
    const std::string nulls = TextOf(order, "null_order");
    if (!nulls.empty() && nulls != "ORDER_DEFAULT") continue;
    const size_t before = at_;
    if (const Json& location = Member(key, "query_location"); location.is_number_unsigned()) {
      at_ = std::min(location.get<size_t>(), text_.size());
    }
    Refuse("ORDER BY without a place for NULLs: they are last on DuckDB and first on Spark",
           "add NULLS FIRST or NULLS LAST");
    at_ = before;
  }
}

// Refuses columns of the outermost SELECT that are whole numbers whose type depends on the engine.
void SelectWalker::CheckColumns(const Json& tree) {
  const Json& statements = Member(tree, "statements");
  if (statements.empty()) return;
  for (const Json& column : Member(Member(statements.front(), "node"), "select_list")) {
    if (kinds_.KindOf(column) != Kind::kEngineWhole) continue;
    at_ = 0;
    if (const Json& location = Member(column, "query_location"); location.is_number_unsigned()) {
      at_ = std::min(location.get<size_t>(), text_.size());
    }
    const std::string alias = TextOf(column, "alias");
    Refuse("a whole number of another type on Spark than on DuckDB",
           fmt::format("write cast(.. AS BIGINT){}", alias.empty() ? "" : " AS " + alias));
  }
}

TableColumns ContractColumns(const Project& project) {
  TableColumns tables;
  const auto add = [&](const TableDefinition& table) {
    std::vector<std::string> columns;
    for (const ColumnDefinition& column : table.columns) columns.push_back(column.name);
    tables[table.name] = std::move(columns);
  };
  std::ranges::for_each(project.feeds, add);
  std::ranges::for_each(project.views, add);
  return tables;
}

}  // namespace

SelectFindings WalkSelect(const Json& tree, std::string_view text, const Project& project) {
  const NameResolver names(tree, ContractColumns(project));
  // The kinds of names depend on the tables that the SELECT reads, so it is walked once to find
  // these, and once more with the kinds.
  const ExpressionKinds none(Json(), {});
  std::vector<const TableDefinition*> tables;
  for (const std::string& name : SelectWalker(tree, text, project, names, none).Findings().inputs) {
    if (const TableDefinition* table = FindTable(project, name)) tables.push_back(table);
  }
  const ExpressionKinds kinds(tree, tables);
  SelectFindings findings = SelectWalker(tree, text, project, names, kinds).Findings();
  std::vector<SelectMistake> others = FindScopeMistakes(names, text);
  std::ranges::move(FindTypeMistakes(tree, text, kinds), std::back_inserter(others));
  for (SelectMistake& mistake : others) {
    const auto same_place =
        std::ranges::find(findings.mistakes, mistake.offset, &SelectMistake::offset);
    if (same_place == findings.mistakes.end()) findings.mistakes.push_back(std::move(mistake));
  }
  std::ranges::stable_sort(findings.mistakes, {}, &SelectMistake::offset);
  return findings;
}

}  // namespace stedi
