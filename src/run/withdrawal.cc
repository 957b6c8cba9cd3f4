#include "run/withdrawal.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "database/value_masking.h"
#include "iceberg/identifiers.h"
#include "iceberg/property_names.h"
#include "lake/damaged_files.h"
#include "lake/snapshot_update.h"
#include "rows/row_tally.h"
#include "run/copy_on_write.h"
#include "run/guards.h"
#include "run/table_contract.h"

namespace stedi {
namespace {

// No table of a project has a space in its name.
std::string RemainingName(const std::string& table) { return "stedi remaining " + table; }

bool IsPublished(const LakeTable& table) { return table.metadata.CurrentSnapshot() != nullptr; }

std::string NotIn(const std::string& column, const std::string& parent, const std::string& key) {
  return fmt::format("{0} NOT IN (SELECT p.{2} FROM {1} AS p WHERE p.{2} IS NOT NULL)",
                     QuoteIdentifier(column), QuoteIdentifier(parent), QuoteIdentifier(key));
}

// Whether rows that refer to a removed row by this expectation are removed as well.
bool PropagatesRemoval(const Expectation& expectation) {
  return KindOf(expectation).scope == ExpectationScope::kParents &&
         expectation.action == ExpectationAction::kFail;
}

}  // namespace

std::vector<const View*> TablesOfConsent(const Project& project) {
  std::vector<const View*> tables;
  for (const View& view : project.views) {
    if (!view.consent.empty()) tables.push_back(&view);
  }
  return tables;
}

std::string WithTakenOut(std::string error, const std::vector<RowsTakenOut>& rows) {
  constexpr std::string_view kNothing = "nothing was published";
  if (const size_t at = error.find(kNothing); at != std::string::npos) {
    error.replace(at, kNothing.size(), "nothing was published but withdrawals");
  }
  std::string tables;
  for (const RowsTakenOut& row : rows) {
    tables += fmt::format("{}{} from {}", tables.empty() ? "" : ", ", row.rows, row.table);
  }
  return fmt::format("{}; rows of people who withdrew were taken out: {}", error, tables);
}

Withdrawal::Withdrawal(const RunSession& session, const Project& project,
                       const std::vector<size_t>& order, const ShowRowsOfRun& show_rows_of_run)
    : session_(session), run_id_(session.run_id), project_(project), order_(order) {
  session_.run_id = NewUuidV7();
  for (const size_t index : order) {
    const View& view = project.views[index];
    if (!session.catalog.FindTable({session.database_name, view.name}).has_value()) continue;
    try {
      Find(view);
    } catch (const std::exception& error) {  // the other tables are not held up
      ThrowIfCancelled();
      untouched_[view.name] = ShownMessage(error);
      UseRowsOfRun(view, show_rows_of_run);
    }
  }
}

void Withdrawal::Find(const View& view) {
  Published published;
  published.table = OpenTable(session_, view.name);
  if (!IsPublished(published.table)) return;
  published.gone = GoneCondition(view);
  LoadDerivedFiles(session_, published.table);
  RequireFiles(session_, published.table);
  // The rows that stay in it decide which rows of other tables stay.
  if (IsReferredTo(view.name)) RequireSound(session_, published.table);
  FindIn(view, published);
  if (published.gone_rows > 0) rows_.push_back({view.name, published.gone_rows});
  if (!published.gone.empty()) left_.insert(view.name);
  published_.emplace(view.name, std::move(published));
}

void Withdrawal::FindIn(const View& view, Published& published) {
  const std::string rows = SelectRows(session_.database, session_.connection, published.table);
  if (!published.gone.empty()) {
    published.gone_rows = session_.connection.Integer(
        fmt::format("SELECT count(*) FROM ({}) WHERE {}", rows, published.gone));
  }
  CreateView(session_.connection, RemainingName(view.name),
             published.gone.empty()
                 ? rows
                 : fmt::format("SELECT * FROM ({}) WHERE ({}) IS NOT TRUE", rows, published.gone));
}

void Withdrawal::UseRowsOfRun(const View& view, const ShowRowsOfRun& show_rows_of_run) {
  const bool has_rows = !view.consent.empty() || (IsReferredTo(view.name) && show_rows_of_run &&
                                                  show_rows_of_run(view.name));
  if (!has_rows) return;
  CreateView(session_.connection, RemainingName(view.name),
             "SELECT * FROM " + QuoteIdentifier(view.name));
  left_.insert(view.name);
}

bool Withdrawal::IsReferredTo(const std::string& table) const {
  return std::ranges::any_of(project_.views, [&](const View& view) {
    return std::ranges::any_of(view.expectations, [&](const Expectation& expectation) {
      return PropagatesRemoval(expectation) && expectation.references_table == table;
    });
  });
}

std::string Withdrawal::GoneCondition(const View& view) const {
  std::string gone;
  const auto add = [&](const std::string& condition) {
    gone += (gone.empty() ? "" : " OR ") + condition;
  };
  if (!view.consent.empty()) add(NotIn(view.consent, view.name, view.consent));
  for (const Expectation& expectation : view.expectations) {
    const std::string& parent = expectation.references_table;
    if (!PropagatesRemoval(expectation) || !left_.contains(parent)) continue;
    add(NotIn(expectation.columns.front(), RemainingName(parent), expectation.references_column));
  }
  return gone;
}

int64_t Withdrawal::CountRows(const std::string& from) const {
  return session_.connection.Integer("SELECT count(*) FROM " + from);
}

bool Withdrawal::ExplainsEmpty(const std::string& table) const {
  return published_.contains(table) && CountRows(QuoteIdentifier(RemainingName(table))) == 0;
}

bool Withdrawal::ExplainsUncovered(const std::string& table, const Expectation& covers) const {
  if (!published_.contains(table) || !published_.contains(covers.references_table)) return false;
  const std::string covered = QuoteIdentifier(RemainingName(covers.references_table));
  const int64_t rows = CountRows(covered);
  const int64_t uncovered = CountRows(
      fmt::format("({})", UncoveredRows(covers, covered, QuoteIdentifier(RemainingName(table)))));
  return rows == 0 || !IsCovered(covers, rows, uncovered);
}

std::vector<std::string> Withdrawal::MayStillHold() const {
  constexpr const char* kMayHold = "may still hold people who withdrew";
  std::vector<std::string> lines;
  std::set<std::string> reached_no_way;
  for (const size_t index : order_) {
    const View& view = project_.views[index];
    if (const auto found = untouched_.find(view.name); found != untouched_.end()) {
      lines.push_back(fmt::format("{} {}: {}", view.name, kMayHold, found->second));
      continue;
    }
    const auto found = published_.find(view.name);
    if (found == published_.end() || !found->second.gone.empty()) continue;
    const bool reads_people = std::ranges::any_of(view.inputs, [&](const std::string& input) {
      const auto parent = published_.find(input);
      return untouched_.contains(input) || reached_no_way.contains(input) ||
             (parent != published_.end() && parent->second.gone_rows > 0);
    });
    if (!reads_people || RowsOf(found->second.table) == 0) continue;
    reached_no_way.insert(view.name);
    const auto unread = std::ranges::find_if(view.expectations, [&](const Expectation& one) {
      return PropagatesRemoval(one) && untouched_.contains(one.references_table);
    });
    lines.push_back(fmt::format(
        "{} {}: {}", view.name, kMayHold,
        unread == view.expectations.end()
            ? "it has no references.* that fails"
            : fmt::format("{}, which it refers to, is not readable", unread->references_table)));
  }
  return lines;
}

std::vector<const LakeTable*> Withdrawal::Stage() {
  std::vector<const LakeTable*> tables;
  std::vector<RowsTakenOut> staged;
  for (const RowsTakenOut& taken : rows_) {
    try {
      StageOne(taken);
      tables.push_back(&published_.at(taken.table).table);
      staged.push_back(taken);
    } catch (const std::exception& error) {  // the other tables are not held up
      ThrowIfCancelled();
      untouched_[taken.table] = ShownMessage(error);
    }
  }
  rows_ = std::move(staged);
  return tables;
}

void Withdrawal::StageOne(const RowsTakenOut& taken) {
  Published& published = published_.at(taken.table);
  LakeTable& table = published.table;
  SnapshotUpdate update(table, table.metadata.CurrentSchema(), table.metadata.properties, run_id_);
  std::vector<std::string> columns;
  for (const Field& field : update.schema().fields) columns.push_back(field.name);
  const TableChecksum checksum = ChecksumOf(
      session_.connection, "SELECT * FROM " + QuoteIdentifier(RemainingName(taken.table)), columns);
  update.SetSummary(kTakenOut, std::to_string(taken.rows));
  update.SetSummary(kChecksum, ToString(checksum));
  const View& view = *FindView(project_, taken.table);
  RemoveRows(session_, published.gone, WithoutBounds(view), update);
  update.Stage(session_);
}

}  // namespace stedi
