#include "select/late_strings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/ascii_case.h"
#include "database/string_cell.h"
#include "iceberg/identifiers.h"
#include "pipeline/sql_tokens.h"

namespace stedi {
namespace {

// A column of a table that is used unchanged, as an output column or in a join condition:
// `p.customer [AS name]`.
struct PlainColumn {
  size_t begin = 0;  // byte range of `p.customer`
  size_t end = 0;
  std::string table;   // p
  std::string column;  // customer
  std::string name;
  bool has_alias = false;
};

// `(SELECT ..) p` in the FROM clause.
struct DerivedTable {
  size_t first = 0;  // indices of tokens, including the parentheses
  size_t end = 0;
  size_t alias_at = 0;
  std::string alias;
};

// `a.user = p.email` in an ON or WHERE clause.
struct Equality {
  PlainColumn left;
  PlainColumn right;
};

bool IsName(const SqlToken& token) { return token.kind == SqlToken::Kind::kWord; }

class SelectText {
 public:
  explicit SelectText(std::string_view text) : tokens_(TokenizeSql(text)) {}

  // Reads the select list, the derived tables, the equalities and the ORDER BY. Returns false when
  // the statement contains anything that this class does not support.
  bool Read() {
    if (!IsWord(tokens_[0], "SELECT") || IsWord(tokens_[1], "DISTINCT") ||
        IsWord(tokens_[1], "ALL")) {
      return false;
    }
    size_t at = 1;
    if (!ReadColumns(at)) return false;
    for (; tokens_[at].kind != SqlToken::Kind::kEnd; Step(at)) {
      ReadDerived(at);
      ReadEquality(at);
      if (IsOneOf(tokens_[at], {"UNION", "EXCEPT", "INTERSECT", "MINUS", "LIMIT", "OFFSET", "FETCH",
                                "GROUP", "HAVING", "QUALIFY", "WINDOW"})) {
        return false;
      }
      if (IsWord(tokens_[at], "ORDER")) {
        order_ = tokens_[at].begin;
        return ReadOrder(at + 1);
      }
    }
    return false;
  }
  const std::vector<PlainColumn>& columns() const { return columns_; }
  const std::vector<Equality>& equalities() const { return equalities_; }
  // The FROM and WHERE clauses are bytes [from(), order()) of the text.
  size_t from() const { return from_; }
  size_t order() const { return order_; }

  // Returns the derived table that `column` comes from if nothing else in the statement uses the
  // column, so that the column may have another type there. Otherwise returns nullptr.
  const DerivedTable* OnlyUsedFrom(const PlainColumn& column) const {
    const auto found = std::ranges::find(derived_, column.table, &DerivedTable::alias);
    if (found == derived_.end()) return nullptr;
    size_t uses = 0;
    for (size_t at = 0; at < tokens_.size(); ++at) {
      if (at == found->first) at = found->end;
      if (IsWord(tokens_[at], "NATURAL")) return nullptr;
      const std::string text = Unquoted(tokens_[at]);
      if (text == column.column) ++uses;
      // The name of the table alone stands for its whole row.
      if (text == column.table && at != found->alias_at && !IsSymbol(tokens_[at + 1], ".")) {
        return nullptr;
      }
      if (IsSymbol(tokens_[at], ".") && IsSymbol(tokens_[at + 1], "*")) return nullptr;
    }
    const size_t own_uses = column.has_alias && column.name == column.column ? 2 : 1;
    return uses == own_uses ? &*found : nullptr;
  }
  size_t BeginOf(const DerivedTable& table) const { return tokens_[table.first].begin; }
  size_t EndOf(const DerivedTable& table) const { return tokens_[table.end - 1].end; }

 private:
  static std::string Unquoted(const SqlToken& token) {
    if (token.kind != SqlToken::Kind::kQuotedName) return LowerCase(token.text);
    return LowerCase(token.text.substr(1, token.text.size() - 2));
  }

  void ReadDerived(size_t at) {
    const bool begins_item = IsWord(tokens_[at - 1], "FROM") || IsWord(tokens_[at - 1], "JOIN") ||
                             IsSymbol(tokens_[at - 1], ",");
    if (!begins_item || !IsSymbol(tokens_[at], "(") || !IsWord(tokens_[at + 1], "SELECT")) return;
    size_t end = at;
    Step(end);
    const size_t alias = IsWord(tokens_[end], "AS") ? end + 1 : end;
    if (IsName(tokens_[alias])) {
      derived_.push_back({at, end, alias, LowerCase(tokens_[alias].text)});
    }
  }

