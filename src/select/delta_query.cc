#include "select/delta_query.h"

#include <fmt/format.h>

#include <algorithm>

#include "database/column_types.h"
#include "database/database.h"
#include "pipeline/sql_tokens.h"
#include "select/rank_columns.h"

namespace stedi {

DeltaQuery::DeltaQuery(const View& view, const SelectShape& shape, std::string schema,
                       std::vector<ChangedInput> changed)
    : view_(view),
      shape_(shape),
      schema_(std::move(schema)),
      changed_(std::move(changed)),
      method_(MethodOf(shape, changed_)) {}

// A new row of an input that only EXISTS or IN reads can let more rows of the other inputs pass.
// The output rows of these may equal output rows that the table has already, so the copies must be
// counted again (kReplace), unless the values of an output row alone decide whether it passes: then
// either all of its copies passed before or none did.
DeltaQuery::Method DeltaQuery::MethodOf(const SelectShape& shape,
                                        const std::vector<ChangedInput>& changed) {
  size_t semi = 0;
  for (const ChangedInput& input : changed) {
    if (!input.gone.empty()) return Method::kReplace;
    const auto found = std::ranges::find(shape.inputs, input.table, &SelectShape::Input::table);
    semi += found->is_semi ? 1 : 0;
  }
  if (shape.is_distinct) return Method::kAppendMissing;
  if (semi == 0) return Method::kAppend;
  return semi == 1 && changed.size() == 1 && shape.semi_by_output ? Method::kAppendMissing
                                                                  : Method::kReplace;
}

const SelectShape::Input& DeltaQuery::Input(const std::string& table) const {
  return *std::ranges::find(shape_.inputs, table, &SelectShape::Input::table);
}

// The qualified name, which cannot refer to a common table expression of the same name.
std::string DeltaQuery::TableInSchema(const std::string& table) const {
  return fmt::format("{}.{}", QuoteIdentifier(schema_), QuoteIdentifier(table));
}

// Every new output row is made from a new row of at least one input, and every lost output row from
// a lost row of at least one input.
std::string DeltaQuery::CandidateRows() const {
  std::string parts;
  const auto add = [&](const std::string& part) {
    parts += fmt::format("{}({})", parts.empty() ? "" : "\nUNION ALL\n", part);
  };
  for (const ChangedInput& part : changed_) {
    if (!part.fresh.empty()) add(ChangedPart(part, part.fresh, false, method_ == Method::kAppend));
    if (!part.gone.empty()) add(ChangedPart(part, part.gone, true, false));
  }
  if (method_ == Method::kReplace || shape_.is_distinct) {
    return fmt::format("SELECT DISTINCT * FROM (\n{}\n)", parts);
  }
  return parts;
}

// The view's SELECT with `rows` in place of the input `part`. The other changed inputs are read as
// they were before the change if `before`, else as they are now. With `telescoped`, the changed
// inputs that follow `part` are read as they were before, so that an output row with new rows of
// two inputs is produced only once.
std::string DeltaQuery::ChangedPart(const ChangedInput& part, const std::string& rows, bool before,
                                    bool telescoped) const {
  Overrides overrides;
  bool is_behind = false;
  for (const ChangedInput& other : changed_) {
    overrides[other.table] = before || (telescoped && is_behind) ? other.before : other.now;
    is_behind = is_behind || other.table == part.table;
  }
  overrides[part.table] = rows;
  const size_t branch = Input(part.table).branch;
  for (const SelectShape::Input& other : shape_.inputs) {
    if (other.branch == branch) continue;
    overrides[other.table] =
        fmt::format("SELECT * FROM {} WHERE false", TableInSchema(other.table));
  }
  return Rows(overrides);
}

std::string DeltaQuery::RecomputedRows(std::string_view affected) const {
  Overrides overrides;
  for (const ChangedInput& input : changed_) overrides[input.table] = input.now;
  for (const SelectShape::Input& input : shape_.inputs) {
    std::string restricted = RestrictedInput(input, affected);
    if (!restricted.empty()) overrides[input.table] = std::move(restricted);
  }
  return fmt::format("SELECT {}l.* FROM (\n{}\n) AS l SEMI JOIN {} AS r ON {}",
                     shape_.is_distinct ? "DISTINCT " : "", Rows(overrides), affected,
                     SameRow(view_, "l", "r"));
}

// A SELECT of the input's rows that match a row of `affected` in the columns that the view outputs
// unchanged; empty when the view outputs no column of the input unchanged.
std::string DeltaQuery::RestrictedInput(const SelectShape::Input& input,
                                        std::string_view affected) const {
  std::string condition;
  for (const SelectShape::SameColumn& column : shape_.same_columns) {
    if (column.table != input.table) continue;
    condition += fmt::format("{}l.{} IS NOT DISTINCT FROM r.{}", condition.empty() ? "" : " AND ",
                             QuoteIdentifier(column.column), QuoteIdentifier(column.output));
  }
  if (condition.empty()) return "";
  const auto changed = std::ranges::find(changed_, input.table, &ChangedInput::table);
  const std::string now = changed == changed_.end()
                              ? fmt::format("SELECT * FROM {}", TableInSchema(input.table))
                              : changed->now;
  return fmt::format("SELECT l.* FROM ({}) AS l SEMI JOIN {} AS r ON {}", now, affected, condition);
}

std::string DeltaQuery::Rows(const Overrides& overrides) const {
  std::string with;
  for (const auto& [table, select] : overrides) {
    with += fmt::format("{}{} AS NOT MATERIALIZED (\n{}\n)", with.empty() ? "WITH " : ", ",
                        QuoteIdentifier(table), select);
  }
  return fmt::format("{} SELECT {} FROM (\n{}\n)", with, CastList(view_.columns),
                     WithoutRanks(WithoutDistinct(view_.select.text).value_or(view_.select.text)));
}

std::string SameRow(const TableDefinition& definition, std::string_view left,
                    std::string_view right) {
  std::string condition;
  for (const ColumnDefinition& column : definition.columns) {
    condition +=
        fmt::format("{0}{1}.{3} IS NOT DISTINCT FROM {2}.{3}", condition.empty() ? "" : " AND ",
                    left, right, QuoteIdentifier(column.name));
  }
  return condition;
}

// DuckDB does not use a comparison inside a function call as a join key, so coalesce() leaves `key`
// as the only one.
std::string SameRowByKey(const TableDefinition& definition, const std::string& key,
                         Compared compared, std::string_view left, std::string_view right) {
  std::string condition = fmt::format("{0}.{2} = {1}.{2}", left, right, QuoteIdentifier(key));
  for (const ColumnDefinition& column : definition.columns) {
    const bool is_string = column.type.kind == SqlType::Kind::kString;
    if (column.name == key || (compared == Compared::kAllButStrings && is_string)) continue;
    condition +=
        fmt::format(" AND coalesce({0}.{2} = {1}.{2}, {0}.{2} IS NULL AND {1}.{2} IS NULL)", left,
                    right, QuoteIdentifier(column.name));
  }
  return condition;
}

}  // namespace stedi
