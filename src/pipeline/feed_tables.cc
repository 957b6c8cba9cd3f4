#include "pipeline/feed_tables.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "landing/contract.h"
#include "pipeline/property_keys.h"

namespace stedi {
namespace {

ColumnDefinition Column(std::string_view name, SqlType::Kind kind, std::string comment) {
  ColumnDefinition column;
  column.name = name;
  column.type.kind = kind;
  column.comment = std::move(comment);
  return column;
}

// The parser accepts no other types in a feed.
ColumnType ContractType(const SqlType& type) {
  switch (type.kind) {
    case SqlType::Kind::kBigint:
      return ColumnType::kBigint;
    case SqlType::Kind::kInt:
      return ColumnType::kInt;
    case SqlType::Kind::kDouble:
      return ColumnType::kDouble;
    case SqlType::Kind::kBoolean:
      return ColumnType::kBoolean;
    default:
      return ColumnType::kString;
  }
}

size_t IndexOf(const Feed& feed, const std::string& name) {
  const auto found = std::ranges::find(feed.columns, name, &ColumnDefinition::name);
  return static_cast<size_t>(found - feed.columns.begin());
}

// Columns that hold personal data in the feed hold personal data in this table as well.
TableDefinition RejectedTable(const Feed& feed) {
  TableDefinition table;
  table.kind = TableKind::kRejected;
  table.name = feed.name + kRejectedSuffix;
  table.path = feed.path;
  table.position = feed.position;
  table.comment = "What can still be read of the records of " + feed.name +
                  " that were rejected: a row for each record and each " +
                  feed.rejected_columns.front() + " found in its bytes.";
  table.properties[kRejectedKey] = feed.properties.at(kRejectedKey);
  for (const std::string& name : feed.rejected_columns) {
    ColumnDefinition column = feed.columns[IndexOf(feed, name)];
    column.not_null = false;
    table.columns.push_back(std::move(column));
  }
  table.columns.push_back(feed.added_columns[0]);
  table.columns.push_back(feed.added_columns[1]);
  table.columns.push_back(
      Column(kReasonColumn, SqlType::Kind::kString, "why the record was rejected"));
  for (const std::string& name : feed.pii) {
    if (std::ranges::find(table.columns, name, &ColumnDefinition::name) != table.columns.end()) {
      table.pii.push_back(name);
    }
  }
  return table;
}

}  // namespace

std::set<std::string> PiiOf(const TableDefinition& table) {
  std::set<std::string> pii(table.pii.begin(), table.pii.end());
  if (table.kind != TableKind::kFeed) return pii;
  for (const AddedColumn& added : kAddedColumns) {
    if (added.is_personal) pii.emplace(added.name);
  }
  return pii;
}

void DefineFeedTables(Feed& feed) {
  for (const ColumnDefinition& column : feed.columns) {
    feed.contract.columns.push_back(
        {column.name, ContractType(column.type), column.not_null, column.empty_is_null});
  }
  feed.contract.keep_unfit = feed.keep_unfit;
  for (const std::string& name : feed.rejected_columns) {
    feed.contract.rejected_columns.push_back(IndexOf(feed, name));
  }
  feed.added_columns.clear();
  for (const AddedColumn& added : AddedColumns(feed.keep_unfit)) {
    std::string comment = added.comment;
    if (feed.keep_unfit && added.name == kRescuedColumn) {
      comment += " and of the values that their columns cannot hold";
    }
    const auto kind =
        added.type == ColumnType::kBigint ? SqlType::Kind::kBigint : SqlType::Kind::kString;
    feed.added_columns.push_back(Column(added.name, kind, std::move(comment)));
  }
  if (!feed.rejected_columns.empty()) feed.rejected = RejectedTable(feed);
}

}  // namespace stedi
