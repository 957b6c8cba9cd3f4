// json_serialize_sql only parses; its nodes carry byte offsets in the statement. Binding is done by
// a DESCRIBE of the SELECT over empty tables that have the columns of the contracts.
#include "select/select_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "database/column_types.h"
#include "pipeline/nearest_name.h"
#include "pipeline/portable_sql.h"
#include "pipeline/portable_tokens.h"
#include "pipeline/property_keys.h"
#include "pipeline/sql_tokens.h"
#include "select/select_tree.h"
#include "select/select_walk.h"

namespace stedi {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kDescribe = "DESCRIBE ";
// Shorter secrets are not replaced in messages: they would match unrelated text.
constexpr size_t kSecretBytesMin = 8;

// An error that DuckDB reported, reworded where DuckDB's own message is not clear enough.
struct BindError {
  size_t offset = 0;  // byte offset in the statement
  std::string message;
  std::string hint;
};

// DuckDB reports an error inside a macro in terms of the macro's body and at a position in it. This
// finds the call of the macro that the user wrote.
struct MacroCall {
  std::string_view macro;
  size_t offset = 0;
};
std::optional<MacroCall> FindMacroCall(std::string_view statement, const std::string& function) {
  for (const SqlToken& token : TokenizeSql(statement)) {
    const SqlConstruct* row = token.kind == SqlToken::Kind::kWord
                                  ? FindConstruct(ConstructKind::kFunction, token.text)
                                  : nullptr;
    if (row == nullptr || row->macro.empty()) continue;
    const size_t body = row->macro.find(" AS ");
    if (row->macro.find(function + "(", body) != std::string_view::npos) {
      return MacroCall{row->name, token.begin};
    }
  }
  return std::nullopt;
}

// The column names of those tables of the project that `tables` names.
std::vector<std::string> ColumnNames(const Project& project,
                                     const std::vector<std::string>& tables) {
  std::vector<std::string> names;
  for (const TableDefinition* table : TablesOf(project)) {
    if (std::ranges::find(tables, table->name) == tables.end()) continue;
    for (const ColumnDefinition& column : AllColumns(*table)) names.push_back(column.name);
  }
  return names;
}

// The last quoted name of a message: "Table "t" does not have a column named "nam"" -> nam
std::string LastQuoted(std::string_view message) {
  const size_t end = message.rfind('"');
  if (end == std::string_view::npos || end == 0) return {};
  const size_t begin = message.rfind('"', end - 1);
  return begin == std::string_view::npos ? ""
                                         : std::string(message.substr(begin + 1, end - begin - 1));
}

// `statement` is the text that DuckDB was given, without its first `prefix_bytes` bytes.
BindError Translate(const SqlError& error, std::string_view statement, size_t prefix_bytes,
                    const std::vector<std::string>& columns) {
  if (error.is_of_machine()) throw error;  // not a mistake in the statement
  const Json detail = Json::parse(error.detail_json(), nullptr, /*allow_exceptions=*/false);
  BindError out{0, error.what(), {}};
  if (detail.is_object()) {
    out.message = detail.value("exception_message", out.message);
    const std::string position = detail.value("position", std::string());
    if (!position.empty()) out.offset = std::stoul(position);
    out.offset -= std::min(out.offset, prefix_bytes);
    out.offset = std::min(out.offset, statement.size());
  }
  if (const size_t line_end = out.message.find('\n'); line_end != std::string::npos) {
    out.message.resize(line_end);
  }
  const std::string subtype = detail.is_object() ? detail.value("error_subtype", "") : "";
  const std::string name = detail.is_object() ? detail.value("name", "") : "";
  const bool is_table_column = out.message.find("have a column named") != std::string::npos;
  if (subtype == "COLUMN_NOT_FOUND" || is_table_column) {
    const std::string column = is_table_column ? LastQuoted(out.message) : name;
    const std::string nearest = NearestName(column, columns);
    out.message = fmt::format("there is no column {}", column);
    if (!nearest.empty()) out.hint = fmt::format("did you mean '{}'?", nearest);
  } else if (subtype == "NO_MATCHING_FUNCTION") {
    std::string call = detail.value("call", name);
    if (const auto macro = FindMacroCall(statement, name)) {
      call = std::string(macro->macro) + call.substr(std::min(call.find('('), call.size()));
      out.offset = macro->offset;
    }
    out.message = fmt::format("{} does not take arguments of these types", call);
    out.hint = "cast them: cast(x AS STRING)";
  } else if (out.message.find("must appear in the GROUP BY clause") != std::string::npos) {
    out.hint = "add it to GROUP BY, or take min(..) or max(..) of it";
  }
  return out;
}

class ViewChecker {
 public:
  ViewChecker(Connection& connection, const Project& project, std::vector<Diagnostic>& diagnostics)
      : connection_(connection), project_(project), diagnostics_(diagnostics) {}

