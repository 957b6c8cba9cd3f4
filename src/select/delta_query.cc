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
      way_(WayOf(shape, changed_)) {}

// A row that an EXISTS lets pass now may come from input rows of which some passed before: unless
// that can be told from the row itself, its copies must be counted again.
DeltaQuery::Way DeltaQuery::WayOf(const SelectShape& shape,
                                  const std::vector<ChangedInput>& changed) {
  size_t semi = 0;
  for (const ChangedInput& input : changed) {
    if (!input.gone.empty()) return Way::kReplace;
    const auto found = std::ranges::find(shape.inputs, input.table, &SelectShape::Input::table);
    semi += found->is_semi ? 1 : 0;
  }
  if (shape.is_distinct) return Way::kAppendMissing;
  if (semi == 0) return Way::kAppend;
  return semi == 1 && changed.size() == 1 && shape.semi_by_output ? Way::kAppendMissing
                                                                  : Way::kReplace;
}

const SelectShape::Input& DeltaQuery::Input(const std::string& table) const {
  return *std::ranges::find(shape_.inputs, table, &SelectShape::Input::table);
}

// With its schema it is never taken for the name that WITH gives.
std::string DeltaQuery::Named(const std::string& table) const {
  return fmt::format("{}.{}", QuoteIdentifier(schema_), QuoteIdentifier(table));
}

// A row that is new has a part that is new, one that is gone had a part that is gone.
std::string DeltaQuery::Candidates() const {
  std::string parts;
  const auto add = [&](const std::string& part) {
    parts += fmt::format("{}({})", parts.empty() ? "" : "\nUNION ALL\n", part);
  };
  for (const ChangedInput& part : changed_) {
    if (!part.fresh.empty()) add(Part(part, part.fresh, false, way_ == Way::kAppend));
    if (!part.gone.empty()) add(Part(part, part.gone, true, false));
  }
  if (way_ == Way::kReplace || shape_.is_distinct) {
    return fmt::format("SELECT DISTINCT * FROM (\n{}\n)", parts);
  }
  return parts;
}

// The view of `rows` in place of `part`, with the other inputs as they were before or are now.
// `telescoped`: those behind it as they were before, so that what is new in two inputs counts once.
std::string DeltaQuery::Part(const ChangedInput& part, const std::string& rows, bool before,
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
    overrides[other.table] = fmt::format("SELECT * FROM {} WHERE false", Named(other.table));
  }
  return Rows(overrides);
}

std::string DeltaQuery::Recomputed(std::string_view affected) const {
  Overrides overrides;
  for (const ChangedInput& input : changed_) overrides[input.table] = input.now;
  for (const SelectShape::Input& input : shape_.inputs) {
    std::string restricted = Restricted(input, affected);
    if (!restricted.empty()) overrides[input.table] = std::move(restricted);
  }
  return fmt::format("SELECT {}l.* FROM (\n{}\n) AS l SEMI JOIN {} AS r ON {}",
                     shape_.is_distinct ? "DISTINCT " : "", Rows(overrides), affected,
                     SameRow(view_, "l", "r"));
}

// The input's rows that agree with a row of `affected` in the columns that the view shows of them;
// empty when it shows none as it stands.
std::string DeltaQuery::Restricted(const SelectShape::Input& input,
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
                              ? fmt::format("SELECT * FROM {}", Named(input.table))
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

// A comparison inside a function is no join condition to DuckDB.
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
