#include "engine/table_build.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/column_types.h"
#include "engine/data_writer.h"
#include "engine/landing_function.h"

namespace stedi {

std::vector<Field> FieldsOf(const TableDefinition& definition) {
  std::vector<Field> fields;
  for (const ColumnDefinition& column : definition.columns) {
    fields.push_back({0, column.name, ToIceberg(column.type), false, column.comment});
  }
  return fields;
}

std::map<std::string, std::string> IcebergProperties(const TableDefinition& definition) {
  std::map<std::string, std::string> properties = {{"write.parquet.compression-codec", "zstd"}};
  if (!definition.comment.empty()) properties["comment"] = definition.comment;
  const std::set<std::string> pii = PiiOf(definition);
  if (!pii.empty()) properties[kPiiProperty] = fmt::format("{}", fmt::join(pii, ","));
  for (const auto& [key, value] : definition.properties) {
    if (key.starts_with("unique.") && !key.ends_with(".action")) {
      properties[std::string(kOwnPropertyPrefix) + key] = value;
    }
    for (const char* prefix : {"write.", "commit.", "history."}) {
      if (key.starts_with(prefix)) properties[key] = value;
    }
  }
  return properties;
}

std::set<std::string> PiiOf(const TableDefinition& definition) {
  std::set<std::string> pii(definition.pii.begin(), definition.pii.end());
  // Keys that the contract does not name may hold anything, personal data too.
  if (definition.properties.contains("feed.path")) pii.insert(kRescuedColumn);
  return pii;
}

std::string Fingerprint(const LakeSession& session, const TableDefinition& definition,
                        const std::string& sql, const std::vector<std::string>& inputs) {
  std::string text = fmt::format("rules {}\n{}\n", kRulesVersion, sql);
  for (const ColumnDefinition& column : definition.columns) {
    text += fmt::format("{} {} {}\n", column.name, ToString(column.type), column.not_null);
  }
  for (const auto& [key, value] : definition.properties) text += fmt::format("{}={}\n", key, value);
  for (const std::string& input : inputs) text += input + "\n";
  return session.connection.Scalar("SELECT sha256($1)", {text}).value();
}

bool IsUpToDate(const LakeSession& session, const LakeTable& table,
                const std::string& fingerprint) {
  const Snapshot* snapshot = table.metadata.CurrentSnapshot();
  if (snapshot == nullptr) return false;
  const std::optional<StepRecord> last = session.catalog.LastStep(table.id.database, table.id.name);
  return last.has_value() && last->fingerprint == fingerprint &&
         last->snapshot_id == snapshot->snapshot_id;
}

Schema NextSchema(const LakeTable& table, const std::vector<Field>& fields, EvolutionRule rule) {
  if (!table.exists()) {
    Schema schema{0, fields};
    int32_t id = 0;
    for (Field& field : schema.fields) field.id = ++id;
    return schema;
  }
  int32_t last_column_id = table.metadata.last_column_id;
  try {
    return EvolveSchema(table.metadata.CurrentSchema(), fields, rule, last_column_id);
  } catch (const Error& error) {
    throw Error(error.code(),
                fmt::format("table {}: {}; to load it anew from its files: stedi run --rebuild {}",
                            table.id.name, error.what(), table.id.name));
  }
}

void ShowTable(const LakeSession& session, const std::string& name, const std::string& select) {
  session.connection.Execute(
      fmt::format("CREATE OR REPLACE VIEW {} AS {}", QuoteIdentifier(name), select));
}

void RemoveRows(const LakeSession& session, const LakeTable& table, const std::string& condition,
                const std::set<std::string>& without_bounds, SnapshotChange& change) {
  const Schema& schema = table.metadata.CurrentSchema();
  std::vector<DataFile> affected;
  for (const LiveFile& live : table.files) {
    const DataFile& file = live.entry.file;
    const bool holds_such_rows =
        table.has_deletes ||
        session.connection.Integer(fmt::format("SELECT count(*) FROM ({}) WHERE {}",
                                               SelectFiles(schema, {file}), condition)) > 0;
    if (!holds_such_rows) continue;
    affected.push_back(file);
    change.removed.insert(file.path);
  }
  if (affected.empty()) return;
  const std::string rows = table.has_deletes
                               ? SelectRows(session.database, session.connection, table)
                               : SelectFiles(schema, affected);
  const std::string kept =
      fmt::format("SELECT * FROM ({}) WHERE ({}) IS NOT TRUE", rows, condition);
  const std::filesystem::path folder = TableFolder(session.lake, table.id) / "data";
  for (DataFile& file : WriteDataFiles(session.connection, session.storage, kept,
                                       {schema, folder, without_bounds})) {
    change.added.push_back(std::move(file));
  }
}

}  // namespace stedi
