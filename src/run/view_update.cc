#include "run/view_update.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "database/database.h"
#include "rows/data_writer.h"
#include "run/copy_on_write.h"
#include "run/table_contract.h"
#include "run/table_fingerprint.h"
#include "select/delta_query.h"

namespace stedi {
namespace {

// The name of the column that holds the rowid of a candidate, beside the view's own columns. None
// of those has a space in its name.
constexpr const char* kPlace = "\"candidate row\"";

// The limits of IsTooMuch(): a number of rows, and a share of all rows (1/kChangedShareMax).
constexpr int64_t kChangedRowsMax = 100'000;
constexpr int64_t kChangedShareMax = 3;

// Candidates are looked up in the table by one key column only up to these limits: the number of
// candidates, and the number of candidates with the same key.
constexpr int64_t kKeyedRowsMax = 200'000;
constexpr int64_t kEqualKeysMax = 8;
// The key column is chosen by looking at this many candidates.
constexpr int64_t kLookedAtRows = 500;
// A table with at least this many rows for each candidate is first read without its strings.
constexpr int64_t kReadTwiceFactor = 64;

int64_t RowsOf(const std::vector<DataFile>& files) {
  int64_t rows = 0;
  for (const DataFile& file : files) rows += file.record_count;
  return rows;
}

std::string NamesOf(const std::vector<std::string>& columns) {
  std::string names;
  for (const std::string& column : columns) {
    names += (names.empty() ? "" : ", ") + QuoteIdentifier(column);
  }
  return names;
}

// Returns the name of a temporary table of the run. No table of a project has a space in its name.
std::string TempName(const std::string& name) {
  return "temp.main." + QuoteIdentifier("stedi " + name);
}

// Creates or replaces the table `temp`, and returns how many rows it has.
int64_t CreateTempTable(const LakeSession& session, const std::string& temp,
                        const std::string& select) {
  return session.connection.Integer(
      fmt::format("CREATE OR REPLACE TEMP TABLE {} AS {}", temp, select));
}

struct Change {
  ChangedInput rows;
  int64_t changed_rows = 0;
  int64_t now_rows = 0;
};

// Compares the rows of the added and the removed files. Returns those that only one side has.
RowDelta Compare(const LakeSession& session, const Schema& schema, const std::string& table,
                 const TableDelta& delta) {
  std::vector<std::string> columns;
  for (const Field& field : schema.fields) columns.push_back(field.name);
  const auto only = [&](const std::vector<DataFile>& some, const std::vector<DataFile>& others) {
    return fmt::format("SELECT {0} FROM ({1}) EXCEPT ALL SELECT {0} FROM ({2})", NamesOf(columns),
                       SelectFiles(schema, some), SelectFiles(schema, others));
  };
  const std::string fresh = TempName("fresh " + table);
  const std::string gone = TempName("gone " + table);
  RowDelta rows;
  rows.fresh_rows = CreateTempTable(session, fresh, only(delta.added, delta.removed));
  rows.gone_rows = CreateTempTable(session, gone, only(delta.removed, delta.added));
  rows.fresh = "SELECT * FROM " + fresh;
  rows.gone = "SELECT * FROM " + gone;
  return rows;
}

// Returns what changed in `input` since `before`; changed_rows = 0: nothing did. Returns no value
// when the change is not known.
std::optional<Change> ChangeSince(const LakeSession& session, const TableOutcome& input,
                                  const TableState& before) {
  const std::optional<TableDelta> delta = DeltaSince(session.connection, input.table, before);
  if (!delta.has_value() || input.is_rebuilt) return std::nullopt;
  const Schema& schema = input.table.metadata.CurrentSchema();
  Change change;
  change.rows.table = input.table.id.name;
  change.now_rows = RowsOf(delta->kept) + RowsOf(delta->added);
  RowDelta rows;
  if (delta->removed.empty()) {
    rows.fresh = SelectFiles(schema, delta->added);
    rows.fresh_rows = RowsOf(delta->added);
  } else if (input.delta.has_value() && input.delta->before == before) {
    rows = *input.delta;
  } else if (RowsOf(delta->added) + RowsOf(delta->removed) <= kComparedRowsMax) {
    rows = Compare(session, schema, change.rows.table, *delta);
  } else {
    return std::nullopt;
  }
  change.changed_rows = rows.fresh_rows + rows.gone_rows;
  if (rows.fresh_rows > 0) change.rows.fresh = rows.fresh;
  if (rows.gone_rows > 0) change.rows.gone = rows.gone;
  std::vector<DataFile> files = delta->kept;
  files.insert(files.end(), delta->removed.begin(), delta->removed.end());
  change.rows.before = SelectFiles(schema, files);
  files = delta->kept;
  files.insert(files.end(), delta->added.begin(), delta->added.end());
  change.rows.now = SelectFiles(schema, files);
  return change;
}

bool Contains(const SelectShape& shape, const std::string& table) {
  return std::ranges::find(shape.inputs, table, &SelectShape::Input::table) != shape.inputs.end();
}

// The update of one view, whose inputs changed.
class Updater {
 public:
  Updater(const RunSession& session, const View& view, const UpdateStart& start,
          SnapshotUpdate& update)
      : session_(session), view_(view), table_(update.table()), update_(update) {
    for (const ColumnDefinition& column : view.columns) columns_.push_back(column.name);
    updated_.checksum = start.checksum;
    updated_.delta.before = StateOf(table_);
  }

