#include "run/copy_on_write.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "lake/damaged_files.h"
#include "rows/data_writer.h"

namespace stedi {
namespace {

// Files below this size are compacted when there are at least kSmallFilesToCompactMin of them.
constexpr int64_t kSmallFileBytes = 8 << 20;
constexpr size_t kSmallFilesToCompactMin = 16;

// Returns a SELECT of `rows`, which have the columns of `current`, with the columns of `schema`:
// NULL in those that are new.
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

// Adds the rows of the SELECT `rows` as new files.
void WriteInto(const RunSession& session, const std::string& rows,
               const std::set<std::string>& without_bounds, SnapshotUpdate& update) {
  const std::filesystem::path folder = TableFolder(session.lake, update.table().id) / "data";
  update.Add(WriteDataFiles(session.connection, session.storage, rows,
                            {update.schema(), folder, without_bounds, session.run_id}));
}

}  // namespace

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

std::set<std::string> SmallFiles(const LakeTable& table, const std::set<std::string>& removed) {
  std::set<std::string> small;
  for (const LiveFile& live : table.files) {
    const DataFile& file = live.entry.file;
    if (file.file_size_bytes < kSmallFileBytes && !removed.contains(file.path)) {
      small.insert(file.path);
    }
  }
  if (small.size() < kSmallFilesToCompactMin) small.clear();
  return small;
}

void RewriteFiles(const RunSession& session, const std::set<std::string>& paths,
                  const std::string& with, const std::set<std::string>& without_bounds,
                  SnapshotUpdate& update) {
  if (paths.empty()) return;
  const LakeTable& table = update.table();
  std::vector<DataFile> files;
  for (const LiveFile& live : table.files) {
    if (paths.contains(live.entry.file.path)) files.push_back(live.entry.file);
  }
  RequireSound(session, table.id.name, files);
  update.Remove(paths);
  WriteInto(session,
            fmt::format("SELECT l.* FROM ({}) AS l {}", SelectFiles(update.schema(), files), with),
            without_bounds, update);
}

void RemoveRows(const RunSession& session, const std::string& condition,
                const std::set<std::string>& without_bounds, SnapshotUpdate& update) {
  const LakeTable& table = update.table();
  const std::string kept = fmt::format("WHERE ({}) IS NOT TRUE", condition);
  if (!table.has_deletes) {
    const std::set<std::string> paths =
        condition == kNoRow ? std::set<std::string>{}
                            : FilesWith(session, table, fmt::format("WHERE {}", condition));
    return RewriteFiles(session, paths, kept, without_bounds, update);
  }
  RequireSound(session, table);
  update.RemoveAll();
  WriteInto(session,
            WithColumns(fmt::format("SELECT * FROM ({}) {}",
                                    SelectRows(session.database, session.connection, table), kept),
                        table.metadata.CurrentSchema(), update.schema()),
            without_bounds, update);
}

}  // namespace stedi
