#include "pipeline/feed_tables.h"

#include <algorithm>

#include "landing/contract.h"

namespace stedi {
namespace {

ColumnDefinition Column(const char* name, SqlType::Kind kind, const char* comment) {
  ColumnDefinition column;
  column.name = name;
  column.type.kind = kind;
  column.comment = comment;
  return column;
}

// The parser lets no other type into a feed.
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

// Personal data of the feed is personal data here.
TableDefinition RejectedTable(const Feed& feed) {
  TableDefinition table;
  table.kind = TableKind::kRejected;
  table.name = feed.name + kRejectedSuffix;
  table.path = feed.path;
  table.position = feed.position;
  table.comment = "What can still be read of the records of " + feed.name +
                  " that were rejected: a row for each record and each " +
                  feed.rejected_columns.front() + " found in its bytes.";
  table.properties["feed.rejected"] = feed.properties.at("feed.rejected");
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

void DefineFeedTables(Feed& feed) {
  for (const ColumnDefinition& column : feed.columns) {
    feed.contract.columns.push_back(
        {column.name, ContractType(column.type), column.not_null, column.empty_is_null});
  }
  feed.contract.keep_unfit = feed.keep_unfit;
  for (const std::string& name : feed.rejected_columns) {
    feed.contract.rejected_columns.push_back(IndexOf(feed, name));
  }
  using Kind = SqlType::Kind;
  feed.added_columns = {
      Column(kFileColumn, Kind::kString, "landing file, relative to the feed's folder"),
      Column(kOffsetColumn, Kind::kBigint, "byte of the record's { in the decoded file"),
      Column(
          kRescuedColumn, Kind::kString,
          feed.keep_unfit
              ? "JSON object of the keys the contract does not name and of the values that their "
                "columns cannot hold"
              : "JSON object of the keys the contract does not name")};
  if (feed.keep_unfit) {
    feed.added_columns.push_back(
        Column(kUnfitColumn, Kind::kString,
               "columns whose values they cannot hold, separated by commas: they are NULL"));
  }
  if (!feed.rejected_columns.empty()) feed.rejected = RejectedTable(feed);
}

}  // namespace stedi
