#include "run/guards.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "pipeline/parameter_value.h"

namespace stedi {
namespace {

constexpr uint64_t kRejectedOfNewFilesMin = 10;

struct RecordCounts {
  uint64_t records = 0;  // rejected ones included
  uint64_t rejected = 0;

  bool IsBeyond(double share) const {
    return static_cast<double>(rejected) > share * static_cast<double>(records);
  }
};

// Counts the records of all files whose rows the table has after this run.
RecordCounts CountKnown(const LakeSession& session, const Feed& feed, const TableOutcome& outcome) {
  std::map<std::string, FileRecord> files;
  if (!outcome.is_rebuilt) {
    for (FileRecord& file : session.catalog.ListFiles(session.database_name, feed.name)) {
      files[file.file] = std::move(file);
    }
  }
  for (const FileRecord& file : outcome.files) files[file.file] = file;
  RecordCounts counts;
  for (const auto& [name, file] : files) {
    if (file.status == LoadStatus::kRedelivered) continue;
    counts.records += file.records + file.rejected;
    counts.rejected += file.rejected;
  }
  return counts;
}

ExpectationReport FailedGuard(const std::string& table, std::string_view name, int64_t failed,
                              std::string detail) {
  ExpectationReport report;
  report.table = table;
  report.name = name;
  report.kind = name;
  report.action = ExpectationAction::kFail;
  report.failed = failed;
  report.detail = std::move(detail);
  report.is_guard = true;
  report.is_recorded = false;
  return report;
}

// An earlier result of CountUncovered, and the states that both tables had then.
struct CountedCovers {
  int64_t uncovered = 0;  // an upper bound of the number of rows
  TableState table;
  TableState covered;
};

std::string SettingOf(const LakeSession& session, const std::string& table,
                      const std::string& covered) {
  return fmt::format("covers.{}.{}.{}", session.database_name, table, covered);
}

std::optional<CountedCovers> LastCount(const LakeSession& session, const std::string& setting) {
  const std::string text = session.catalog.GetSetting(setting).value_or("");
  const size_t first = text.find(';');
  const size_t second = first == std::string::npos ? first : text.find(';', first + 1);
  if (second == std::string::npos) return std::nullopt;
  CountedCovers last;
  const auto [end, error] = std::from_chars(text.data(), text.data() + first, last.uncovered);
  const auto table = ParseTableState(text.substr(first + 1, second - first - 1));
  const auto covered = ParseTableState(text.substr(second + 1));
  if (error != std::errc() || end != text.data() + first || !table || !covered) return std::nullopt;
  last.table = *table;
  last.covered = *covered;
  return last;
}

// Returns an upper bound of the rows without a partner: those that had none at the last count, and
// all that the covered table got since. Returns nothing if rows may have left `table`.
std::optional<int64_t> UncoveredAtMost(const LakeSession& session, const CountedCovers& last,
                                       const LakeTable& table, const LakeTable& covered) {
  if (!table.files_loaded || !covered.files_loaded) return std::nullopt;
  const auto left = DeltaSince(session.connection, table, last.table);
  if (!left.has_value() || !left->removed.empty()) return std::nullopt;
  const auto joined = DeltaSince(session.connection, covered, last.covered);
  if (!joined.has_value()) return std::nullopt;
  int64_t rows = last.uncovered;
  for (const DataFile& file : joined->added) rows += file.record_count;
  return rows;
}

// Returns an upper bound of the rows without a partner in the covered table, which has `rows` rows.
// Looks at twice as many of them as must find a partner, and counts all others as without one.
// Returns nothing if that is not much less work than looking at all rows.
std::optional<int64_t> UncoveredAtMostByPart(const LakeSession& session,
                                             const Expectation& expectation, int64_t rows,
                                             const std::string& table) {
  constexpr int64_t kWorthIt = 1'000;
  const double share = ParseShare(expectation.share).value_or(0);
  const auto part = static_cast<int64_t>(2 * share * static_cast<double>(rows));
  if (part < 1 || part > rows / 2 || rows < kWorthIt) return std::nullopt;
  const std::string some = fmt::format("(SELECT * FROM {} LIMIT {})",
                                       QuoteIdentifier(expectation.references_table), part);
  return rows - part +
         session.connection.Integer(
             fmt::format("SELECT count(*) FROM ({})",
                         UncoveredRows(expectation, some, QuoteIdentifier(table))));
}

}  // namespace

void GuardAgainstRejected(const LakeSession& session, const Feed& feed, QuarantineNews& quarantine,
                          TableOutcome& outcome) {
  const LandingSummary& landing = outcome.landing;
  const RecordCounts news{landing.records + landing.rejected, landing.rejected};
  if (!news.IsBeyond(feed.max_rejected)) return;
  if (news.rejected < kRejectedOfNewFilesMin &&
      !CountKnown(session, feed, outcome).IsBeyond(feed.max_rejected)) {
    return;
  }
  ExpectationReport report = FailedGuard(
      feed.name, kMaxRejected, static_cast<int64_t>(news.rejected),
      fmt::format("{} of {} records in {} new file{} rejected, more than the share of {} that "
                  "feed.max_rejected allows",
                  news.rejected, news.records, landing.files, landing.files == 1 ? "" : "s",
                  feed.max_rejected));
  report.examples = quarantine.Examples(feed.name);
  outcome.expectations.push_back(std::move(report));
}

void GuardAgainstEmpty(const LakeSession& session, const Project& project, const View& view,
                       TableOutcome& outcome) {
  const TableReport& report = outcome.report;
  if (view.may_be_empty_below == kAnyRows || report.rows_out > 0 || report.rows_in.empty() ||
      report.action == TableAction::kUnchanged) {
    return;
  }
  std::string inputs;
  int64_t least = kAnyRows;
  int64_t most = 0;
  for (const auto& [input, rows] : report.rows_in) {
    const TableDefinition* read = FindTable(project, input);
    if (read != nullptr && read->kind == TableKind::kRejected) continue;
    if (rows == 0) return;
    inputs += fmt::format("{}{} has {}", inputs.empty() ? "" : ", ", input, rows);
    least = std::min(least, rows);
    most = std::max(most, rows);
  }
  if (inputs.empty()) return;
  const auto last = session.catalog.LastStep(session.database_name, view.name);
  const bool had_rows = last.has_value() && last->rows_out > 0;
  if (!had_rows && least < view.may_be_empty_below) return;
  outcome.expectations.push_back(FailedGuard(
      view.name, kMayBeEmpty, most,
      fmt::format("no row, though {}; a table that may have none says 'may_be_empty' = 'true'",
                  inputs)));
}

bool IsCovered(const Expectation& covers, int64_t rows, int64_t uncovered) {
  const double share = ParseShare(covers.share).value_or(0);
  return rows < covers.rows_min ||
         static_cast<double>(rows - uncovered) >= share * static_cast<double>(rows);
}

int64_t CountUncovered(const LakeSession& session, const Expectation& expectation,
                       const TableOutcome& covered, TableOutcome& outcome) {
  const std::string& name = outcome.table.id.name;
  const std::string setting = SettingOf(session, name, expectation.references_table);
  const int64_t rows = RowsOf(covered.table);
  if (const std::optional<CountedCovers> last = LastCount(session, setting)) {
    const auto at_most = UncoveredAtMost(session, *last, outcome.table, covered.table);
    if (at_most.has_value() && IsCovered(expectation, rows, *at_most)) return 0;
  }
  const auto by_part = UncoveredAtMostByPart(session, expectation, rows, name);
  const bool part_suffices = by_part.has_value() && IsCovered(expectation, rows, *by_part);
  const int64_t uncovered =
      part_suffices ? *by_part
                    : session.connection.Integer(fmt::format(
                          "SELECT count(*) FROM ({})",
                          UncoveredRows(expectation, QuoteIdentifier(expectation.references_table),
                                        QuoteIdentifier(name))));
  outcome.settings[setting] = fmt::format("{};{};{}", uncovered, ToString(StateOf(outcome.table)),
                                          ToString(StateOf(covered.table)));
  return IsCovered(expectation, rows, uncovered) ? 0 : uncovered;
}

const ExpectationReport* FindBroken(const std::vector<ExpectationReport>& expectations) {
  const auto broken = std::ranges::find_if(expectations, [](const ExpectationReport& one) {
    return one.action == ExpectationAction::kFail && one.failed > 0;
  });
  return broken == expectations.end() ? nullptr : &*broken;
}

std::string FailedExpectationMessage(const ExpectationReport& broken) {
  return broken.is_guard ? fmt::format("{}: {} (--allow-shrink lets it through once)", broken.table,
                                       broken.detail)
                         : fmt::format("{}: expectation {} failed for {} rows", broken.table,
                                       broken.name, broken.failed);
}

ExpectationReport ReportCovers(const View& view, const Expectation& expectation, int64_t uncovered,
                               int64_t rows) {
  ExpectationReport report;
  report.table = view.name;
  report.name = expectation.name;
  report.kind = expectation.kind;
  report.action = expectation.action;
  report.failed = uncovered;
  report.is_guard = true;
  if (uncovered == 0) return report;
  std::string pairs;
  for (size_t i = 0; i < expectation.columns.size(); ++i) {
    pairs += fmt::format("{}{} = {}", pairs.empty() ? "" : " and ", expectation.columns[i],
                         expectation.covered_columns[i]);
  }
  report.detail = fmt::format(
      "{} of {} rows of {} find a partner here by {}, less than the share of {} that {} wants",
      rows - uncovered, rows, expectation.references_table, pairs, expectation.share,
      expectation.name);
  return report;
}

}  // namespace stedi