  // Returns the names of the tables that the view reads.
  std::vector<std::string> Check(const View& view) {
    const size_t before = diagnostics_.size();
    if (HasUnsetParameter(view.select, 0, view.select.text.size())) return {};
    for (const UnportableToken& token : FindUnportableTokens(view.select.text)) {
      diagnostics_.push_back(ErrorAt(view.select, token.offset, token.message, token.hint));
    }
    SelectFindings findings;
    const Json tree = ParseSelect(connection_, view.select.text);
    if (!tree.is_null()) findings = WalkSelect(tree, view.select.text, project_);
    const bool reads_unfinished = std::ranges::any_of(findings.inputs, [&](const auto& name) {
      return std::ranges::find(project_.unfinished, name) != project_.unfinished.end();
    });
    // The columns of such a table are not known, so a reported mistake might not be one.
    if (reads_unfinished) return findings.inputs;
    for (const SelectMistake& mistake : findings.mistakes) AddWalked(view, before, mistake);
    if (!HasErrors(std::span(diagnostics_).subspan(before))) Bind(view, findings.inputs, tree);
    return findings.inputs;
  }

  // REQUIRES: `view.inputs` is filled.
  void CheckNote(const View& view) {
    const auto note = view.properties.find(kNoteKey);
    if (note == view.properties.end()) return;
    const auto add = [&](const std::string& message, const std::string& hint) {
      AddAtName(view, fmt::format("note: {}", WithoutSecrets(message)), hint);
    };
    const std::string select =
        fmt::format("SELECT ({}) FROM {}", note->second, QuoteIdentifier(view.name));
    if (const Json tree = ParseSelect(connection_, select); !tree.is_null()) {
      const SelectFindings findings = WalkSelect(tree, select, project_);
      for (const SelectMistake& mistake : findings.mistakes) {
        if (mistake.severity == Severity::kError) return add(mistake.message, mistake.hint);
      }
      for (const std::string& name : findings.inputs) {
        if (name == view.name || std::ranges::find(view.inputs, name) != view.inputs.end()) {
          continue;
        }
        return add(fmt::format("it reads {}, which the SELECT does not", name),
                   "read the table itself and what its SELECT reads");
      }
    }
    try {
      connection_.Execute("EXPLAIN " + select);
    } catch (const SqlError& error) {
      const BindError found = Translate(error, select, 0, ColumnNames(project_, {view.name}));
      add(found.message, found.hint);
    }
  }

  void CheckConditions(const TableDefinition& table) {
    for (const Expectation& expectation : table.expectations) {
      if (!expectation.condition.empty()) CheckCondition(table, expectation);
    }
  }

 private:
  // Does not report a mistake at a position where the check of the tokens has already reported one.
  void AddWalked(const View& view, size_t before, const SelectMistake& mistake) {
    Diagnostic diagnostic = ErrorAt(view.select, mistake.offset, mistake.message, mistake.hint);
    diagnostic.severity = mistake.severity;
    for (size_t i = before; i < diagnostics_.size(); ++i) {
      const SourcePosition& other = diagnostics_[i].position;
      if (other.line == diagnostic.position.line && other.column == diagnostic.position.column) {
        return;
      }
    }
    diagnostics_.push_back(std::move(diagnostic));
  }

  void Bind(const View& view, const std::vector<std::string>& inputs, const Json& tree) {
    std::vector<TextRow> columns;
    try {
      columns = connection_.Query(fmt::format("{}{}", kDescribe, view.select.text)).Rows();
    } catch (const SqlError& error) {
      BindError found =
          Translate(error, view.select.text, kDescribe.size(), ColumnNames(project_, inputs));
      if (found.message.starts_with("syntax error")) {
        if (const auto comma = FindMissingComma(view.select.text, found.offset)) found = *comma;
      }
      diagnostics_.push_back(
          ErrorAt(view.select, found.offset, WithoutSecrets(found.message), found.hint));
      return;
    }
    Compare(view, columns, tree);
  }

