#include "run/rejected_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "database/column_types.h"
#include "database/temp_table_writer.h"
#include "files/byte_scan.h"
#include "landing/record_parser.h"
#include "landing/rejected_values.h"
#include "landing/rejection_spool.h"
#include "pipeline/feed_tables.h"
#include "rows/data_writer.h"
#include "rows/row_visit.h"
#include "run/landing_snapshot.h"
#include "run/quarantine.h"
#include "run/table_contract.h"
#include "run/table_fingerprint.h"

namespace stedi {
namespace {

std::vector<std::string> NamesOf(const std::vector<ColumnDefinition>& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const ColumnDefinition& column : columns) names.push_back(column.name);
  return names;
}

// Rows for the table, as text in a temporary table of the connection.
class RejectedNews {
 public:
  // Begins without rows. Each `kind` has a temporary table of its own.
  RejectedNews(const LakeSession& session, const Feed& feed, std::string_view kind)
      : feed_(feed),
        rows_(session.connection, fmt::format("{}_{}", kind, feed.rejected->name),
              NamesOf(feed.rejected->columns)) {}

  void Add(const RejectedRow& row, const std::string& file, const std::string& offset,
           std::string_view reason) {
    for (const std::optional<std::string>& value : row) {
      if (value.has_value()) {
        rows_.AddText(*value);
      } else {
        rows_.AddNull();
      }
    }
    rows_.AddText(file);
    rows_.AddText(offset);
    rows_.AddText(reason);
    rows_.EndRow();
  }

  // Returns a SELECT of the rows in the table's types. No more rows can be added afterwards.
  std::string Finish() {
    const std::string table = rows_.Finish();
    return fmt::format("SELECT {} FROM {}", CastList(feed_.rejected->columns), table);
  }

 private:
  const Feed& feed_;
  TempTableWriter rows_;
};

// Whether the bytes of a rejection with this reason are known to be those of one record.
bool IsOneRecord(std::string_view reason) {
  return std::ranges::any_of(kRejectReasons, [&](const RejectReasonRow& row) {
    return row.is_one_record && row.name == reason;
  });
}

// Tells whether bytes are a record that the current contract accepts. Such a record is a row by
// now.
class FitCheck {
 public:
  explicit FitCheck(const Contract& contract)
      : index_(contract), parser_(contract, index_), row_(contract) {}

  bool Fits(std::string_view record) {
    text_.assign(record);
    text_.append(kScanPadBytes, '\0');
    row_.Clear();
    const char* const end = text_.data() + record.size();
    const ParsedRecord& parsed = parser_.Parse(text_.data(), end);
    return parsed.status == LexStatus::kOk && parsed.stop == end && !parser_.Store(0, row_);
  }

 private:
  ContractIndex index_;
  RecordParser parser_;
  RowBuffer row_;
  std::string text_;
};

// The landing files whose earlier rejections are needed.
struct FileSelection {
  std::set<std::string> names;
  bool are_all_others = false;  // all files except `names` are meant

  bool IsNone() const { return names.empty() && !are_all_others; }

  std::string Condition(std::string_view column) const {
    if (names.empty()) return are_all_others ? "true" : "false";
    return fmt::format("{} {} ({})", column, are_all_others ? "NOT IN" : "IN",
                       QuoteLiterals(names));
  }
};

// Returns the files whose earlier rejections the step needs.
FileSelection FilesToReexamine(const FeedPlan& plan, const TableOutcome& loaded,
                               bool same_definition) {
  if (plan.rebuild) return {loaded.kept_files};
  if (!same_definition) return {loaded.outdated_files, /*are_all_others=*/true};
  return {loaded.retried_files};
}

// The rows of earlier rejections, from two sources. Values are searched for again in the
// quarantine; but this keeps only the first bytes of a long rejection, and the values after them
// would be lost. Therefore the rows that the table already has for such a rejection stay, with the
// columns that it had.
class EarlierRows {
 public:
  // `table` is the table of rejected records as it was, with its files loaded. All arguments must
  // outlive this object.
  EarlierRows(const LakeSession& session, const Feed& feed, const LakeTable& table);

