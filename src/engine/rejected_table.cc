#include "engine/rejected_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>

#include "engine/column_types.h"
#include "engine/data_writer.h"
#include "engine/landing_snapshot.h"
#include "engine/quarantine.h"
#include "landing/rejected_values.h"
#include "pipeline/feed_tables.h"

namespace stedi {
namespace {

// Rows for the table, as text in a temporary table of the connection.
class RejectedNews {
 public:
  // Begins without rows. `kind`: each has a temporary table of its own.
  RejectedNews(const LakeSession& session, const Feed& feed, std::string_view kind)
      : feed_(feed), name_(fmt::format("{}_{}", kind, feed.rejected->name)) {
    std::string columns;
    for (const ColumnDefinition& column : feed.rejected->columns) {
      columns +=
          fmt::format("{}{} VARCHAR", columns.empty() ? "" : ", ", QuoteIdentifier(column.name));
    }
    session.connection.Execute(
        fmt::format("CREATE OR REPLACE TEMP TABLE {} ({})", QuoteIdentifier(name_), columns));
    if (duckdb_appender_create_ext(session.connection.handle(), "temp", "main", name_.c_str(),
                                   &appender_) == DuckDBError) {
      duckdb_appender_destroy(&appender_);
      throw Error(ErrorCode::kInternal, "DuckDB refused an appender");
    }
  }
  ~RejectedNews() { duckdb_appender_destroy(&appender_); }
  RejectedNews(const RejectedNews&) = delete;
  RejectedNews& operator=(const RejectedNews&) = delete;

  void Add(const RejectedRow& row, const std::string& file, const std::string& offset,
           std::string_view reason) {
    for (const std::optional<std::string>& value : row) {
      if (value.has_value()) {
        AddText(*value);
      } else {
        duckdb_append_null(appender_);
      }
    }
    AddText(file);
    AddText(offset);
    AddText(reason);
    duckdb_appender_end_row(appender_);
  }

  // A SELECT of the rows in the table's types. No more can be added.
  std::string Finish() {
    if (duckdb_appender_close(appender_) == DuckDBError) {
      throw Error(ErrorCode::kUnavailable, fmt::format("cannot keep the rejected records: {}",
                                                       duckdb_appender_error(appender_)));
    }
    std::string columns;
    for (const ColumnDefinition& column : feed_.rejected->columns) {
      const std::string name = QuoteIdentifier(column.name);
      columns += fmt::format("{}CAST({} AS {}) AS {}", columns.empty() ? "" : ", ", name,
                             DuckdbType(column.type), name);
    }
    return fmt::format("SELECT {} FROM temp.main.{}", columns, QuoteIdentifier(name_));
  }

 private:
  void AddText(std::string_view text) {
    duckdb_append_varchar_length(appender_, text.data(), text.size());
  }

