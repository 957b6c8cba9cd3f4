// json_serialize_sql only parses; its nodes carry byte offsets of the statement. Binding is done by
// preparing the SELECT against empty tables that have the columns of the contracts.
#include "engine/select_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/column_types.h"
#include "engine/landing_function.h"
#include "pipeline/portable_sql.h"
#include "pipeline/portable_tokens.h"

namespace stedi {
namespace {

using Json = nlohmann::json;

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

std::string TextOf(const Json& node, const char* key) {
  const auto found = node.find(key);
  return found != node.end() && found->is_string() ? found->get<std::string>() : "";
}

// Reads the parsed SELECT of one view.
class SelectWalker {
 public:
  SelectWalker(const Project& project, View& view, std::vector<Diagnostic>& diagnostics)
      : project_(project), view_(view), diagnostics_(diagnostics) {}

  void Walk(const Json& tree) {
    Visit(tree, {});
    view_.inputs.assign(inputs_.begin(), inputs_.end());
  }

 private:
  using Names = std::set<std::string>;

  void Visit(const Json& node, const Names& outer) {
    if (node.is_array()) {
      for (const Json& child : node) Visit(child, outer);
      return;
    }
    if (!node.is_object()) return;
    Names names = outer;
    if (const auto ctes = node.find("cte_map"); ctes != node.end() && ctes->contains("map")) {
      // Each common table expression sees those before it; what follows sees all.
      for (const Json& entry : ctes->at("map")) {
        if (entry.contains("value")) Visit(entry.at("value"), names);
        names.insert(Lower(TextOf(entry, "key")));
      }
    }
    const std::string type = TextOf(node, "type");
    const std::string node_class = TextOf(node, "class");
    if (type == "BASE_TABLE") {
      BaseTable(node, names);
    } else if (type == "TABLE_FUNCTION") {
      Refuse(node, "a table function is not portable", "read a table of the project");
    } else if (type == "JOIN") {
      Join(node);
    } else if (node_class == "FUNCTION" || node_class == "WINDOW") {
      Function(node);
    } else if (node_class == "LAMBDA") {
      Refuse(node, "a lambda is not portable", "");
    } else if (node_class == "STAR") {
      Star(node);
    }
    if (node.contains("qualify") && !node.at("qualify").is_null())
      RefuseClause(node.at("qualify"), "QUALIFY");
    if (node.contains("sample") && !node.at("sample").is_null()) RefuseClause(node, "SAMPLE");
    for (const auto& [key, child] : node.items()) {
      if (key != "cte_map") Visit(child, names);
    }
  }

  void BaseTable(const Json& node, const Names& ctes) {
    const std::string name = Lower(TextOf(node, "table_name"));
    const std::string schema = Lower(TextOf(node, "schema_name"));
    if (schema.empty() && ctes.contains(name)) return;
    if (!schema.empty() && schema != project_.database) {
      return Refuse(node, fmt::format("{}.{} is not a table of this project", schema, name),
                    "read a table of the project by its plain name");
    }
    std::vector<std::string> known = project_.unfinished;
    for (const Feed& feed : project_.feeds) known.push_back(feed.name);
    for (const View& view : project_.views) known.push_back(view.name);
    if (std::ranges::find(known, name) == known.end()) {
      const std::string nearest = NearestName(name, known);
      return Refuse(node, fmt::format("there is no table {}", name),
                    nearest.empty() ? fmt::format("the tables are {}", fmt::join(known, ", "))
                                    : fmt::format("did you mean '{}'?", nearest));
    }
    inputs_.insert(name);
  }

  void Join(const Json& node) {
    for (const char* key : {"join_type", "ref_type"}) {
      const std::string kind = TextOf(node, key);
      if (FindConstruct(ConstructKind::kClause, kind) != nullptr) RefuseClause(node, kind);
    }
  }

  void Star(const Json& node) {
    for (const char* key :
         {"exclude_list", "replace_list", "rename_list", "qualified_exclude_list"}) {
      if (node.contains(key) && !node.at(key).empty()) {
        return Refuse(node, "* with EXCLUDE, REPLACE or RENAME is not portable",
                      "list the columns");
      }
    }
  }

