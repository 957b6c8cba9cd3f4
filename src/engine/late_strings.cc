#include "engine/late_strings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "iceberg/identifiers.h"
#include "pipeline/sql_tokens.h"

namespace stedi {
namespace {

std::string Lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

// A column of the SELECT that is no more than a column of a table: `p.customer [AS name]`.
struct PlainColumn {
  size_t begin = 0;  // bytes of `p.customer`
  size_t end = 0;
  std::string table;   // p
  std::string column;  // customer
  std::string name;
  bool has_alias = false;
};

// `(SELECT ..) p` in the FROM clause.
struct DerivedTable {
  size_t first = 0;  // tokens, with the brackets
  size_t end = 0;
  size_t alias_at = 0;
  std::string alias;
};

bool IsName(const SqlToken& token) { return token.kind == SqlToken::Kind::kWord; }

class SelectText {
 public:
  explicit SelectText(std::string_view text) : tokens_(TokenizeSql(text)) {}

  // Finds the columns and the ORDER BY; false where there is anything that is not understood.
  bool Read() {
    if (!IsWord(tokens_[0], "SELECT") || IsWord(tokens_[1], "DISTINCT") ||
        IsWord(tokens_[1], "ALL")) {
      return false;
    }
    size_t at = 1;
    if (!ReadColumns(at)) return false;
    for (; tokens_[at].kind != SqlToken::Kind::kEnd; Step(at)) {
      ReadDerived(at);
      for (const char* word : {"UNION", "EXCEPT", "INTERSECT", "MINUS", "LIMIT", "OFFSET", "FETCH",
                               "GROUP", "HAVING", "QUALIFY", "WINDOW"}) {
        if (IsWord(tokens_[at], word)) return false;
      }
      if (IsWord(tokens_[at], "ORDER")) return ReadOrder(at + 1);
    }
    return false;
  }
  const std::vector<PlainColumn>& columns() const { return columns_; }

  // The derived table that `column` is of, when nothing else in the statement looks at the column:
  // then it may have another type there.
  const DerivedTable* OnlyUsedFrom(const PlainColumn& column) const {
    const auto found = std::ranges::find(derived_, column.table, &DerivedTable::alias);
    if (found == derived_.end()) return nullptr;
    size_t uses = column.has_alias && column.name == column.column ? 0 : 1;
    for (size_t at = 0; at < tokens_.size(); ++at) {
      if (at == found->first) at = found->end;
      if (IsWord(tokens_[at], "NATURAL")) return nullptr;
      const std::string text = Unquoted(tokens_[at]);
      if (text == column.column) ++uses;
      // All of the row at once.
      if (text == column.table && at != found->alias_at && !IsSymbol(tokens_[at + 1], ".")) {
        return nullptr;
      }
      if (IsSymbol(tokens_[at], ".") && IsSymbol(tokens_[at + 1], "*")) return nullptr;
    }
    return uses == 2 ? &*found : nullptr;
  }
  size_t BeginOf(const DerivedTable& table) const { return tokens_[table.first].begin; }
  size_t EndOf(const DerivedTable& table) const { return tokens_[table.end - 1].end; }

 private:
  static std::string Unquoted(const SqlToken& token) {
    if (token.kind != SqlToken::Kind::kQuotedName) return Lower(token.text);
    return Lower(token.text.substr(1, token.text.size() - 2));
  }

  void ReadDerived(size_t at) {
    const bool begins_item = IsWord(tokens_[at - 1], "FROM") || IsWord(tokens_[at - 1], "JOIN") ||
                             IsSymbol(tokens_[at - 1], ",");
    if (!begins_item || !IsSymbol(tokens_[at], "(") || !IsWord(tokens_[at + 1], "SELECT")) return;
    size_t end = at;
    Step(end);
    const size_t alias = IsWord(tokens_[end], "AS") ? end + 1 : end;
    if (IsName(tokens_[alias])) derived_.push_back({at, end, alias, Lower(tokens_[alias].text)});
  }