  UpdatedRows Update(const DeltaQuery& query) {
    switch (query.method()) {
      case DeltaQuery::Method::kAppend:
        Write(query.CandidateRows());
        break;
      case DeltaQuery::Method::kAppendMissing:
        AppendMissing(query.CandidateRows());
        break;
      case DeltaQuery::Method::kReplace:
        Replace(query);
        break;
    }
    if (update_.removed().empty() && update_.ChangesFiles()) {
      Rewrite(SmallFiles(table_, {}), "");
    }
    std::string drops;
    for (const char* name : {"candidates", "known", "old", "new", "differing"}) {
      drops += fmt::format("DROP TABLE IF EXISTS {};", TempName(name));
    }
    session_.connection.Execute(drops);
    return std::move(updated_);
  }

 private:
  std::string Rows() const {
    return fmt::format("SELECT {} FROM {}.{}", NamesOf(columns_),
                       QuoteIdentifier(session_.database_name), QuoteIdentifier(view_.name));
  }

  // Returns a SELECT of those rows of the SELECT `rows` that are equal to a row of `temp`.
  std::string In(const std::string& rows, const std::string& temp) const {
    return fmt::format("SELECT l.* FROM ({}) AS l SEMI JOIN {} AS r ON {}", rows, temp,
                       SameRow(view_, "l", "r"));
  }

  // Returns the column with the most different values in the first rows of `temp`, if it is NULL in
  // no row of `temp` and no value is in more than kEqualKeysMax rows.
  std::optional<std::string> KeyOf(const std::string& temp, int64_t rows) const {
    if (rows > kKeyedRowsMax) return std::nullopt;
    std::vector<std::set<std::string>> values(columns_.size());
    Result looked_at = session_.connection.Query(
        fmt::format("SELECT COLUMNS(*)::VARCHAR FROM {} LIMIT {}", temp, kLookedAtRows));
    for (TextRow& row : looked_at.Rows()) {
      for (size_t i = 0; i < row.size(); ++i) {
        if (row[i].has_value()) values[i].insert(std::move(*row[i]));
      }
    }
    std::string best;
    int64_t most = 0;
    for (size_t i = 0; i < columns_.size(); ++i) {
      // Numbers are quicker to compare.
      const bool is_text = view_.columns[i].type.kind == SqlType::Kind::kString;
      const int64_t count = 2 * std::ssize(values[i]) - (is_text ? 1 : 0);
      if (count > most) best = columns_[i], most = count;
    }
    if (best.empty()) return std::nullopt;
    const int64_t bad_keys = session_.connection.Integer(
        fmt::format("SELECT count(*) FROM (SELECT {1} AS key, count(*) AS n FROM {0} GROUP BY {1}) "
                    "WHERE n > {2} OR key IS NULL",
                    temp, QuoteIdentifier(best), kEqualKeysMax));
    return bad_keys == 0 ? std::optional(best) : std::nullopt;
  }

