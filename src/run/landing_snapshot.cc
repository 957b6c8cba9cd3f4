#include "run/landing_snapshot.h"

#include <fmt/format.h>

#include <utility>

#include "iceberg/property_names.h"
#include "lake/damaged_files.h"
#include "lake/snapshot_update.h"
#include "landing/contract.h"
#include "run/copy_on_write.h"
#include "run/table_contract.h"

namespace stedi {
namespace {

std::string FileCondition(const std::set<std::string>& files) {
  if (files.empty()) return kNoRow;
  return fmt::format("{} IN ({})", kFileColumn, QuoteLiterals(files));
}

// Returns the rows that join and leave the table. REQUIRES: `update` has the files that are added
// and those that are removed.
RowDelta DeltaOf(const LakeSession& session, const LandingChange& change,
                 const SnapshotUpdate& update) {
  const LakeTable& table = update.table();
  RowDelta delta;
  delta.before = StateOf(table);
  delta.fresh = SelectFiles(update.schema(), change.added);
  for (const DataFile& file : change.added) delta.fresh_rows += file.record_count;
  std::vector<DataFile> files;
  for (const LiveFile& live : table.files) {
    if (update.removed().contains(live.entry.file.path)) files.push_back(live.entry.file);
  }
  if (files.empty()) return delta;
  delta.gone = fmt::format("SELECT * FROM ({}) WHERE {}", SelectFiles(update.schema(), files),
                           FileCondition(change.outdated));
  delta.gone_rows =
      session.connection.Integer(fmt::format("SELECT count(*) FROM ({})", delta.gone));
  return delta;
}

// Removes the rows of outdated landing files, sets outcome.delta where it is known, and compacts
// small files.
void TakeOut(const RunSession& session, const LandingChange& change, TableOutcome& outcome,
             SnapshotUpdate& update) {
  const LakeTable& table = outcome.table;
  const std::set<std::string> without_bounds = WithoutBounds(change.definition);
  if (!change.outdated.empty() || table.has_deletes) {
    RemoveRows(session, FileCondition(change.outdated), without_bounds, update);
  }
  if (table.has_deletes || !table.exists()) return;
  outcome.delta = DeltaOf(session, change, update);
  if (!change.added.empty()) {
    RewriteFiles(session, SmallFiles(table, update.removed()), "", without_bounds, update);
  }
}

// Returns the checksum of the table's rows after the change. Returns nothing if the current
// snapshot has none (an earlier stedi, or another program, wrote it), or if it is unknown which
// rows leave.
std::optional<TableChecksum> ChecksumAfter(const RunSession& session, const LandingChange& change,
                                           const TableOutcome& outcome, const Schema& schema) {
  const LakeTable& table = outcome.table;
  if (change.replace_all || table.metadata.CurrentSnapshot() == nullptr) return change.checksum;
  std::optional<TableChecksum> checksum = ParseTableChecksum(SummaryText(table, kChecksum));
  if (!checksum.has_value() || !outcome.delta.has_value()) return std::nullopt;
  std::vector<std::string> columns;
  for (const Field& field : schema.fields) columns.push_back(field.name);
  if (table.metadata.CurrentSchema().fields != schema.fields) {
    RequireSound(session, table);  // a new column changes the hash of each row
    std::vector<DataFile> files;
    for (const LiveFile& live : table.files) files.push_back(live.entry.file);
    checksum = ChecksumOf(session.connection, SelectFiles(schema, files), columns);
  }
  *checksum += change.checksum;
  if (!outcome.delta->gone.empty()) {
    *checksum -= ChecksumOf(session.connection, outcome.delta->gone, columns);
  }
  return checksum;
}

}  // namespace

Schema LandingSchema(const LakeTable& table, const TableDefinition& definition, bool replace_all) {
  return NextSchema(table, FieldsOf(definition),
                    replace_all ? EvolutionRule::kReplace : EvolutionRule::kAppendOnly);
}

void StageLanding(const RunSession& session, const LandingChange& change, TableOutcome& outcome) {
  LakeTable& table = outcome.table;
  SnapshotUpdate update(table, LandingSchema(table, change.definition, change.replace_all),
                        IcebergProperties(change.definition), session.run_id);
  update.Add(change.added);
  if (change.replace_all) {
    update.RemoveAll();
  } else {
    TakeOut(session, change, outcome, update);
  }
  const std::optional<TableChecksum> checksum =
      ChecksumAfter(session, change, outcome, update.schema());
  if (checksum.has_value()) update.SetSummary(kChecksum, ToString(*checksum));
  if (!update.ChangesFiles() && change.same_definition && table.exists()) return;
  update.Stage(session);
  outcome.report.action =
      update.removed().empty() ? TableAction::kAppended : TableAction::kReplaced;
}

}  // namespace stedi
