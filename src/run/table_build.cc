#include "run/table_build.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "base/sha256.h"
#include "database/column_types.h"
#include "iceberg/property_names.h"
#include "lake/damaged_files.h"
#include "pipeline/property_keys.h"
#include "rows/data_writer.h"

namespace stedi {
namespace {

// So many files below this size are written anew as one.
constexpr int64_t kSmallFileBytes = 8 << 20;
constexpr size_t kSmallFilesMax = 16;

// The schema that the new files of `table` have: that of the snapshot to come, where it is known.
const Schema& SchemaOf(const LakeTable& table, const SnapshotChange& change) {
  return change.schema.fields.empty() ? table.metadata.CurrentSchema() : change.schema;
}

// Of `rows`, which have the columns of `current`, all columns of `schema`.
std::string WithColumns(const std::string& rows, const Schema& current, const Schema& schema) {
  std::string columns;
  for (const Field& field : schema.fields) {
    const std::string name = QuoteIdentifier(field.name);
    const bool is_new =
        std::ranges::find(current.fields, field.id, &Field::id) == current.fields.end();
    columns += fmt::format("{}{}{}", columns.empty() ? "" : ", ", is_new ? "NULL AS " : "", name);
  }
  return fmt::format("SELECT {} FROM ({})", columns, rows);
}

// `rows` into new files of `table`.
void WriteInto(const LakeSession& session, const LakeTable& table, const std::string& rows,
               const std::set<std::string>& without_bounds, SnapshotChange& change) {
  const std::filesystem::path folder = TableFolder(session.lake, table.id) / "data";
  for (DataFile& file :
       WriteDataFiles(session.connection, session.storage, rows,
                      {SchemaOf(table, change), folder, without_bounds, session.run_id})) {
    change.added.push_back(std::move(file));
  }
}

}  // namespace

std::vector<Field> FieldsOf(const TableDefinition& definition) {
  std::vector<Field> fields;
  for (const ColumnDefinition& column : AllColumns(definition)) {
    fields.push_back({0, column.name, ToIceberg(column.type), false, column.comment});
  }
  return fields;
}

std::map<std::string, std::string> IcebergProperties(const TableDefinition& definition) {
  std::map<std::string, std::string> properties = {{kCompressionProperty, "zstd"}};
  if (!definition.comment.empty()) properties[kCommentProperty] = definition.comment;
  const std::set<std::string> pii = PiiOf(definition);
  if (!pii.empty()) properties[kPiiProperty] = fmt::format("{}", fmt::join(pii, ","));
  for (const auto& [key, value] : definition.properties) {
    if (key.starts_with(kUniquePrefix) && !key.ends_with(kActionSuffix)) {
      properties[kOwnPropertyPrefix + key] = value;
    }
    if (IsIcebergProperty(key)) properties[key] = value;
  }
  return properties;
}

std::set<std::string> PersonalColumns(const TableMetadata& metadata) {
  std::set<std::string> columns;
  const auto property = metadata.properties.find(kPiiProperty);
  if (property == metadata.properties.end()) return columns;
  std::istringstream names(property->second);
  for (std::string name; std::getline(names, name, ',');) columns.insert(name);
  return columns;
}

std::set<std::string> WithoutBounds(const TableDefinition& definition) {
  std::set<std::string> columns = PiiOf(definition);
  columns.insert(kFileColumn);
  return columns;
}

std::string Fingerprint(const TableDefinition& definition, const std::string& sql,
                        const std::vector<TableState>& inputs) {
  std::string text = fmt::format("rules {}\n{}\n", kRulesVersion, sql);
  for (const ColumnDefinition& column : definition.columns) {
    text += fmt::format("{} {} {}\n", column.name, ToString(column.type), column.not_null);
  }
  for (const auto& [key, value] : definition.properties) text += fmt::format("{}={}\n", key, value);
  std::string fingerprint = Sha256(text);
  for (const TableState& input : inputs) fingerprint += ";" + ToString(input);
  return fingerprint;
}

std::optional<std::map<std::string, TableState>> StatesOfSame(const std::string& last,
                                                              const std::string& now) {
  const auto hash = [](const std::string& text) { return text.substr(0, text.find(';')); };
  if (last.empty() || hash(last) != hash(now)) return std::nullopt;
  std::map<std::string, TableState> states;
  for (size_t at = last.find(';'); at != std::string::npos;) {
    const size_t end = last.find(';', at + 1);
    const auto state = ParseTableState(last.substr(at + 1, end - at - 1));
    if (!state.has_value()) return std::nullopt;
    states[state->table] = *state;
    at = end;
  }
  return states;
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

std::set<std::string> SmallFiles(const LakeTable& table, const std::set<std::string>& removed) {
  std::set<std::string> small;
  for (const LiveFile& live : table.files) {
    const DataFile& file = live.entry.file;
    if (file.file_size_bytes < kSmallFileBytes && !removed.contains(file.path)) {
      small.insert(file.path);
    }
  }
  if (small.size() < kSmallFilesMax) small.clear();
  return small;
}

std::set<std::string> FilesWith(const LakeSession& session, const LakeTable& table,
                                const std::string& with) {
  constexpr const char* kFile = "stedi file";  // no column of a table has a space in its name
  std::vector<DataFile> files;
  for (const LiveFile& live : table.files) files.push_back(live.entry.file);
  std::set<std::string> paths;
  Result found = session.connection.Query(
      fmt::format("SELECT DISTINCT l.{} FROM ({}) AS l {}", QuoteIdentifier(kFile),
                  SelectFiles(table.metadata.CurrentSchema(), files, kFile), with));
  for (const TextRow& row : found.Rows()) paths.insert(row[0].value());
  return paths;
}

void RewriteFiles(const LakeSession& session, const LakeTable& table,
                  const std::set<std::string>& paths, const std::string& with,
                  const std::set<std::string>& without_bounds, SnapshotChange& change) {
  if (paths.empty()) return;
  std::vector<DataFile> files;
  for (const LiveFile& live : table.files) {
    if (paths.contains(live.entry.file.path)) files.push_back(live.entry.file);
  }
  RequireSound(session, table.id.name, files);  // what is written anew carries fresh checksums
  change.removed.insert(paths.begin(), paths.end());
  WriteInto(session, table,
            fmt::format("SELECT l.* FROM ({}) AS l {}", SelectFiles(SchemaOf(table, change), files),
                        with),
            without_bounds, change);
}

void RemoveRows(const LakeSession& session, const LakeTable& table, const std::string& condition,
                const std::set<std::string>& without_bounds, SnapshotChange& change) {
  const std::string kept = fmt::format("WHERE ({}) IS NOT TRUE", condition);
  if (!table.has_deletes) {
    const std::set<std::string> paths =
        condition == kNoRow ? std::set<std::string>{}
                            : FilesWith(session, table, fmt::format("WHERE {}", condition));
    return RewriteFiles(session, table, paths, kept, without_bounds, change);
  }
  RequireSound(session, table);
  for (const LiveFile& live : table.files) change.removed.insert(live.entry.file.path);
  WriteInto(session, table,
            WithColumns(fmt::format("SELECT * FROM ({}) {}",
                                    SelectRows(session.database, session.connection, table), kept),
                        table.metadata.CurrentSchema(), SchemaOf(table, change)),
            without_bounds, change);
}

}  // namespace stedi
