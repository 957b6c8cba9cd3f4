#include "pipeline/names.h"

#include <algorithm>
#include <array>

namespace stedi {
namespace {

constexpr size_t kNameCharactersMax = 128;

// Words that DuckDB 1.5.5 does not accept as an unquoted column (its reserved words and most of its
// type_function words), and those that Spark reserves even without ansi.enforceReservedKeywords.
// Words with a special meaning in an expression (interval, current_date ..) are included as well.
constexpr std::string_view kReservedWords =
    " all analyse analyze and anti any array as asc asof asymmetric at authorization binary "
    "both by case cast check collate collation column concurrently constraint create cross "
    "current_date current_timestamp current_user default deferrable desc describe distinct "
    "do else end except false fetch for foreign freeze from full glob group having ilike in "
    "initially inner intersect interval into is isnull join lambda lateral leading left like "
    "limit localtime localtimestamp minus natural not notnull null offset on only or order "
    "outer overlaps pivot pivot_longer pivot_wider placing positional primary qualify "
    "references returning right select semi session_user setminus show similar some "
    "summarize symmetric table tablesample then to trailing true union unique unpack unpivot "
    "using variadic verbose when where window with ";

// Schemas that DuckDB and Spark already have, and `ops`, which holds stedi's records of runs.
constexpr std::array<std::string_view, 6> kReservedDatabases = {
    "global_temp", "information_schema", "ops", "pg_catalog", "system", "temp"};

bool IsPlainCharacter(char c, bool first) {
  return (c >= 'a' && c <= 'z') || c == '_' || (!first && c >= '0' && c <= '9');
}

}  // namespace

std::string NameMistake(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() > kNameCharactersMax) return "is longer than 128 characters";
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] >= 'A' && name[i] <= 'Z') return "has upper-case letters";
    if (!IsPlainCharacter(name[i], i == 0)) return "would need quotes";
  }
  if (kReservedWords.find(" " + std::string(name) + " ") != std::string_view::npos) {
    return "is a reserved word of SQL";
  }
  return {};
}

std::string DatabaseNameMistake(std::string_view name) {
  if (std::ranges::find(kReservedDatabases, name) != kReservedDatabases.end()) {
    return "is a database that engines have for themselves";
  }
  return NameMistake(name);
}

}  // namespace stedi