  // Whether `select` has no mistakes and can be bound.
  bool CanBind(const std::string& select) {
    const Json tree = ParseSelect(connection_, select);
    if (tree.is_null()) return false;
    for (const SelectMistake& mistake : WalkSelect(tree, select, project_).mistakes) {
      if (mistake.severity == Severity::kError) return false;
    }
    try {
      connection_.CheckSelect(select);
      return true;
    } catch (const SqlError& error) {
      if (error.is_of_machine()) throw;
      return false;
    }
  }

  // Looks, shortly before the position where the parser gave up, for a place at which a comma makes
  // the SELECT valid.
  std::optional<BindError> FindMissingComma(const std::string& select, size_t offset) {
    constexpr size_t kTokensBack = 4;
    const std::vector<SqlToken> tokens = TokenizeSql(select);
    const auto at =
        std::ranges::find_if(tokens, [&](const SqlToken& token) { return token.end > offset; });
    auto next = static_cast<size_t>(at - tokens.begin());
    for (size_t back = 0; back < kTokensBack && next > 0 && next < tokens.size(); ++back, --next) {
      const SqlToken& before = tokens[next - 1];
      if (before.kind == SqlToken::Kind::kSymbol && before.text != ")") continue;
      std::string mended = select;
      mended.insert(before.end, ",");
      if (!CanBind(mended)) continue;
      return BindError{before.end, "a comma is missing here",
                       fmt::format("write one before {}", tokens[next].text)};
    }
    return std::nullopt;
  }

  void CheckCondition(const TableDefinition& table, const Expectation& expectation) {
    const auto add = [&](Severity severity, const std::string& message, const std::string& hint) {
      diagnostics_.push_back({severity, expectation.position,
                              fmt::format("{}: {}", expectation.name, WithoutSecrets(message)),
                              hint, expectation.line_text});
    };
    const std::string select = fmt::format("SELECT ({})", expectation.condition);
    if (const Json tree = ParseSelect(connection_, select); !tree.is_null()) {
      const SelectFindings findings = WalkSelect(tree, select, project_);
      if (!findings.inputs.empty()) {
        return add(Severity::kError, "a condition looks at one row and cannot read a table",
                   "use references.<column>, or make a table of what you compare with");
      }
      for (const SelectMistake& mistake : findings.mistakes) {
        const bool names_column = mistake.message == "there is no column user here";
        if (!names_column) return add(mistake.severity, mistake.message, mistake.hint);
      }
    }
    try {
      connection_.Execute(fmt::format("EXPLAIN SELECT count(*) FROM {} WHERE ({})",
                                      QuoteIdentifier(table.name), expectation.condition));
    } catch (const SqlError& error) {
      const BindError found =
          Translate(error, expectation.condition, 0, ColumnNames(project_, {table.name}));
      add(Severity::kError, found.message, found.hint);
    }
  }

  void AddAtName(const View& view, std::string message, std::string hint) {
    diagnostics_.push_back({Severity::kError, view.position, std::move(message), std::move(hint),
                            LineText(view.select.original, view.position.line)});
  }

  void AddAtColumn(const View& view, const ColumnDefinition& column, std::string message,
                   std::string hint) {
    diagnostics_.push_back({Severity::kError, column.position, std::move(message), std::move(hint),
                            LineText(view.select.original, column.position.line)});
  }

  // `k n` is parsed as column k with the alias n. Reports a missing comma, and returns true, when
  // the contract has the columns k and n instead.
  bool AddsMissingComma(const View& view, size_t column, const Json& tree) {
    const Json none = Json::array();
    const Json& list =
        tree.is_null() ? none : tree.at("statements").at(0).at("node").value("select_list", none);
    if (column >= list.size() || column + 1 >= view.columns.size()) return false;
    const Json& item = list[column];
    const Json parts = item.value("column_names", none);
    if (parts.empty() || parts.back() != view.columns[column].name ||
        TextOf(item, "alias") != view.columns[column + 1].name) {
      return false;
    }
    const auto begin = item.value("query_location", size_t{0});
    size_t words = parts.size();
    for (const SqlToken& token : TokenizeSql(view.select.text)) {
      if (token.begin < begin || token.kind == SqlToken::Kind::kSymbol || --words > 0) continue;
      diagnostics_.push_back(ErrorAt(view.select, token.end, "a comma is missing here",
                                     fmt::format("or write AS before {}", TextOf(item, "alias"))));
      return true;
    }
    return false;
  }