  // Returns a SELECT of the rows of the files that are meant, or "" if there are none.
  std::string Select(const FileSelection& files) const;

 private:
  std::string SelectFromQuarantine(const FileSelection& files) const;
  std::string SelectFromTable(const FileSelection& files) const;

  const LakeSession& session_;
  const Feed& feed_;
  std::set<std::string> columns_;  // of the table as it was
  // A SELECT of the table's rows; empty if it has none, or not the first of the rejected_columns.
  std::string table_rows_;
  std::string quarantine_rows_;  // a SELECT of those of the feed; empty: there are none
};

EarlierRows::EarlierRows(const LakeSession& session, const Feed& feed, const LakeTable& table)
    : session_(session), feed_(feed) {
  if (table.metadata.CurrentSnapshot() != nullptr) {
    for (const Field& field : table.metadata.CurrentSchema().fields) columns_.insert(field.name);
    if (columns_.contains(feed.rejected_columns.front())) {
      table_rows_ = SelectRows(session.database, session.connection, table);
    }
  }
  LakeTable quarantine = OpenTable(session, kQuarantineTable);
  if (quarantine.metadata.CurrentSnapshot() == nullptr) return;
  LoadFiles(session.database, session.connection, quarantine);
  quarantine_rows_ = fmt::format("SELECT * FROM ({}) WHERE table_name = {}",
                                 SelectRows(session.database, session.connection, quarantine),
                                 QuoteLiteral(feed.name));
}

std::string EarlierRows::Select(const FileSelection& files) const {
  const std::string quarantined = SelectFromQuarantine(files);
  const std::string kept = SelectFromTable(files);
  return quarantined + (quarantined.empty() || kept.empty() ? "" : " UNION ALL ") + kept;
}

std::string EarlierRows::SelectFromTable(const FileSelection& files) const {
  if (table_rows_.empty()) return "";
  std::string columns;
  for (const ColumnDefinition& column : feed_.rejected->columns) {
    const std::string name = QuoteIdentifier(column.name);
    columns +=
        fmt::format("{}TRY_CAST({} AS {}) AS {}", columns.empty() ? "" : ", ",
                    columns_.contains(column.name) ? name : "NULL", DuckdbType(column.type), name);
  }
  const std::string seen_anew =
      quarantine_rows_.empty()
          ? "false"
          : fmt::format(
                "EXISTS (SELECT 1 FROM ({}) q WHERE q.file = t.{} AND q.byte_offset = t.{} "
                "AND octet_length(q.raw) = q.byte_length)",
                quarantine_rows_, kFileColumn, kOffsetColumn);
  return fmt::format("SELECT {} FROM ({}) t WHERE {} AND NOT {}", columns, table_rows_,
                     files.Condition(kFileColumn), seen_anew);
}

// Leaves out the records that are rows by now.
std::string EarlierRows::SelectFromQuarantine(const FileSelection& files) const {
  if (quarantine_rows_.empty()) return "";
  const Feed& feed = feed_;
  const ContractIndex index(feed.contract);
  RejectedValues values(feed.contract, index);
  FitCheck check(feed.contract);
  RejectedNews news(session_, feed, "earlier");
  Connection reading(session_.database);  // `news` writes on the other connection meanwhile
  const std::string is_kept =
      table_rows_.empty()
          ? "false"
          : fmt::format(
                "octet_length(raw) < byte_length AND EXISTS (SELECT 1 FROM ({}) t WHERE "
                "t.{} = q.file AND t.{} = q.byte_offset)",
                table_rows_, kFileColumn, kOffsetColumn);
  enum : size_t { kFile, kOffset, kLength, kReason, kRaw };
  VisitRows(reading,
            fmt::format("SELECT file, byte_offset, byte_length, reason, raw FROM ({}) q WHERE {} "
                        "AND NOT ({})",
                        quarantine_rows_, files.Condition("file"), is_kept),
            {"file", "byte_offset", "byte_length", "reason", "raw"}, [&](const VisitedRow& row) {
              const std::string_view raw = row.Text(kRaw).value_or("");
              const std::string reason(row.Text(kReason).value_or(""));
              const bool is_whole = std::cmp_equal(raw.size(), row.Integer(kLength));
              if (is_whole && IsOneRecord(reason) && check.Fits(raw)) return;
              values.Begin(/*in_array=*/true);  // it may have been in one
              values.Search(raw, /*at_end=*/true);
              for (RejectedRow found : values.Rows(!is_whole || !IsOneRecord(reason))) {
                // If only the first bytes are kept, nobody can tell whether the record is flat.
                if (!is_whole) std::fill(found.begin() + 1, found.end(), std::nullopt);
                news.Add(found, std::string(row.Text(kFile).value_or("")),
                         fmt::format("{}", row.Integer(kOffset)), reason);
              }
            });
  return news.Finish();
}

}  // namespace

