#include "pipeline/table_definition_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/ascii_case.h"
#include "landing/contract.h"
#include "pipeline/names.h"
#include "pipeline/property_keys.h"
#include "pipeline/quarantine_table.h"
#include "pipeline/sql_tokens.h"

namespace stedi {
namespace {

using Kind = SqlToken::Kind;

// Statements of other systems that users will try, and what to write instead.
struct RefusedHead {
  std::array<std::string_view, 3> words;  // the first words of the statement; empty = any
  std::string_view message;
  std::string_view hint;
};
constexpr std::string_view kWriteView =
    "write CREATE MATERIALIZED VIEW name (columns) AS SELECT ..";
constexpr std::array<RefusedHead, 8> kRefusedHeads = {{
    {{"CREATE", "OR", "REFRESH"},
     "OR REFRESH is not Spark's: Databricks alone reads it",
     "leave OR REFRESH out: every run refreshes"},
    {{"CREATE", "OR", "REPLACE"},
     "OR REPLACE has no meaning in a pipeline",
     "leave OR REPLACE out: every run replaces"},
    {{"CREATE", "TABLE", ""}, "CREATE TABLE is not a pipeline statement", kWriteView},
    {{"CREATE", "VIEW", ""}, "a plain VIEW keeps no data", kWriteView},
    {{"CREATE", "TEMPORARY", ""},
     "a TEMPORARY VIEW keeps no data",
     "write it as WITH name AS (..) in the SELECT that reads it"},
    {{"CREATE", "TEMP", ""},
     "a TEMP VIEW keeps no data",
     "write it as WITH name AS (..) in the SELECT that reads it"},
    {{"CREATE", "FLOW", ""}, "CREATE FLOW is not supported", kWriteView},
    {{"SET", "", ""},
     "SET is not supported: settings would differ between engines",
     "for a parameter write name: value under configuration: in spark-pipeline.yml"},
}};

// Clauses that Spark has and stedi does not support.
struct RefusedClause {
  std::string_view word;
  std::string_view message;
  std::string_view hint;
};
constexpr std::array<RefusedClause, 4> kRefusedClauses = {{
    {"PARTITIONED", "PARTITIONED BY is not supported yet",
     "leave it out: tables are not partitioned"},
    {"CLUSTER", "CLUSTER BY is not supported yet", "leave it out: tables are not clustered"},
    {"CLUSTERED", "CLUSTERED BY is not supported yet", "leave it out: tables are not bucketed"},
    {"LOCATION", "LOCATION is not supported: the lake decides where a table lies", "leave it out"},
}};

class StatementParser {
 public:
  // `tokens` are the tokens of one statement; the last one is `;` or the end of the text.
  StatementParser(const SqlText& sql, std::span<const SqlToken> tokens, DefinitionFolder folder,
                  std::vector<Diagnostic>& diagnostics)
      : sql_(sql),
        tokens_(tokens),
        is_feed_(folder == DefinitionFolder::kLanding),
        diagnostics_(diagnostics) {}

  ParsedTable Parse() {
    const size_t mistakes_before = diagnostics_.size();
    if (CheckTerminated() && ParseHead() && ParseName() && ParseColumns() && ParseClauses()) {
      table_.complete = diagnostics_.size() == mistakes_before;
    }
    return std::move(table_);
  }

 private:
  const SqlToken& Now() const { return tokens_[at_]; }
  const SqlToken& Ahead(size_t count) const {
    return tokens_[std::min(at_ + count, tokens_.size() - 1)];
  }
  bool AtEnd() const { return at_ + 1 == tokens_.size(); }
  void Next() {
    if (!AtEnd()) ++at_;
  }
  bool TakeWord(std::string_view word) {
    if (!IsWord(Now(), word)) return false;
    Next();
    return true;
  }
  bool TakeSymbol(std::string_view symbol) {
    if (!IsSymbol(Now(), symbol)) return false;
    Next();
    return true;
  }

  // Reports a mistake. Always returns false, so that a parsing function can return its result.
  bool Fail(size_t offset, std::string message, std::string hint = {}) {
    diagnostics_.push_back(ErrorAt(sql_, offset, std::move(message), std::move(hint)));
    return false;
  }
  std::string Found() const {
    if (AtEnd()) return "the end of the statement";
    constexpr size_t kShownBytesMax = 40;
    return Now().text.size() > kShownBytesMax ? "a long text" : fmt::format("{}", Now().text);
  }
  bool Expected(std::string_view what, std::string hint = {}) {
    return Fail(Now().begin, fmt::format("expected {}, found {}", what, Found()), std::move(hint));
  }

