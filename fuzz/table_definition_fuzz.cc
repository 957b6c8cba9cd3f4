// Fuzz target for the parser of *.sql files: any bytes give table definitions or diagnostics, and
// each diagnostic has a position inside the file.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/portable_tokens.h"
#include "pipeline/sql_tokens.h"
#include "pipeline/table_definition_parser.h"
#include "pipeline/table_properties.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckPlaces(const std::string& file, const std::vector<stedi::Diagnostic>& diagnostics) {
  const auto lines = static_cast<uint32_t>(std::count(file.begin(), file.end(), '\n') + 1);
  for (const stedi::Diagnostic& diagnostic : diagnostics) {
    Require(diagnostic.position.line >= 1 && diagnostic.position.line <= lines);
    Require(diagnostic.position.column >= 1);
    Require(diagnostic.position.column <= file.size() + 1);
    Require(!diagnostic.message.empty());
    Require(!stedi::Render(diagnostic, true).empty());
  }
}

void CheckTokens(const stedi::SqlText& sql) {
  size_t end = 0;
  for (const stedi::SqlToken& token : stedi::TokenizeSql(sql.text)) {
    Require(token.begin >= end && token.end >= token.begin && token.end <= sql.text.size());
    end = token.end;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string file(reinterpret_cast<const char*>(data), size);
  std::vector<stedi::Diagnostic> replaced;
  const auto lookup = [](std::string_view name) -> std::optional<std::string> {
    if (name == "empty") return "";
    if (name == "x") return "a value";
    return std::nullopt;
  };
  const auto hint = [](std::string_view) { return std::string(); };
  const stedi::SqlText sql = stedi::ReplaceParameters("f.sql", file, lookup, hint, replaced);
  Require(sql.original == file);
  CheckPlaces(file, replaced);
  CheckTokens(sql);
  for (const auto folder :
       {stedi::DefinitionFolder::kLanding, stedi::DefinitionFolder::kTransformations}) {
    std::vector<stedi::Diagnostic> diagnostics;
    const bool is_feed = folder == stedi::DefinitionFolder::kLanding;
    for (const auto& parsed : stedi::ParseTableDefinitions(sql, folder, diagnostics)) {
      Require(parsed.complete || !diagnostics.empty());
      if (!parsed.complete) continue;
      Require(!parsed.name.empty() && !parsed.columns.empty());
      Require(is_feed || parsed.select_begin < parsed.select_end);
      stedi::TableDefinition table;
      table.name = parsed.name;
      table.columns = parsed.columns;
      stedi::ReadProperties(sql, parsed, is_feed, table, diagnostics);
      const stedi::SqlText select = stedi::Slice(sql, parsed.select_begin, parsed.select_end);
      for (const auto& token : stedi::FindUnportableTokens(select.text)) {
        diagnostics.push_back(stedi::ErrorAt(select, token.offset, token.message, token.hint));
      }
    }
    CheckPlaces(file, diagnostics);
  }
  return 0;
}