  // Fills the temporary table `known` with the rowids of those candidates that the table has. There
  // are `count` candidates in the temporary table `candidates`.
  void FindKnown(const std::string& candidates, int64_t count, const std::string& known) const {
    const std::optional<std::string> key = KeyOf(candidates, count);
    const auto find = [&](const std::string& some, const std::string& condition) {
      return CreateTempTable(
          session_, known,
          fmt::format("SELECT DISTINCT r.{0} FROM ({1}) AS l JOIN (SELECT rowid AS {0}, * FROM "
                      "{2}) AS r ON {3}",
                      kPlace, Rows(), some, condition));
    };
    if (!key.has_value()) {
      find(candidates, SameRow(view_, "l", "r"));
      return;
    }
    // Reading the strings is most of the cost, and it is not needed if all candidates are new.
    const std::string all = SameRowByKey(view_, *key, Compared::kAll, "l", "r");
    const std::string some = SameRowByKey(view_, *key, Compared::kAllButStrings, "l", "r");
    int64_t rows = 0;
    for (const LiveFile& live : table_.files) rows += live.entry.file.record_count;
    if (rows < kReadTwiceFactor * count || some == all) {
      find(candidates, all);
    } else if (find(candidates, some) > 0) {
      find(fmt::format("{} WHERE rowid IN (SELECT {} FROM {})", candidates, kPlace, known), all);
    }
  }

  void AppendMissing(const std::string& select) {
    const std::string candidates = TempName("candidates");
    const std::string known = TempName("known");
    const int64_t count = CreateTempTable(session_, candidates, select);
    if (count == 0) return;
    FindKnown(candidates, count, known);
    Write(fmt::format("SELECT c.* FROM {} AS c ANTI JOIN {} AS k ON k.{} = c.rowid", candidates,
                      known, kPlace));
  }

  // Changes only rows that must occur a different number of times than before.
  void Replace(const DeltaQuery& query) {
    const std::string candidates = TempName("candidates");
    const std::string old_rows = TempName("old");
    const std::string new_rows = TempName("new");
    const std::string differing = TempName("differing");
    if (CreateTempTable(session_, candidates, query.CandidateRows()) == 0) return;
    CreateTempTable(session_, old_rows, In(Rows(), candidates));
    CreateTempTable(session_, new_rows, query.RecomputedRows(candidates));
    const int64_t count =
        CreateTempTable(session_, differing,
                        fmt::format("SELECT * FROM (FROM {0} EXCEPT ALL FROM {1}) UNION "
                                    "SELECT * FROM (FROM {1} EXCEPT ALL FROM {0})",
                                    old_rows, new_rows));
    if (count == 0) return;
    const std::string gone = TempName("gone " + view_.name);
    updated_.delta.gone_rows = CreateTempTable(session_, gone, In("FROM " + old_rows, differing));
    updated_.delta.gone = "SELECT * FROM " + gone;
    updated_.checksum -= ChecksumOf(session_.connection, updated_.delta.gone, columns_);
    Write(In("FROM " + new_rows, differing));
    if (updated_.delta.gone_rows == 0) return;
    const std::string condition = SameRow(view_, "l", "r");
    std::set<std::string> files =
        FilesWith(session_, table_, fmt::format("SEMI JOIN {} AS r ON {}", differing, condition));
    files.merge(SmallFiles(table_, files));
    Rewrite(files, fmt::format("ANTI JOIN {} AS r ON {}", differing, condition));
  }

