#include "engine/withdrawal.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/guards.h"
#include "engine/row_tally.h"
#include "engine/table_build.h"
#include "iceberg/identifiers.h"

namespace stedi {
namespace {

// No table of a project has a space in its name.
std::string RemainingName(const std::string& table) { return "stedi remaining " + table; }

bool IsPublished(const LakeTable& table) { return table.metadata.CurrentSnapshot() != nullptr; }

std::string NotIn(const std::string& column, const std::string& parent, const std::string& key) {
  return fmt::format("{0} NOT IN (SELECT p.{2} FROM {1} AS p WHERE p.{2} IS NOT NULL)",
                     QuoteIdentifier(column), QuoteIdentifier(parent), QuoteIdentifier(key));
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

Withdrawal::Withdrawal(const LakeSession& session, const Project& project,
                       const std::vector<size_t>& order)
    : session_(session), run_id_(session.run_id), project_(project), order_(order) {
  session_.run_id = NewUuidV7();
  for (const size_t index : order) {
    const View& view = project.views[index];
    Published published;
    published.table = OpenTable(session.storage, session.catalog,
                                {session.database_name, view.name}, session.lake);
    if (!IsPublished(published.table)) continue;
    published.gone = GoneCondition(view);
    LoadFiles(session.database, session.connection, published.table);
    const std::string rows = SelectRows(session.database, session.connection, published.table);
    if (!published.gone.empty()) {
      published.gone_rows = session.connection.Integer(
          fmt::format("SELECT count(*) FROM ({}) WHERE {}", rows, published.gone));
    }
    ShowTable(session, RemainingName(view.name),
              published.gone.empty()
                  ? rows
                  : fmt::format("SELECT * FROM ({}) WHERE ({}) IS NOT TRUE", rows, published.gone));
    if (published.gone_rows > 0) rows_.push_back({view.name, published.gone_rows});
    published_.emplace(view.name, std::move(published));
  }
}

// What is not published any more refers to nothing: its parents that are not published have no row
// that stays.
std::string Withdrawal::GoneCondition(const View& view) const {
  std::string gone;
  const auto add = [&](const std::string& condition) {
    gone += (gone.empty() ? "" : " OR ") + condition;
  };
  if (!view.consent.empty()) add(NotIn(view.consent, view.name, view.consent));
  for (const Expectation& expectation : view.expectations) {
    if (expectation.kind != "references" || expectation.action != ExpectationAction::kFail) {
      continue;
    }
    const auto parent = published_.find(expectation.references_table);
    if (parent == published_.end() || parent->second.gone.empty()) continue;
    add(NotIn(expectation.columns.front(), RemainingName(parent->first),
              expectation.references_column));
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

std::vector<std::string> Withdrawal::OutOfReach() const {
  std::vector<std::string> names;
  for (const size_t index : order_) {
    const View& view = project_.views[index];
    const auto found = published_.find(view.name);
    if (found == published_.end() || !found->second.gone.empty()) continue;
    const bool reads_people = std::ranges::any_of(view.inputs, [&](const std::string& input) {
      const auto parent = published_.find(input);
      return parent != published_.end() &&
             (parent->second.gone_rows > 0 || std::ranges::find(names, input) != names.end());
    });
    if (reads_people && SummaryNumber(found->second.table, "total-records") > 0) {
      names.push_back(view.name);
    }
  }
  return names;
}

std::vector<const LakeTable*> Withdrawal::Stage() {
  std::vector<const LakeTable*> tables;
  for (const RowsTakenOut& taken : rows_) {
    Published& published = published_.at(taken.table);
    LakeTable& table = published.table;
    SnapshotChange change;
    change.schema = table.metadata.CurrentSchema();
    change.properties = table.metadata.properties;
    change.summary["stedi.run-id"] = run_id_;
    change.summary[kTakenOut] = std::to_string(taken.rows);
    std::vector<std::string> columns;
    for (const Field& field : change.schema.fields) columns.push_back(field.name);
    change.summary[kChecksum] = ToString(
        ChecksumOf(session_.connection,
                   "SELECT * FROM " + QuoteIdentifier(RemainingName(taken.table)), columns));
    const View& view = *std::ranges::find(project_.views, taken.table, &View::name);
    RemoveRows(session_, table, published.gone, PiiOf(view), change);
    StageSnapshot(session_, table, change);
    tables.push_back(&table);
  }
  return tables;
}

}  // namespace stedi