  // Whether `p.customer` (a qualified column) begins at token `at`.
  bool IsColumn(size_t at) const {
    return IsName(tokens_[at]) && IsSymbol(tokens_[at + 1], ".") && IsName(tokens_[at + 2]);
  }
  PlainColumn ColumnAt(size_t at) const {
    const std::string column = LowerCase(tokens_[at + 2].text);
    return {tokens_[at].begin,  tokens_[at + 2].end, LowerCase(tokens_[at].text), column, column,
            /*has_alias=*/false};
  }

  // Records the equality, if any, that follows token `at`: ON a.user = p.email AND ..
  void ReadEquality(size_t at) {
    constexpr size_t kEquals = 4, kRight = 5, kBehind = 8;  // token offsets from the word before it
    has_between_ |= IsWord(tokens_[at], "BETWEEN");
    if (!IsOneOf(tokens_[at], {"ON", "WHERE", "AND"}) || has_between_ || !IsColumn(at + 1) ||
        !IsSymbol(tokens_[at + kEquals], "=") || !IsColumn(at + kRight) ||
        !IsOneOf(tokens_[at + kBehind], {"AND", "OR", "WHERE", "ORDER", "JOIN", "INNER", "LEFT",
                                         "RIGHT", "FULL", "CROSS"})) {
      return;
    }
    equalities_.push_back({ColumnAt(at + 1), ColumnAt(at + kRight)});
  }

  // Advances `at` past one token, or past a whole parenthesized group.
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
      if (IsWord(tokens_[at++], "FROM")) {
        from_ = tokens_[at - 1].begin;
        return true;
      }
    }
  }

  void AddColumn(size_t first, size_t end) {
    constexpr size_t kPlain = 3;
    constexpr size_t kWithAlias = 5;
    const size_t count = end - first;
    if (count != kPlain && count != kWithAlias) return;
    if (!IsColumn(first)) return;
    const bool has_alias = count == kWithAlias;
    if (has_alias && (!IsWord(tokens_[first + 3], "AS") || !IsName(tokens_[first + 4]))) return;
    columns_.push_back(ColumnAt(first));
    columns_.back().name = LowerCase(tokens_[end - 1].text);
    columns_.back().has_alias = has_alias;
  }

  // Whether `BY p.place [ASC | DESC] [NULLS FIRST | LAST], ..` begins at token `at` and reaches to
  // the end. An unqualified name could be an output column of the SELECT, so it is not accepted.
  bool ReadOrder(size_t at) const {
    if (!IsWord(tokens_[at], "BY")) return false;
    do {
      ++at;
      if (!IsColumn(at)) return false;
      at += 3;
      while (tokens_[at].kind == SqlToken::Kind::kWord) ++at;
    } while (IsSymbol(tokens_[at], ","));
    return tokens_[at].kind == SqlToken::Kind::kEnd;
  }

  std::vector<SqlToken> tokens_;
  std::vector<PlainColumn> columns_;
  std::vector<DerivedTable> derived_;
  std::vector<Equality> equalities_;
  bool has_between_ = false;
  size_t from_ = 0;
  size_t order_ = 0;
};

// The edits of a SELECT's text that replace strings by numbers.
class Numbering {
 public:
  Numbering(const SelectText& text, std::string select) : text_(text), select_(std::move(select)) {}

  // Replaces `column` by a call of `to_number`, which is given as SQL. `alias` is SQL that is put
  // after the call, unless the column becomes a number inside its derived table.
  void Add(const PlainColumn& column, const std::string& to_number, std::string_view alias) {
    if (const DerivedTable* table = text_.OnlyUsedFrom(column)) {
      const std::string name = QuoteIdentifier(column.column);
      std::string& columns = early_[table];
      columns += fmt::format("{}{}(CAST({} AS VARCHAR)) AS {}", columns.empty() ? "" : ", ",
                             to_number, name, name);
      return;
    }
    const size_t size = column.end - column.begin;
    changes_[column.begin] = {size, fmt::format("{}(CAST({} AS VARCHAR)){}", to_number,
                                                select_.substr(column.begin, size), alias)};
  }