  // `columns` are the rows of DESCRIBE: (name, type, ..), in the order of the SELECT.
  void Compare(const View& view, const std::vector<TextRow>& columns, const Json& tree) {
    for (size_t i = 0; i < std::min(columns.size(), view.columns.size()); ++i) {
      const ColumnDefinition& wanted = view.columns[i];
      const std::string name = columns[i][0].value_or("");
      const std::string type = columns[i][1].value_or("");
      if (name != wanted.name) {
        if (AddsMissingComma(view, i, tree)) return;
        return AddAtColumn(view, wanted,
                           fmt::format("column {} is {} in the column list and {} in the SELECT",
                                       i + 1, wanted.name, name),
                           "both give the same names in the same order: .. AS " + wanted.name);
      }
      // Spark's TIMESTAMP is DuckDB's TIMESTAMP WITH TIME ZONE. The time zone is UTC, so that a
      // DuckDB TIMESTAMP is the same instant.
      const bool same_instant =
          wanted.type.kind == SqlType::Kind::kTimestamp && type == "TIMESTAMP";
      if (type != DuckdbType(wanted.type) && !same_instant) {
        AddAtColumn(view, wanted,
                    fmt::format("column {} is {} in the column list, but the SELECT gives {}", name,
                                ToString(wanted.type), SparkName(type)),
                    fmt::format("write cast(.. AS {}) AS {}", ToString(wanted.type), name));
      }
    }
    if (columns.size() < view.columns.size()) {
      AddAtColumn(view, view.columns[columns.size()],
                  fmt::format("the column list has {} columns, but the SELECT gives {}",
                              view.columns.size(), columns.size()),
                  "both give the same names in the same order");
    } else if (columns.size() > view.columns.size()) {
      AddAtName(view,
                fmt::format("the column list has {} columns, but the SELECT gives {}",
                            view.columns.size(), columns.size()),
                "both give the same names in the same order");
    }
  }

  // The project's name of a DuckDB type, or DuckDB's name when the project has no such type.
  static std::string SparkName(const std::string& engine_name) {
    if (engine_name == "VARCHAR") return "STRING";
    if (engine_name == "BLOB") return "BINARY";
    const std::optional<SqlType> type = ParseSqlType(engine_name);
    return type ? ToString(*type) : engine_name;
  }

  std::string WithoutSecrets(std::string message) const {
    for (const auto& [name, parameter] : project_.parameters) {
      if (!parameter.secret || parameter.value.size() < kSecretBytesMin) continue;
      for (size_t at = message.find(parameter.value); at != std::string::npos;
           at = message.find(parameter.value, at)) {
        message.replace(at, parameter.value.size(), "${" + name + "}");
      }
    }
    return message;
  }

  Connection& connection_;
  const Project& project_;
  std::vector<Diagnostic>& diagnostics_;
};

std::string CreateStatement(const TableDefinition& table) {
  std::string columns;
  for (const ColumnDefinition& column : AllColumns(table)) {
    columns += fmt::format("{}{} {}", columns.empty() ? "" : ", ", QuoteIdentifier(column.name),
                           DuckdbType(column.type));
  }
  return fmt::format("CREATE TABLE {} ({});", QuoteIdentifier(table.name), columns);
}

}  // namespace

void CheckViews(Connection& connection, Project& project, std::vector<Diagnostic>& diagnostics) {
  // Empty tables for the SELECTs to bind to.
  std::string create;
  std::string drop;
  for (const TableDefinition* table : TablesOf(project)) {
    create += CreateStatement(*table);
    drop += fmt::format("DROP TABLE {};", QuoteIdentifier(table->name));
  }
  connection.Execute("BEGIN;" + create + "COMMIT; SET errors_as_json = true");
  ViewChecker checker(connection, project, diagnostics);
  for (const Feed& feed : project.feeds) checker.CheckConditions(feed);
  for (View& view : project.views) {
    checker.CheckConditions(view);
    view.inputs = checker.Check(view);
    checker.CheckNote(view);
  }
  connection.Execute("SET errors_as_json = false; BEGIN;" + drop + "COMMIT");
}

}  // namespace stedi
