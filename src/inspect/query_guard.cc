#include "inspect/query_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/ascii_case.h"
#include "base/error.h"
#include "select/select_tree.h"

namespace stedi {
namespace {

using Json = nlohmann::json;
using Names = std::set<std::string>;

// Table functions that produce rows only from their arguments.
constexpr auto kTableFunctions = std::to_array<std::string_view>(
    {"range", "generate_series", "unnest", "repeat", "json_each", "json_tree"});

// Functions that read settings, other statements or the environment, or that have side effects.
// Functions that open a file are stopped by the engine's settings (ConfineReads()).
constexpr auto kRefusedFunctions = std::to_array<std::string_view>(
    {"current_setting", "getvariable", "getenv", "json_serialize_plan", "nextval", "currval",
     "write_log", "setseed", "sleep_ms", "pg_sleep", "pg_conf_load_time", "pg_get_viewdef",
     "get_block_size", "current_query", "add_parquet_key"});

// The types of nodes that are not expressions. A SELECT with a node of any other type is refused.
constexpr auto kKnownNodes = std::to_array<std::string_view>({"SELECT_NODE",
                                                              "SET_OPERATION_NODE",
                                                              "RECURSIVE_CTE_NODE",
                                                              "CTE_NODE",
                                                              "BASE_TABLE",
                                                              "SUBQUERY",
                                                              "JOIN",
                                                              "EMPTY",
                                                              "EMPTY_FROM",
                                                              "EXPRESSION_LIST",
                                                              "TABLE_FUNCTION",
                                                              "SHOW_REF",
                                                              "PIVOT",
                                                              "ORDER_MODIFIER",
                                                              "LIMIT_MODIFIER",
                                                              "LIMIT_PERCENT_MODIFIER",
                                                              "DISTINCT_MODIFIER",
                                                              "ASCENDING",
                                                              "DESCENDING",
                                                              "ORDER_DEFAULT"});

bool IsOneOf(const auto& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

class ReadChecker {
 public:
  explicit ReadChecker(const ReadableTables& tables) : tables_(tables) {}

  void Visit(const Json& node, const Names& outer) {
    if (node.is_array()) {
      for (const Json& child : node) Visit(child, outer);
    }
    if (!node.is_object()) return;
    Names ctes = outer;
    if (TextOf(node, "type") == "RECURSIVE_CTE_NODE")
      ctes.insert(LowerCase(TextOf(node, "cte_name")));
    if (const Json& map = Member(node, "cte_map"); map.is_object()) {
      for (const Json& entry : Member(map, "map")) {
        Visit(Member(entry, "value"), ctes);
        ctes.insert(LowerCase(TextOf(entry, "key")));
      }
    }
    VisitNode(node, ctes);
    for (const auto& [key, child] : node.items()) {
      if (key != "cte_map") Visit(child, ctes);
    }
  }

  Names metadata_files;

 private:
  [[noreturn]] static void Refuse(const std::string& what) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("{}: a query reads the lake's tables and ops.* alone, no file, setting "
                            "or other source; stedi tables lists the tables",
                            what));
  }

  void VisitNode(const Json& node, const Names& ctes) {
    const std::string type = TextOf(node, "type");
    if (!node.contains("class")) {
      if (!type.empty() && !IsOneOf(kKnownNodes, type) && !type.ends_with("_TYPE_INFO"))
        Refuse(type);
      if (type == "BASE_TABLE") return BaseTable(node, ctes);
      if (type == "TABLE_FUNCTION") return TableFunction(Member(node, "function"));
      if (type == "SHOW_REF") ShowRef(node);
      return;
    }
    const std::string name = FunctionName(node);
    if (IsOneOf(kRefusedFunctions, name)) Refuse(name);
  }

  void BaseTable(const Json& node, const Names& ctes) const {
    const std::string schema = LowerCase(TextOf(node, "schema_name"));
    const std::string name = LowerCase(TextOf(node, "table_name"));
    const bool is_plain = schema.empty() && TextOf(node, "catalog_name").empty();
    if (is_plain && ctes.contains(name)) return;
    const std::string full = is_plain ? name : fmt::format("{}.{}", schema, name);
    if (!TextOf(node, "catalog_name").empty() || !tables_.names.contains(full)) {
      Refuse(fmt::format("there is no table {}", full));
    }
  }

  void TableFunction(const Json& call) {
    const std::string name = FunctionName(call);
    if (IsOneOf(kTableFunctions, name)) return;
    const Json& arguments = Member(call, "children");
    if (name == "iceberg_scan" && arguments.size() == 1) {
      const Json& value = Member(arguments.front(), "value");
      const std::string path = value.is_object() ? TextOf(value, "value") : "";
      if (IsMetadataOfTheLake(path)) {
        metadata_files.insert(path);
        return;
      }
    }
    Refuse(name);
  }

  bool IsMetadataOfTheLake(const std::string& path) const {
    if (!path.ends_with(".metadata.json") || path.find("..") != std::string::npos) return false;
    if (path.find_first_of("*?[") != std::string::npos) return false;
    return std::ranges::any_of(
        tables_.folders, [&](const std::string& folder) { return path.starts_with(folder + "/"); });
  }

  // DESCRIBE and SUMMARIZE contain a SELECT, which is visited; SHOW TABLES contains only a name.
  static void ShowRef(const Json& node) {
    const std::string name = TextOf(node, "table_name");
    if (node.contains("query") || name == "\"tables\"" || name == "__show_tables_expanded") return;
    Refuse("SHOW " + name);
  }

  const ReadableTables& tables_;
};

}  // namespace

std::set<std::string> CheckReads(const Json& tree, const ReadableTables& tables) {
  const Json& statements = Member(tree, "statements");
  if (statements.size() != 1) {
    throw Error(ErrorCode::kInvalid, "one SELECT can be run here, not several statements");
  }
  ReadChecker checker(tables);
  checker.Visit(tree, {});
  return std::move(checker.metadata_files);
}

void ConfineReads(Connection& connection, const std::set<std::string>& folders,
                  const std::string& temp_folder) {
  std::set<std::string> all = folders;
  if (!temp_folder.empty()) all.insert(temp_folder);
  connection.Execute(fmt::format("SET allowed_directories = [{}]", QuoteLiterals(all)));
  connection.Execute("SET enable_external_access = false");
  connection.Execute("SET lock_configuration = true");
}

}  // namespace stedi