  std::string Apply() {
    // These strings become numbers inside the derived table, so that the joins carry numbers as
    // well.
    for (const auto& [table, columns] : early_) {
      const size_t begin = text_.BeginOf(*table);
      const size_t size = text_.EndOf(*table) - begin;
      changes_[begin] = {size, fmt::format("(SELECT * REPLACE ({}) FROM {} AS stedi_derived)",
                                           columns, select_.substr(begin, size))};
    }
    // Back to front, so that the offsets of the earlier changes stay valid.
    std::string changed = select_;
    for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
      const auto& [size, replacement] = change->second;
      changed.replace(change->first, size, replacement);
    }
    return changed;
  }

 private:
  const SelectText& text_;
  std::string select_;
  // By byte offset in the text: how many bytes to replace, and their replacement.
  std::map<size_t, std::pair<size_t, std::string>> changes_;
  std::map<const DerivedTable*, std::string> early_;
};

// The equalities of two strings of which at least one comes from a derived table and is used
// nowhere else. The hash table of the join is built from the derived table: with numbers as keys
// its rows take less memory and are compared faster.
std::vector<Equality> NumberedEqualities(Connection& connection, const SelectText& text,
                                         const std::string& select) {
  std::vector<Equality> found;
  for (const Equality& one : text.equalities()) {
    if (text.OnlyUsedFrom(one.left) == nullptr && text.OnlyUsedFrom(one.right) == nullptr) continue;
    const auto name_of = [&](const PlainColumn& column) {
      return select.substr(column.begin, column.end - column.begin);
    };
    try {
      const std::vector<TextRow> columns =
          connection
              .Query(fmt::format("SELECT column_type FROM (DESCRIBE SELECT {}, {} {})",
                                 name_of(one.left), name_of(one.right),
                                 select.substr(text.from(), text.order() - text.from())))
              .Rows();
      const auto is_string = [](const TextRow& row) { return row[0] == "VARCHAR"; };
      if (std::ranges::all_of(columns, is_string)) found.push_back(one);
    } catch (const SqlError& error) {  // a table that only the ON sees, such as that of a SEMI JOIN
      if (error.is_of_machine()) throw;
    }
  }
  return found;
}

// Calls `set(row)` for each row of `input` that is not NULL, and makes the others NULL in `output`.
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
  const std::string to_compare = "to_compare_" + NewUuid();
  RegisterFunction(connection, to_number,
                   {DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_INTEGER, this, ToNumbers<&LateStrings::pool_>,
                    nullptr, false});
  RegisterFunction(connection, to_compare,
                   {DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_INTEGER, this,
                    ToNumbers<&LateStrings::compared_>, nullptr, false});
  RegisterFunction(connection, to_string,
                   {DUCKDB_TYPE_INTEGER, DUCKDB_TYPE_VARCHAR, this, ToStrings});
  std::string outer;
  for (const ColumnDefinition& column : view.columns) {
    const std::string name = QuoteIdentifier(column.name);
    outer += fmt::format(fmt::runtime(late.contains(column.name) ? "{0}{1}({2}) AS {2}" : "{0}{2}"),
                         outer.empty() ? "" : ", ", QuoteIdentifier(to_string), name);
  }
  Numbering numbering(text, view.select.text);
  for (const PlainColumn& column : plain) {
    if (!late.contains(column.name)) continue;
    numbering.Add(column, QuoteIdentifier(to_number),
                  column.has_alias ? "" : " AS " + QuoteIdentifier(column.name));
  }
  for (const Equality& one : NumberedEqualities(connection, text, view.select.text)) {
    numbering.Add(one.left, QuoteIdentifier(to_compare), "");
    numbering.Add(one.right, QuoteIdentifier(to_compare), "");
  }
  return fmt::format("SELECT {} FROM (\n{}\n)", outer, numbering.Apply());
}

template <StringPool LateStrings::*pool>
void LateStrings::ToNumbers(duckdb_function_info info, duckdb_data_chunk input,
                            duckdb_vector output) {
  auto* strings = static_cast<LateStrings*>(duckdb_scalar_function_get_extra_info(info));
  const duckdb_vector vector = duckdb_data_chunk_get_vector(input, 0);
  const auto* cells = static_cast<const duckdb_string_t*>(duckdb_vector_get_data(vector));
  auto* ids = static_cast<int32_t*>(duckdb_vector_get_data(output));
  try {
    Map(vector, duckdb_data_chunk_get_size(input), output, [&](idx_t row) {
      const std::optional<int32_t> id = (strings->*pool).Add(TextOf(cells[row]));
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
