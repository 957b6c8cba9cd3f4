#include "run/landing_snapshot.h"

#include <fmt/format.h>

#include <utility>

#include "iceberg/property_names.h"
#include "lake/damaged_files.h"
#include "landing/contract.h"

namespace stedi {
namespace {

std::string FileCondition(const std::set<std::string>& files) {
  if (files.empty()) return kNoRow;
  return fmt::format("{} IN ({})", kFileColumn, QuoteLiterals(files));
}

// `staged` has what is added and what is outdated.
RowDelta DeltaOf(const LakeSession& session, const LakeTable& table, const LandingChange& change,
                 const SnapshotChange& staged) {
  RowDelta delta;
  delta.before = StateOf(table);
  delta.fresh = SelectFiles(staged.schema, change.added);
  for (const DataFile& file : change.added) delta.fresh_rows += file.record_count;
  std::vector<DataFile> files;
  for (const LiveFile& live : table.files) {
    if (staged.removed.contains(live.entry.file.path)) files.push_back(live.entry.file);
  }
  if (files.empty()) return delta;
  delta.gone = fmt::format("SELECT * FROM ({}) WHERE {}", SelectFiles(staged.schema, files),
                           FileCondition(change.outdated));
  delta.gone_rows =
      session.connection.Integer(fmt::format("SELECT count(*) FROM ({})", delta.gone));
  return delta;
}

// Takes the rows of outdated files out and tells the delta.
void TakeOut(const LakeSession& session, const LandingChange& change, TableOutcome& outcome,
             SnapshotChange& staged) {
  const LakeTable& table = outcome.table;
  const std::set<std::string> without_bounds = WithoutBounds(change.definition);
  if (!change.outdated.empty() || table.has_deletes) {
    RemoveRows(session, table, FileCondition(change.outdated), without_bounds, staged);
  }
  if (table.has_deletes || !table.exists()) return;
  outcome.delta = DeltaOf(session, table, change, staged);
  if (!change.added.empty()) {
    RewriteFiles(session, table, SmallFiles(table, staged.removed), "", without_bounds, staged);
  }
}

// Of the table's rows after the change; nothing where those that it had have none (an earlier
// stedi, or another program, wrote them), or where which of them are left was not looked at.
std::optional<TableChecksum> ChecksumAfter(const LakeSession& session, const LandingChange& change,
                                           const TableOutcome& outcome, const Schema& schema) {
  const LakeTable& table = outcome.table;
  if (change.replace_all || table.metadata.CurrentSnapshot() == nullptr) return change.checksum;
  std::optional<TableChecksum> checksum = ParseTableChecksum(SummaryText(table, kChecksum));
  if (!checksum.has_value() || !outcome.delta.has_value()) return std::nullopt;
  std::vector<std::string> columns;
  for (const Field& field : schema.fields) columns.push_back(field.name);
  if (table.metadata.CurrentSchema().fields != schema.fields) {
    RequireSound(session, table);  // a new column is a part of each row
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

void StageLanding(const LakeSession& session, const LandingChange& change, TableOutcome& outcome) {
  LakeTable& table = outcome.table;
  SnapshotChange staged;
  staged.schema = LandingSchema(table, change.definition, change.replace_all);
  staged.properties = IcebergProperties(change.definition);
  staged.summary[kRunIdKey] = session.run_id;
  staged.added = change.added;
  if (change.replace_all) {
    for (const LiveFile& live : table.files) staged.removed.insert(live.entry.file.path);
  } else {
    TakeOut(session, change, outcome, staged);
  }
  const std::optional<TableChecksum> checksum =
      ChecksumAfter(session, change, outcome, staged.schema);
  if (checksum.has_value()) staged.summary[kChecksum] = ToString(*checksum);
  const bool says_the_same =
      staged.added.empty() && staged.removed.empty() && change.same_definition;
  if (says_the_same && table.exists()) return;
  StageSnapshot(session, table, staged);
  outcome.report.action = staged.removed.empty() ? TableAction::kAppended : TableAction::kReplaced;
}

}  // namespace stedi