  const Feed& feed_;
  const std::string name_;
  duckdb_appender appender_ = nullptr;
};

// Of these one knows that their bytes are those of one record.
bool IsOneRecord(std::string_view reason) {
  constexpr std::array kReasons = {RejectReason::kInvalidUtf8, RejectReason::kDuplicateKey,
                                   RejectReason::kTypeMismatch, RejectReason::kOutOfRange,
                                   RejectReason::kNotNull};
  return std::ranges::any_of(kReasons,
                             [&](RejectReason known) { return Describe(known).name == reason; });
}

// So many raw records of the quarantine, of up to 64 KiB each, are in memory at one time.
constexpr int64_t kBatchRows = 256;

std::string BytesOfHex(std::string_view hex) {
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

// The rows that the raw bytes of `rejected` (offset, reason, hex, whole or not) give.
void AddFromRaw(const TextRow& rejected, RejectedValues& values, RejectedNews& news) {
  enum : size_t { kFile, kOffset, kReason, kHex, kIsWhole };
  const std::string reason = rejected[kReason].value_or("");
  const bool is_whole = rejected[kIsWhole] == "true";
  values.Begin(/*in_array=*/true);  // nobody knows any more
  values.Look(BytesOfHex(rejected[kHex].value_or("")), is_whole);
  for (const RejectedRow& row : values.Rows(!is_whole || !IsOneRecord(reason))) {
    news.Add(row, rejected[kFile].value_or(""), rejected[kOffset].value_or(""), reason);
  }
}

// A SELECT of rows for what the quarantine has of earlier rejections of the feed, without those of
// `outdated` files; empty: it has none. It keeps the first bytes of a long one only: what stands
// behind them is not found.
std::string RowsFromQuarantine(const LakeSession& session, const Feed& feed,
                               const std::set<std::string>& outdated) {
  LakeTable quarantine = OpenTable(session.storage, session.catalog,
                                   {session.database_name, kQuarantineTable}, session.lake);
  if (quarantine.metadata.CurrentSnapshot() == nullptr) return "";
  LoadFiles(session.database, session.connection, quarantine);
  constexpr const char* kEarlier = "temp.main.earlier_rejections";
  session.connection.Execute(fmt::format(
      "CREATE OR REPLACE TEMP TABLE {} AS SELECT row_number() OVER () AS n, * FROM ({}) "
      "WHERE table_name = {}{}",
      kEarlier, SelectRows(session.database, session.connection, quarantine),
      QuoteLiteral(feed.name),
      outdated.empty() ? "" : fmt::format(" AND file NOT IN ({})", QuoteLiterals(outdated))));
  const int64_t count =
      session.connection.Integer(fmt::format("SELECT count(*) FROM {}", kEarlier));
  const ContractIndex index(feed.contract);
  RejectedValues values(feed.contract, index);
  RejectedNews news(session, feed, "earlier");
  for (int64_t first = 1; first <= count; first += kBatchRows) {
    Result rows = session.connection.Query(
        fmt::format("SELECT file, byte_offset::VARCHAR, reason, hex(raw), (byte_length = "
                    "octet_length(raw))::VARCHAR FROM {} WHERE n BETWEEN {} AND {}",
                    kEarlier, first, first + kBatchRows - 1));
    for (const TextRow& row : rows.Rows()) AddFromRaw(row, values, news);
  }
  session.connection.Execute(fmt::format("DROP TABLE {}", kEarlier));
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

TableOutcome BuildRejected(const LakeSession& session, const FeedPlan& plan,
                           const TableOutcome& loaded) {
  const Feed& feed = *plan.feed;
  const TableDefinition& definition = *feed.rejected;
  TableOutcome outcome;
  outcome.table = OpenTable(session, definition.name);
  LakeTable& table = outcome.table;
  outcome.report.table = definition.name;
  outcome.report.action = "unchanged";
  outcome.fingerprint = Fingerprint(definition, "", {});
  const std::optional<StepRecord> last =
      session.catalog.LastStep(session.database_name, definition.name);
  const bool same_definition =
      table.exists() && last.has_value() && last->fingerprint == outcome.fingerprint;
  if (!same_definition || plan.rebuild || !loaded.rejected_rows.empty() ||
      !loaded.outdated_files.empty()) {
    LoadFiles(session.database, session.connection, table);
    LandingChange change{definition, {}, {}, loaded.outdated_files, false, same_definition};
    change.replace_all = plan.rebuild || !same_definition;
    outcome.is_rebuilt = plan.rebuild;
    std::string rows = loaded.rejected_rows;
    if (!same_definition && !plan.rebuild) {
      const std::string earlier = RowsFromQuarantine(session, feed, loaded.outdated_files);
      rows += (rows.empty() || earlier.empty() ? "" : " UNION ALL ") + earlier;
    }
    if (!rows.empty()) {
      const Schema schema = LandingSchema(table, definition, change.replace_all);
      RowTally tally;
      change.added = WriteDataFiles(
          session.connection, session.storage,
          fmt::format("{} ORDER BY {}, {}", rows, kFileColumn, kOffsetColumn),
          {schema, TableFolder(session.lake, table.id) / "data", PiiOf(definition), session.run_id},
          &tally);
      change.checksum = tally.checksum();
    }
    StageLanding(session, change, outcome);
  }
  outcome.report.rows_in[feed.name] = static_cast<int64_t>(loaded.landing.rejected);
  outcome.report.rows_out = SummaryNumber(table, "total-records");
  outcome.report.snapshot_id = table.metadata.current_snapshot_id;
  return outcome;
}

}  // namespace stedi
