#include "inspect/quarantine_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "run/quarantine.h"

namespace stedi {
namespace {

std::string Condition(const QuarantineFilter& filter) {
  std::string condition = "true";
  const auto add = [&](const char* column, const std::string& value) {
    if (value.empty()) return;
    condition += fmt::format(" AND {} = {}", column, QuoteLiteral(value));
  };
  add("table_name", filter.table);
  add("reason", filter.reason);
  add("file", filter.file);
  return condition;
}

// Returns the record in a row of QuarantineReader::numbered_.
QuarantinedRecord RecordOf(const TextRow& row) {
  QuarantinedRecord record;
  record.id = std::stoll(row[0].value());
  record.table = row[1].value_or("");
  record.reason = row[2].value_or("");
  record.column = row[3].value_or("");
  record.found = row[4].value_or("");
  record.wanted = row[5].value_or("");
  record.file = row[6].value_or("");
  if (row[7].has_value()) record.offset = std::stoll(*row[7]);
  if (row[8].has_value()) record.length = std::stoll(*row[8]);
  record.run_id = row[9].value_or("");
  record.raw = row[10].value_or("");
  return record;
}

}  // namespace

QuarantineReader::QuarantineReader(Connection& connection, const LakeTable& table,
                                   std::string select)
    : connection_(connection) {
  std::string columns;
  const std::vector<Field>& there = table.metadata.CurrentSchema().fields;
  for (const Field& field : QuarantineFields()) {
    const bool is_there = std::ranges::find(there, field.name, &Field::name) != there.end();
    columns += fmt::format("{}{}{}", columns.empty() ? "" : ", ",
                           is_there ? "" : "NULL::VARCHAR AS ", field.name);
  }
  rows_ = fmt::format("SELECT {} FROM ({})", columns, select);
  // Rows of a derived table have neither file nor offset: their JSON text tells them apart.
  numbered_ = fmt::format(
      "SELECT row_number() OVER (ORDER BY table_name, file, byte_offset, reason, row_text) AS id, "
      "* FROM (SELECT table_name, reason, column_name, found, wanted, file, byte_offset, "
      "byte_length, run_id, CASE WHEN file IS NULL THEN raw END AS row_text FROM ({}))",
      rows_);
}

std::vector<QuarantinedRecord> QuarantineReader::List(const QuarantineFilter& filter, size_t limit,
                                                      size_t skip) {
  std::vector<QuarantinedRecord> records;
  for (const TextRow& row :
       connection_
           .Query(fmt::format("SELECT * REPLACE (NULL::BLOB AS row_text) FROM ({}) WHERE {} ORDER "
                              "BY id LIMIT {} OFFSET {}",
                              numbered_, Condition(filter), limit, skip))
           .Rows()) {
    records.push_back(RecordOf(row));
  }
  return records;
}

std::vector<QuarantineGroup> QuarantineReader::Groups(const QuarantineFilter& filter) {
  std::vector<QuarantineGroup> groups;
  for (const TextRow& row :
       connection_
           .Query(fmt::format(
               "SELECT table_name, reason, column_name, found, wanted, count(*) AS records, "
               "count(DISTINCT file) AS files, coalesce(sum(byte_length), 0)::BIGINT AS bytes "
               "FROM ({}) WHERE {} GROUP BY ALL ORDER BY records DESC, table_name, reason, "
               "column_name, found, wanted",
               rows_, Condition(filter)))
           .Rows()) {
    QuarantineGroup group;
    group.table = row[0].value_or("");
    group.reason = row[1].value_or("");
    group.column = row[2].value_or("");
    group.found = row[3].value_or("");
    group.wanted = row[4].value_or("");
    group.records = std::stoll(row[5].value());
    group.files = std::stoll(row[6].value());
    group.bytes = std::stoll(row[7].value());
    groups.push_back(std::move(group));
  }
  return groups;
}

std::optional<QuarantinedRecord> QuarantineReader::Get(int64_t id) {
  const std::vector<TextRow> rows =
      connection_.Query(fmt::format("SELECT * FROM ({}) WHERE id = {}", numbered_, id)).Rows();
  if (rows.empty()) return std::nullopt;
  QuarantinedRecord record = RecordOf(rows.front());
  if (!record.offset.has_value()) return record;
  record.raw = connection_
                   .Scalar(fmt::format("SELECT raw FROM ({}) WHERE {} AND byte_offset = {} LIMIT 1",
                                       rows_, Condition({record.table, record.reason, record.file}),
                                       *record.offset))
                   .value_or("");
  return record;
}

}  // namespace stedi