std::string KeepRejectedRows(const LakeSession& session, const Feed& feed, const LandingScan& scan,
                             const std::filesystem::path& rejected_rows_path) {
  RejectedNews news(session, feed, "new");
  {
    RejectionSpoolReader spool(rejected_rows_path);
    SpooledRejection rejected;
    while (spool.Next(rejected)) {
      news.Add(DecodeRejectedRow(rejected.raw), scan.files()[rejected.file_index].file,
               fmt::format("{}", rejected.rejection.offset),
               Describe(rejected.rejection.reason).name);
    }
  }
  std::filesystem::remove(rejected_rows_path);
  return news.Finish();
}

TableOutcome BuildRejected(const RunSession& session, const FeedPlan& plan,
                           const TableOutcome& loaded) {
  const Feed& feed = *plan.feed;
  const TableDefinition& definition = *feed.rejected;
  TableOutcome outcome;
  outcome.table = session.tables_ahead.Open(session, definition.name);
  LakeTable& table = outcome.table;
  outcome.report.table = definition.name;
  outcome.report.action = TableAction::kUnchanged;
  outcome.fingerprint = Fingerprint(definition, "", {});
  const std::optional<StepRecord> last =
      session.catalog.LastStep(session.database_name, definition.name);
  const bool same_definition =
      table.exists() && last.has_value() && last->fingerprint == outcome.fingerprint;
  if (!same_definition || plan.forget || !loaded.rejected_rows.empty() ||
      !loaded.outdated_files.empty() || !loaded.retried_files.empty()) {
    LoadFiles(session.database, session.connection, table);
    LandingChange change{definition, {}, {}, loaded.outdated_files, false, same_definition};
    change.replace_all = plan.forget || !same_definition;
    outcome.is_rebuilt = plan.rebuild;
    std::string rows = loaded.rejected_rows;
    if (!change.replace_all)
      change.outdated.insert(loaded.retried_files.begin(), loaded.retried_files.end());
    if (const FileSelection files = FilesToReexamine(plan, loaded, same_definition);
        !files.IsNone()) {
      const std::string earlier = EarlierRows(session, feed, table).Select(files);
      rows += (rows.empty() || earlier.empty() ? "" : " UNION ALL ") + earlier;
    }
    if (!rows.empty()) {
      const Schema schema = LandingSchema(table, definition, change.replace_all);
      RowTally tally;
      change.added =
          WriteDataFiles(session.connection, session.storage,
                         fmt::format("{} ORDER BY {}, {}", rows, kFileColumn, kOffsetColumn),
                         {schema, TableFolder(session.lake, table.id) / "data",
                          WithoutBounds(definition), session.run_id},
                         &tally);
      change.checksum = tally.checksum();
    }
    StageLanding(session, change, outcome);
  }
  outcome.report.rows_in[feed.name] = static_cast<int64_t>(loaded.landing.rejected);
  outcome.report.rows_out = RowsOf(table);
  outcome.report.snapshot_id = table.metadata.current_snapshot_id;
  return outcome;
}

}  // namespace stedi
