#include "run/audit.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/mask.h"
#include "database/landing_function.h"
#include "files/file_names.h"

namespace stedi {
namespace {

constexpr int kExamplesMax = 10;

bool HasColumn(const TableDefinition& definition, const std::string& name) {
  return std::ranges::find(definition.columns, name, &ColumnDefinition::name) !=
         definition.columns.end();
}

std::string OffendingRows(const Expectation& expectation, const std::string& table) {
  return KindOf(expectation).offending_rows(expectation, table);
}

// Returns the columns of an example: file and offset if the table has them, else one text with the
// values of the row, in which personal data is masked.
std::string ExampleColumns(const TableDefinition& definition) {
  const bool knows_place =
      definition.kind == TableKind::kFeed ||
      (HasColumn(definition, kFileColumn) && HasColumn(definition, kOffsetColumn));
  if (knows_place) {
    return fmt::format("{}, {}", kFileColumn, kOffsetColumn);
  }
  std::string text;
  for (const ColumnDefinition& column : definition.columns) {
    const bool masked = std::ranges::find(definition.pii, column.name) != definition.pii.end();
    const std::string value =
        masked ? QuoteLiteral(kMask)
               : fmt::format("coalesce({}::VARCHAR, 'NULL')", QuoteIdentifier(column.name));
    text += fmt::format("{}'{}=' || {}", text.empty() ? "" : " || ' ' || ", column.name, value);
  }
  return text;
}

// Whether a value of the column is missing in the table that it refers to. Each value is looked up
// only once, and DuckDB takes the distinct values from the dictionaries of the files.
bool HasMissingParent(const LakeSession& session, const TableDefinition& definition,
                      const Expectation& expectation) {
  const std::string values =
      fmt::format("(SELECT DISTINCT {} FROM {})", QuoteIdentifier(expectation.columns.front()),
                  QuoteIdentifier(definition.name));
  return session.connection.Integer(
             fmt::format("SELECT count(*) FROM ({})", OffendingRows(expectation, values))) > 0;
}

}  // namespace

int64_t CountViolations(const LakeSession& session, const TableDefinition& definition,
                        const Expectation& expectation) {
  if (KindOf(expectation).scope == ExpectationScope::kParents &&
      !HasMissingParent(session, definition, expectation)) {
    return 0;
  }
  return session.connection.Integer(fmt::format(
      "SELECT count(*) FROM ({})", OffendingRows(expectation, QuoteIdentifier(definition.name))));
}

bool HasViolation(const LakeSession& session, const TableDefinition& definition,
                  const std::vector<const Expectation*>& expectations, const std::string& fresh) {
  if (expectations.empty() || fresh.empty()) return false;
  std::string offending;
  for (const Expectation* expectation : expectations) {
    std::string rows = fmt::format("({})", fresh);
    if (KindOf(*expectation).scope == ExpectationScope::kKey) {
      // A new row may repeat the key of an old one.
      std::string condition;
      for (const std::string& column : expectation->columns) {
        condition += fmt::format("{0}l.{1} = r.{1}", condition.empty() ? "" : " AND ",
                                 QuoteIdentifier(column));
      }
      rows = fmt::format("(SELECT l.* FROM {} AS l SEMI JOIN ({}) AS r ON {})",
                         QuoteIdentifier(definition.name), fresh, condition);
    }
    offending += fmt::format("{}SELECT 1 FROM ({})", offending.empty() ? "" : " UNION ALL ",
                             OffendingRows(*expectation, rows));
  }
  return session.connection.Integer(fmt::format("SELECT count(*) FROM ({})", offending)) > 0;
}

ExpectationReport ReportExpectation(const LakeSession& session, const TableDefinition& definition,
                                    const Expectation& expectation, int64_t failed,
                                    const std::string& staged_location) {
  ExpectationReport report;
  report.table = definition.name;
  report.name = expectation.name;
  report.action = expectation.action;
  report.kind = expectation.kind;
  report.failed = failed;
  if (failed == 0 || RemovesRows(expectation)) return report;
  Result rows = session.connection.Query(
      fmt::format("SELECT {} FROM ({}) LIMIT {}", ExampleColumns(definition),
                  OffendingRows(expectation, QuoteIdentifier(definition.name)), kExamplesMax));
  const bool is_personal = std::ranges::find(definition.pii, kFileColumn) != definition.pii.end();
  for (const TextRow& row : rows.Rows()) {
    const std::string first = row[0].value_or("NULL");
    report.examples.push_back(row.size() == 1 ? first
                                              : fmt::format("{}:{}", ShownFile(first, is_personal),
                                                            row[1].value_or("NULL")));
  }
  report.query =
      OffendingRows(expectation, fmt::format("iceberg_scan({})", QuoteLiteral(staged_location)));
  return report;
}

}  // namespace stedi