  // Past a token, or past all of a bracket.
  void Step(size_t& at) const {
    int depth = 0;
    do {
      if (IsSymbol(tokens_[at], "(")) ++depth;
      if (IsSymbol(tokens_[at], ")")) --depth;
      ++at;
    } while (depth > 0 && tokens_[at].kind != SqlToken::Kind::kEnd);
  }

  bool ReadColumns(size_t& at) {
    for (;;) {
      const size_t first = at;
      while (!IsSymbol(tokens_[at], ",") && !IsWord(tokens_[at], "FROM")) {
        if (tokens_[at].kind == SqlToken::Kind::kEnd || IsSymbol(tokens_[at], "*")) return false;
        Step(at);
      }
      AddColumn(first, at);
      if (IsWord(tokens_[at++], "FROM")) return true;
    }
  }

  void AddColumn(size_t first, size_t end) {
    constexpr size_t kPlain = 3;
    constexpr size_t kWithAlias = 5;
    const size_t count = end - first;
    if (count != kPlain && count != kWithAlias) return;
    if (!IsName(tokens_[first]) || !IsSymbol(tokens_[first + 1], ".") ||
        !IsName(tokens_[first + 2])) {
      return;
    }
    const bool has_alias = count == kWithAlias;
    if (has_alias && (!IsWord(tokens_[first + 3], "AS") || !IsName(tokens_[first + 4]))) return;
    columns_.push_back({tokens_[first].begin, tokens_[first + 2].end, Lower(tokens_[first].text),
                        Lower(tokens_[first + 2].text), Lower(tokens_[end - 1].text), has_alias});
  }

  // p.place [ASC | DESC] [NULLS FIRST | LAST], .. up to the end. A name without a table could be
  // that of a column of the SELECT.
  bool ReadOrder(size_t at) const {
    if (!IsWord(tokens_[at], "BY")) return false;
    do {
      ++at;
      if (!IsName(tokens_[at]) || !IsSymbol(tokens_[at + 1], ".") || !IsName(tokens_[at + 2])) {
        return false;
      }
      at += 3;
      while (tokens_[at].kind == SqlToken::Kind::kWord) ++at;
    } while (IsSymbol(tokens_[at], ","));
    return tokens_[at].kind == SqlToken::Kind::kEnd;
  }