  // Reports a missing comma after the last token that was read.
  bool MissingComma() {
    return Fail(tokens_[at_ - 1].end, "a comma is missing here",
                fmt::format("write one before {}", Found()));
  }

  bool CheckTerminated() {
    for (const SqlToken& token : tokens_) {
      if (token.kind != Kind::kUnterminated) continue;
      const bool is_comment = token.text.front() == '/';
      return Fail(token.begin,
                  is_comment ? "this comment has no end" : "this text has no closing quote",
                  is_comment ? "close it with */" : "");
    }
    return true;
  }

  bool ParseHead();
  bool ParseName();
  bool ParseColumns();
  bool ParseColumn();
  bool ParseType(ColumnDefinition& column);
  bool ParseColumnClauses(ColumnDefinition& column);
  bool ParseClauses();
  bool ParseClause();
  bool ParseProperties();
  bool ParseSelect();
  std::optional<std::string> ParseText(std::string_view what, bool doubled_quotes_allowed);

  const SqlText& sql_;
  std::span<const SqlToken> tokens_;
  bool is_feed_;
  std::vector<Diagnostic>& diagnostics_;
  size_t at_ = 0;
  ParsedTable table_;
  std::vector<std::string> clauses_;  // those that were read, in upper case
};

bool StatementParser::ParseHead() {
  for (const RefusedHead& head : kRefusedHeads) {
    bool fits = true;
    for (size_t i = 0; i < head.words.size(); ++i) {
      fits = fits && (head.words[i].empty() || IsWord(Ahead(i), head.words[i]));
    }
    if (fits) return Fail(Now().begin, std::string(head.message), std::string(head.hint));
  }
  const std::string_view wanted = is_feed_ ? "CREATE STREAMING TABLE" : "CREATE MATERIALIZED VIEW";
  const bool is_streaming = IsWord(Ahead(1), "STREAMING") && IsWord(Ahead(2), "TABLE");
  const bool is_materialized = IsWord(Ahead(1), "MATERIALIZED") && IsWord(Ahead(2), "VIEW");
  if (!IsWord(Now(), "CREATE") || (!is_streaming && !is_materialized)) {
    return Expected(wanted);
  }
  if (is_feed_ && is_materialized) {
    return Fail(Now().begin, "a materialized view stands in landing/",
                "move it below transformations/: landing/ holds the feeds");
  }
  if (!is_feed_ && is_streaming) {
    return Fail(Now().begin, "a streaming table stands outside landing/",
                "move it to landing/, or write CREATE MATERIALIZED VIEW");
  }
  at_ += 3;
  if (IsWord(Now(), "IF")) {
    return Fail(Now().begin, "IF NOT EXISTS has no meaning in a pipeline", "leave it out");
  }
  return true;
}

bool StatementParser::ParseName() {
  if (Now().kind == Kind::kQuotedName) {
    return Fail(Now().begin, fmt::format("the name {} is quoted", Now().text),
                "write it without quotes, in lower case");
  }
  if (Now().kind != Kind::kWord) return Expected("the table's name");
  table_.name = Now().text;
  table_.name_offset = Now().begin;
  if (IsSymbol(Ahead(1), ".")) {
    return Fail(Now().begin, "the table's name is qualified",
                "write the name alone: catalog: and database: stand in spark-pipeline.yml");
  }
  if (const std::string mistake = NameMistake(table_.name); !mistake.empty()) {
    Fail(Now().begin, fmt::format("the table name {} {}", Now().text, mistake),
         "use lower-case letters, digits and _");
  } else if (table_.name == kQuarantineTable) {
    Fail(Now().begin,
         fmt::format("the table name {} is taken: every lake has such a table", table_.name),
         "choose another name");
  }
  Next();
  return true;
}

bool StatementParser::ParseColumns() {
  if (!IsSymbol(Now(), "(")) {
    return Expected("( and the columns",
                    "the column list is the table's contract: (name TYPE, ..)");
  }
  do {
    Next();  // the ( or a comma
    if (!ParseColumn()) return false;
  } while (IsSymbol(Now(), ","));
  if (!TakeSymbol(")")) return Expected(", or ) after a column");
  return true;
}

bool StatementParser::ParseColumn() {
  if (Now().kind == Kind::kQuotedName) {
    return Fail(Now().begin, fmt::format("the column name {} is quoted", Now().text),
                "write it without quotes, in lower case");
  }
  if (Now().kind != Kind::kWord) return Expected("a column's name");
  ColumnDefinition column;
  column.name = Now().text;
  column.position = PositionAt(sql_, Now().begin);
  const bool taken = is_feed_ && IsAddedColumn(column.name);
  if (const std::string mistake = NameMistake(column.name); !mistake.empty()) {
    Fail(Now().begin, fmt::format("the column name {} {}", column.name, mistake),
         "use lower-case letters, digits and _; keys of landing records match without case");
  } else if (taken) {
    Fail(Now().begin,
         fmt::format("the column name {} is taken: it is added to what a feed gives", column.name),
         "leave it out");
  } else if (std::any_of(
                 table_.columns.begin(), table_.columns.end(),
                 [&](const ColumnDefinition& other) { return other.name == column.name; })) {
    Fail(Now().begin, fmt::format("the column {} stands here twice", column.name));
  }
  Next();
  if (!ParseType(column) || !ParseColumnClauses(column)) return false;
  table_.columns.push_back(std::move(column));
  return true;
}

bool StatementParser::ParseType(ColumnDefinition& column) {
  if (Now().kind != Kind::kWord) {
    return Expected(fmt::format("the type of column {}", column.name));
  }
  const size_t begin = Now().begin;
  std::string text(Now().text);
  Next();
  if (IsSymbol(Now(), "(")) {
    while (!AtEnd() && !IsSymbol(Now(), ")")) {
      text += Now().text;
      Next();
    }
    text += Now().text;
    if (!TakeSymbol(")")) return Expected(") after the type");
  }
  const std::optional<SqlType> type = ParseSqlType(text);
  if (type && type->kind == SqlType::Kind::kTimestampNtz && !is_feed_) {
    Fail(begin, "TIMESTAMP_NTZ cannot be told from TIMESTAMP in SQL that both engines run",
         "use TIMESTAMP: time is UTC everywhere");
  } else if (type) {
    column.type = *type;
  } else {
    const bool nested = IsSymbol(Now(), "<");
    constexpr std::string_view kTypes =
        "STRING, BIGINT, INT, DOUBLE, FLOAT, BOOLEAN, DATE, TIMESTAMP, DECIMAL(p,s), BINARY";
    const std::string message = fmt::format("the type {} is not supported", text);
    const std::string hint = fmt::format("one of {}", kTypes);
    if (nested) return Fail(begin, message, hint);
    Fail(begin, message, hint);
  }
  constexpr std::array kFeedTypes = {SqlType::Kind::kString, SqlType::Kind::kBigint,
                                     SqlType::Kind::kInt, SqlType::Kind::kDouble,
                                     SqlType::Kind::kBoolean};
  if (is_feed_ && type &&
      std::find(kFeedTypes.begin(), kFeedTypes.end(), type->kind) == kFeedTypes.end()) {
    Fail(begin, fmt::format("a feed cannot hold the type {}", text),
         "JSON has STRING, BIGINT, INT, DOUBLE, BOOLEAN: cast in the view that reads the feed");
  }
  return true;
}

bool StatementParser::ParseColumnClauses(ColumnDefinition& column) {
  while (!IsSymbol(Now(), ",") && !IsSymbol(Now(), ")")) {
    const size_t begin = Now().begin;
    if (IsWord(Now(), "NOT") && IsWord(Ahead(1), "NULL")) {
      at_ += 2;
      column.not_null = true;
      if (!is_feed_) {
        Fail(begin, "NOT NULL in a view's column list: Spark refuses such a view",
             fmt::format("write TBLPROPERTIES ('not_null' = '{}')", column.name));
      }
    } else if (TakeWord("COMMENT")) {
      const std::optional<std::string> comment = ParseText("the comment", false);
      if (!comment) return false;
      column.comment = *comment;
    } else if (Now().kind == Kind::kWord && ParseSqlType(Ahead(1).text)) {
      return MissingComma();
    } else {
      return Expected(is_feed_ ? "NOT NULL, COMMENT, a comma or )" : "COMMENT, a comma or )");
    }
  }
  return true;
}

bool StatementParser::ParseClauses() {
  while (!AtEnd()) {
    if (IsWord(Now(), "AS")) return ParseSelect();
    if (!ParseClause()) return false;
  }
  if (!is_feed_) return Expected("AS SELECT ..", std::string(kWriteView));
  return true;
}

bool StatementParser::ParseClause() {
  for (const RefusedClause& clause : kRefusedClauses) {
    if (IsWord(Now(), clause.word)) {
      return Fail(Now().begin, std::string(clause.message), std::string(clause.hint));
    }
  }
  const std::string word = UpperCase(Now().text);
  if (Now().kind == Kind::kWord &&
      std::find(clauses_.begin(), clauses_.end(), word) != clauses_.end()) {
    return Fail(Now().begin, fmt::format("{} stands here twice", word), "join the two");
  }
  clauses_.push_back(word);
  if (TakeWord("USING")) {
    if (TakeWord("ICEBERG")) return true;
    return Fail(Now().begin, fmt::format("USING {} is not supported", Found()),
                "write USING iceberg, or leave it out: all tables are Iceberg's");
  }
  if (TakeWord("COMMENT")) {
    const std::optional<std::string> comment = ParseText("the comment", false);
    if (comment) table_.comment = *comment;
    return comment.has_value();
  }
  if (TakeWord("TBLPROPERTIES")) return ParseProperties();
  return Expected(is_feed_ ? "USING, COMMENT, TBLPROPERTIES or ;"
                           : "USING, COMMENT, TBLPROPERTIES or AS SELECT");
}

bool StatementParser::ParseProperties() {
  if (!IsSymbol(Now(), "(")) return Expected("( after TBLPROPERTIES");
  do {
    Next();  // the ( or a comma
    ParsedProperty property;
    property.key_offset = Now().begin;
    constexpr std::string_view kForm = "write 'key' = 'value', both in quotes";
    if (Now().kind != Kind::kString) return Expected("a property", std::string(kForm));
    const std::optional<std::string> key = ParseText("the property's key", false);
    if (!key) return false;
    property.key = *key;
    if (!TakeSymbol("=")) return Expected("= after the key", std::string(kForm));
    property.value_offset = Now().begin;
    if (Now().kind != Kind::kString) return Expected("the value", std::string(kForm));
    // A condition may compare with a string literal. Spark stores the property but does not
    // interpret it, so doubled quotes do no harm there.
    const std::optional<std::string> value =
        ParseText("the value", property.key.starts_with("expect.") || property.key == kNoteKey);
    if (!value) return false;
    property.value = *value;
    table_.properties.push_back(std::move(property));
  } while (IsSymbol(Now(), ","));
  if (Now().kind == Kind::kString && IsSymbol(Ahead(1), "=")) return MissingComma();
  if (!TakeSymbol(")")) return Expected(", or ) after a property");
  return true;
}

bool StatementParser::ParseSelect() {
  if (is_feed_) {
    return Fail(Now().begin, "a feed has no AS SELECT: it is filled from files",
                "move the SELECT into a materialized view below transformations/");
  }
  Next();
  if (!IsWord(Now(), "SELECT") && !IsWord(Now(), "WITH")) {
    return Expected("SELECT or WITH after AS");
  }
  table_.select_begin = Now().begin;
  table_.select_end = tokens_[tokens_.size() - 2].end;
  at_ = tokens_.size() - 1;
  return true;
}

// Reads a '..' literal and returns its content. Returns nothing, and reports a mistake, when there
// is no literal or when engines read it differently.
std::optional<std::string> StatementParser::ParseText(std::string_view what,
                                                      bool doubled_quotes_allowed) {
  const SqlToken token = Now();
  if (token.kind != Kind::kString) {
    Expected(fmt::format("{} in quotes", what));
    return std::nullopt;
  }
  const std::string_view inner = token.text.substr(1, token.text.size() - 2);
  std::string text;
  for (size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == '\\') {
      Fail(token.begin + 1 + i, "a backslash in a text",
           "Spark reads it as an escape: write it without");
      return std::nullopt;
    }
    if (inner[i] == '\'') {
      if (!doubled_quotes_allowed) {
        Fail(token.begin + 1 + i, "'' in a text",
             "Spark 3.5 and Spark 4 read it differently: write it without");
        return std::nullopt;
      }
      ++i;
    }
    text.push_back(inner[i]);
  }
  Next();
  return text;
}

}  // namespace

std::vector<ParsedTable> ParseTableDefinitions(const SqlText& sql, DefinitionFolder folder,
                                               std::vector<Diagnostic>& diagnostics) {
  std::vector<ParsedTable> tables;
  const std::vector<SqlToken> tokens = TokenizeSql(sql.text);
  size_t begin = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind != Kind::kEnd && !IsSymbol(tokens[i], ";")) continue;
    if (i > begin) {  // not an empty statement
      const std::span statement = std::span(tokens).subspan(begin, i - begin + 1);
      tables.push_back(StatementParser(sql, statement, folder, diagnostics).Parse());
    }
    begin = i + 1;
  }
  return tables;
}

}  // namespace stedi