  void Function(const Json& node) {
    const std::string name = Lower(TextOf(node, "function_name"));
    if (name.empty()) return;
    const SqlConstruct* row = FindConstruct(ConstructKind::kFunction, name);
    if (row != nullptr && row->allowed) return;
    if (name == "/" && DividesSafely(node)) return;
    if (row != nullptr) {
      return Refuse(node, fmt::format("{} is not portable: {}", name, row->reason),
                    std::string(row->hint));
    }
    std::vector<std::string> allowed;
    for (const SqlConstruct& construct : SqlConstructs()) {
      if (construct.kind == ConstructKind::kFunction && construct.allowed)
        allowed.emplace_back(construct.name);
    }
    const std::string nearest = NearestName(name, allowed);
    Refuse(node, fmt::format("{} is not known to give the same result on Spark", name),
           nearest.empty() ? "see docs/pipelines.md for what is"
                           : fmt::format("did you mean '{}'?", nearest));
  }

  // Over a literal other than zero, or nullif(.., 0).
  static bool DividesSafely(const Json& node) {
    if (!node.contains("children") || node.at("children").size() != 2) return false;
    const Json& divisor = node.at("children")[1];
    if (TextOf(divisor, "class") == "CONSTANT") {
      const Json value =
          divisor.contains("value") ? divisor.at("value").value("value", Json()) : Json();
      return value.is_number() && value != 0;
    }
    if (TextOf(divisor, "class") == "OPERATOR" && TextOf(divisor, "type") == "OPERATOR_NULLIF")
      return true;
    return Lower(TextOf(divisor, "function_name")) == "nullif";
  }

  void RefuseClause(const Json& node, const std::string& name) {
    const SqlConstruct* row = FindConstruct(ConstructKind::kClause, name);
    Refuse(node, fmt::format("{} is not portable: {}", name, row->reason), std::string(row->hint));
  }

  void Refuse(const Json& node, std::string message, std::string hint) {
    const auto location = node.find("query_location");
    const size_t offset =
        location != node.end() && location->is_number_unsigned() ? location->get<size_t>() : 0;
    diagnostics_.push_back(ErrorAt(view_.select, std::min(offset, view_.select.text.size()),
                                   std::move(message), std::move(hint)));
  }

  const Project& project_;
  View& view_;
  std::vector<Diagnostic>& diagnostics_;
  Names inputs_;
};

// Positions and names of an error that DuckDB reported as JSON.
Diagnostic FromDuckdb(const View& view, const SqlError& error) {
  Json detail = Json::parse(error.detail_json(), nullptr, /*allow_exceptions=*/false);
  std::string message = error.what();
  size_t offset = 0;
  std::string hint;
  if (detail.is_object()) {
    message = detail.value("exception_message", message);
    if (detail.contains("position")) offset = std::stoul(detail.at("position").get<std::string>());
    if (const std::string candidates = detail.value("candidates", std::string());
        !candidates.empty()) {
      hint = "candidates: " + candidates;
    }
    if (const size_t line_end = message.find('\n'); line_end != std::string::npos)
      message.resize(line_end);
  }
  return ErrorAt(view.select, std::min(offset, view.select.text.size()), message, hint);
}

std::string ColumnList(const TableDefinition& table, bool is_feed) {
  std::string columns;
  for (const ColumnDefinition& column : table.columns) {
    columns += fmt::format("{}{} {}", columns.empty() ? "" : ", ", QuoteIdentifier(column.name),
                           DuckdbType(column.type));
  }
  if (is_feed)
    columns += fmt::format(", {} VARCHAR, {} BIGINT, {} VARCHAR", kFileColumn, kOffsetColumn,
                           kRescuedColumn);
  return columns;
}

class ViewBinder {
 public:
  ViewBinder(Connection& connection, View& view, std::vector<Diagnostic>& diagnostics)
      : connection_(connection), view_(view), diagnostics_(diagnostics) {}

  void Bind() {
    std::vector<TextRow> columns;
    try {
      columns = connection_.Query(fmt::format("DESCRIBE {}", view_.select.text)).Rows();
    } catch (const SqlError& error) {
      Diagnostic diagnostic = FromDuckdb(view_, error);
      diagnostics_.push_back(std::move(diagnostic));
      return;
    }
    Compare(columns);
  }