  std::vector<SqlToken> tokens_;
  std::vector<PlainColumn> columns_;
  std::vector<DerivedTable> derived_;
};

// Calls `set(row)` for each row of `input` that has a value, makes the others NULL in `output`.
template <class Set>
void Map(duckdb_vector input, idx_t rows, duckdb_vector output, const Set& set) {
  uint64_t* validity = duckdb_vector_get_validity(input);
  uint64_t* out_validity = nullptr;
  for (idx_t row = 0; row < rows; ++row) {
    if (validity == nullptr || duckdb_validity_row_is_valid(validity, row)) {
      set(row);
      continue;
    }
    if (out_validity == nullptr) {
      duckdb_vector_ensure_validity_writable(output);
      out_validity = duckdb_vector_get_validity(output);
    }
    duckdb_validity_set_row_invalid(out_validity, row);
  }
}

}  // namespace

std::optional<std::string> LateStrings::Wrap(Connection& connection, const View& view) {
  SelectText text(view.select.text);
  if (!text.Read()) return std::nullopt;
  const std::vector<PlainColumn>& plain = text.columns();
  std::set<std::string> late;
  for (const ColumnDefinition& column : view.columns) {
    if (column.type.kind == SqlType::Kind::kString &&
        std::ranges::count(plain, column.name, &PlainColumn::name) == 1) {
      late.insert(column.name);
    }
  }
  if (late.empty()) return std::nullopt;
  const std::string to_number = "to_number_" + NewUuid();
  const std::string to_string = "to_string_" + NewUuid();
  RegisterFunction(connection, to_number,
                   {DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_INTEGER, this, ToNumbers});
  RegisterFunction(connection, to_string,
                   {DUCKDB_TYPE_INTEGER, DUCKDB_TYPE_VARCHAR, this, ToStrings});
  std::string outer;
  for (const ColumnDefinition& column : view.columns) {
    const std::string name = QuoteIdentifier(column.name);
    outer += fmt::format(fmt::runtime(late.contains(column.name) ? "{0}{1}({2}) AS {2}" : "{0}{2}"),
                         outer.empty() ? "" : ", ", QuoteIdentifier(to_string), name);
  }
  // What stands at a place of the text and what is put there instead.
  std::map<size_t, std::pair<size_t, std::string>> changes;
  std::map<const DerivedTable*, std::string> early;
  for (const PlainColumn& column : plain) {
    if (!late.contains(column.name)) continue;
    const std::string name = QuoteIdentifier(column.column);
    if (const DerivedTable* table = text.OnlyUsedFrom(column)) {
      std::string& columns = early[table];
      columns += fmt::format("{}{}(CAST({} AS VARCHAR)) AS {}", columns.empty() ? "" : ", ",
                             QuoteIdentifier(to_number), name, name);
      continue;
    }
    const size_t size = column.end - column.begin;
    changes[column.begin] = {
        size, fmt::format("{}(CAST({} AS VARCHAR)){}", QuoteIdentifier(to_number),
                          view.select.text.substr(column.begin, size),
                          column.has_alias ? "" : " AS " + QuoteIdentifier(column.name))};
  }
  // Its strings are numbers before the joins: these move them, too.
  for (const auto& [table, columns] : early) {
    const size_t begin = text.BeginOf(*table);
    const size_t size = text.EndOf(*table) - begin;
    changes[begin] = {size, fmt::format("(SELECT * REPLACE ({}) FROM {} AS stedi_derived)", columns,
                                        view.select.text.substr(begin, size))};
  }
  // From behind, so that the places of those before stay.
  std::string inner = view.select.text;
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    const auto& [size, replacement] = change->second;
    inner.replace(change->first, size, replacement);
  }
  return fmt::format("SELECT {} FROM (\n{}\n)", outer, inner);
}

void LateStrings::ToNumbers(duckdb_function_info info, duckdb_data_chunk input,
                            duckdb_vector output) {
  auto* strings = static_cast<LateStrings*>(duckdb_scalar_function_get_extra_info(info));
  const duckdb_vector vector = duckdb_data_chunk_get_vector(input, 0);
  auto* cells = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector));
  auto* ids = static_cast<int32_t*>(duckdb_vector_get_data(output));
  try {
    Map(vector, duckdb_data_chunk_get_size(input), output, [&](idx_t row) {
      const std::optional<int32_t> id = strings->pool_.Add(
          {duckdb_string_t_data(&cells[row]), duckdb_string_t_length(cells[row])});
      if (!id.has_value()) {
        strings->out_of_room_ = true;
        throw Error(ErrorCode::kUnavailable,
                    "too many different strings for the memory that is left");
      }
      ids[row] = *id;
    });
  } catch (const std::exception& error) {
    duckdb_scalar_function_set_error(info, error.what());
  }
}

void LateStrings::ToStrings(duckdb_function_info info, duckdb_data_chunk input,
                            duckdb_vector output) {
  const auto* strings = static_cast<LateStrings*>(duckdb_scalar_function_get_extra_info(info));
  const duckdb_vector vector = duckdb_data_chunk_get_vector(input, 0);
  const auto* ids = static_cast<int32_t*>(duckdb_vector_get_data(vector));
  auto* cells = static_cast<duckdb_string_t*>(duckdb_vector_get_data(output));
  Map(vector, duckdb_data_chunk_get_size(input), output,
      [&](idx_t row) { cells[row] = strings->pool_.At(ids[row]); });
}

}  // namespace stedi