  void Write(const std::string& select) {
    const Schema& schema = table_.metadata.CurrentSchema();
    RowTally tally;
    std::vector<DataFile> files =
        WriteDataFiles(session_.connection, session_.storage, select,
                       {schema, TableFolder(session_.lake, table_.id) / "data",
                        WithoutBounds(view_), session_.run_id},
                       &tally);
    updated_.checksum += tally.checksum();
    updated_.delta.fresh_rows = tally.checksum().rows;
    if (!files.empty()) updated_.delta.fresh = SelectFiles(schema, files);
    update_.Add(std::move(files));
  }

  void Rewrite(const std::set<std::string>& paths, const std::string& with) {
    RewriteFiles(session_, paths, with, WithoutBounds(view_), update_);
  }

  const RunSession& session_;
  const View& view_;
  const LakeTable& table_;
  SnapshotUpdate& update_;
  std::vector<std::string> columns_;
  UpdatedRows updated_;
};

}  // namespace

bool IsTooMuch(int64_t changed_rows, int64_t now_rows) {
  return changed_rows > std::max(kChangedRowsMax, now_rows / kChangedShareMax);
}

UpdateDecision MayStartFrom(const LakeSession& session, const View& view, const Project& project,
                            const LakeTable& table, const Schema& schema,
                            const std::string& fingerprint) {
  const auto no = [](std::string reason) {
    return UpdateDecision{std::nullopt, std::move(reason)};
  };
  const Snapshot* snapshot = table.metadata.CurrentSnapshot();
  const std::optional<StepRecord> last = session.catalog.LastStep(table.id.database, table.id.name);
  if (snapshot == nullptr) return no("it is not built yet");
  if (!last.has_value() || last->snapshot_id != snapshot->snapshot_id || table.has_deletes) {
    return no("another program wrote it");
  }
  std::optional<std::map<std::string, TableState>> inputs =
      StatesOfSame(last->fingerprint, fingerprint);
  if (!inputs.has_value() || table.metadata.CurrentSchema().fields != schema.fields ||
      table.metadata.properties != IcebergProperties(view)) {
    return no("its definition or a parameter in it changed");
  }
  const std::optional<TableChecksum> checksum = ParseTableChecksum(SummaryText(table, kChecksum));
  if (!checksum.has_value()) return no("it has no checksum");
  SelectShape shape = ShapeOf(session.connection, view, project);
  if (!shape.is_incremental()) return no(ReasonText(shape, view));
  return {UpdateStart{std::move(*inputs), std::move(shape), *checksum}, ""};
}

std::optional<UpdatedRows> UpdateRows(const RunSession& session, const View& view,
                                      const std::vector<const TableOutcome*>& inputs,
                                      const UpdateStart& start, SnapshotUpdate& update) {
  std::vector<ChangedInput> changed;
  bool is_too_much = false;
  for (const TableOutcome* input : inputs) {
    // An input that only the ORDER BY reads does not decide which rows there are.
    if (!Contains(start.shape, input->table.id.name)) continue;
    const auto before = start.inputs.find(input->table.id.name);
    if (before == start.inputs.end()) return std::nullopt;
    std::optional<Change> change = ChangeSince(session, *input, before->second);
    if (!change.has_value()) return std::nullopt;
    if (change->changed_rows == 0) continue;
    is_too_much = is_too_much || IsTooMuch(change->changed_rows, change->now_rows);
    changed.push_back(std::move(change->rows));
  }
  if (changed.empty()) {
    UpdatedRows unchanged;
    unchanged.checksum = start.checksum;
    unchanged.delta.before = StateOf(update.table());
    return unchanged;
  }
  const DeltaQuery query(view, start.shape, session.database_name, std::move(changed));
  if (is_too_much && query.method() != DeltaQuery::Method::kAppend) return std::nullopt;
  return Updater(session, view, start, update).Update(query);
}

}  // namespace stedi