 private:
  void Add(std::string message, std::string hint) {
    Diagnostic diagnostic;
    diagnostic.position = view_.position;
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    diagnostic.line_text = LineText(view_.select.original, view_.position.line);
    diagnostics_.push_back(std::move(diagnostic));
  }

  // DESCRIBE's rows are (name, type, ..), in the order of the SELECT.
  void Compare(const std::vector<TextRow>& columns) {
    if (columns.size() != view_.columns.size()) {
      return Add(fmt::format("the column list has {} columns, the SELECT gives {}",
                             view_.columns.size(), columns.size()),
                 "both must name the same columns in the same order");
    }
    for (size_t i = 0; i < columns.size(); ++i) {
      const ColumnDefinition& wanted = view_.columns[i];
      const std::string name = columns[i][0].value_or("");
      const std::string type = columns[i][1].value_or("");
      if (name != wanted.name) {
        return Add(
            fmt::format("column {} of the list is {}, of the SELECT {}", i + 1, wanted.name, name),
            fmt::format(".. AS {}", wanted.name));
      }
      if (type != DuckdbType(wanted.type)) {
        return Add(fmt::format("column {} is {} in the column list, the SELECT gives {}", name,
                               ToString(wanted.type), type),
                   fmt::format("cast(.. AS {}) AS {}", ToString(wanted.type), name));
      }
    }
  }

  Connection& connection_;
  View& view_;
  std::vector<Diagnostic>& diagnostics_;
};

void CheckConditions(Connection& connection, const TableDefinition& table,
                     std::vector<Diagnostic>& diagnostics) {
  for (const Expectation& expectation : table.expectations) {
    if (expectation.condition.empty()) continue;
    try {
      connection.Execute(fmt::format("EXPLAIN SELECT count(*) FROM {} WHERE ({})",
                                     QuoteIdentifier(table.name), expectation.condition));
    } catch (const SqlError& error) {
      const Json detail = Json::parse(error.detail_json(), nullptr, /*allow_exceptions=*/false);
      std::string message =
          detail.is_object() ? detail.value("exception_message", error.what()) : error.what();
      if (const size_t line_end = message.find('\n'); line_end != std::string::npos)
        message.resize(line_end);
      diagnostics.push_back({Severity::kError, expectation.position,
                             fmt::format("expectation {}: {}", expectation.name, message), "",
                             expectation.line_text});
    }
  }
}

// The parsed SELECT, or nothing when it does not parse (then binding reports why).
Json Parse(Connection& connection, const std::string& select) {
  const std::optional<std::string> text = connection.Scalar(
      "SELECT json_serialize_sql($1::VARCHAR, skip_null := true, skip_empty := true, skip_default "
      ":= true)::VARCHAR",
      {select});
  Json tree = Json::parse(text.value_or("{}"), nullptr, /*allow_exceptions=*/false);
  return tree.value("error", false) ? Json() : tree;
}

}  // namespace

void CheckViews(Connection& connection, Project& project, std::vector<Diagnostic>& diagnostics) {
  connection.Execute("SET errors_as_json = true");
  for (const Feed& feed : project.feeds) {
    if (feed.columns.empty()) continue;
    connection.Execute(
        fmt::format("CREATE TABLE {} ({})", QuoteIdentifier(feed.name), ColumnList(feed, true)));
    CheckConditions(connection, feed, diagnostics);
  }
  for (const View& view : project.views) {
    if (view.columns.empty()) continue;
    connection.Execute(
        fmt::format("CREATE TABLE {} ({})", QuoteIdentifier(view.name), ColumnList(view, false)));
    CheckConditions(connection, view, diagnostics);
  }
  for (View& view : project.views) {
    const size_t before = diagnostics.size();
    for (const UnportableToken& token : FindUnportableTokens(view.select.text)) {
      diagnostics.push_back(ErrorAt(view.select, token.offset, token.message, token.hint));
    }
    if (const Json tree = Parse(connection, view.select.text); !tree.is_null()) {
      SelectWalker(project, view, diagnostics).Walk(tree);
    }
    if (diagnostics.size() == before) ViewBinder(connection, view, diagnostics).Bind();
  }
  connection.Execute("SET errors_as_json = false");
}

}  // namespace stedi
