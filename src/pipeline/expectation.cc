#include "pipeline/expectation.h"

#include <fmt/format.h>

#include <array>
#include <cassert>

namespace stedi {
namespace {

using Action = ExpectationAction;

constexpr std::array<std::string_view, 4> kActionNames = {"fail", "warn", "drop", "quarantine"};
constexpr std::array<Action, 4> kAllActions = {Action::kFail, Action::kWarn, Action::kDrop,
                                               Action::kQuarantine};
// drop and quarantine decide about each row by itself, but these kinds look at several rows or
// tables.
constexpr std::array<Action, 2> kAuditActions = {Action::kFail, Action::kWarn};
// Readers of the table rely on NOT NULL, so the only action is to fail.
constexpr std::array<Action, 1> kFailOnly = {Action::kFail};

// Column names are plain (NameMistake()) but may be keywords of SQL, so they are quoted.
std::string Quoted(std::string_view name) { return fmt::format("\"{}\"", name); }

std::string OutsideCondition(const Expectation& expectation, std::string_view table) {
  return fmt::format("SELECT * FROM {} WHERE NOT ({})", table, expectation.condition);
}

std::string RepeatedKeys(const Expectation& expectation, std::string_view table) {
  std::string keys;
  std::string not_null;
  for (const std::string& column : expectation.columns) {
    keys += fmt::format("{}{}", keys.empty() ? "" : ", ", Quoted(column));
    not_null += fmt::format("{}{} IS NOT NULL", not_null.empty() ? "" : " AND ", Quoted(column));
  }
  return fmt::format(
      "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY {0} "
      "ORDER BY {0}) AS stedi_repetition FROM {1} WHERE {2}) WHERE stedi_repetition > 1",
      keys, table, not_null);
}

std::string WithoutParent(const Expectation& expectation, std::string_view table) {
  return fmt::format(
      "SELECT * FROM {0} AS child WHERE child.{1} IS NOT NULL AND NOT EXISTS "
      "(SELECT 1 FROM {2} AS parent WHERE parent.{3} = child.{1})",
      table, Quoted(expectation.columns.front()), Quoted(expectation.references_table),
      Quoted(expectation.references_column));
}

std::string NullRows(const Expectation& expectation, std::string_view table) {
  return fmt::format("SELECT * FROM {} WHERE {} IS NULL", table,
                     Quoted(expectation.columns.front()));
}

std::string PartnerCondition(const Expectation& expectation) {
  std::string condition;
  for (size_t i = 0; i < expectation.columns.size(); ++i) {
    condition +=
        fmt::format("{}partner.{} = covered.{}", condition.empty() ? "" : " AND ",
                    Quoted(expectation.columns[i]), Quoted(expectation.covered_columns[i]));
  }
  return condition;
}

std::string UncoveredIfTooMany(const Expectation& expectation, std::string_view table) {
  return fmt::format(
      "{0} AND (SELECT count(*) FROM {1} AS covered WHERE EXISTS (SELECT 1 FROM {2} AS partner "
      "WHERE {3})) < {4} * (SELECT CASE WHEN count(*) >= {5} THEN count(*) ELSE 0 END FROM {1} AS "
      "covered)",
      UncoveredRows(expectation, Quoted(expectation.references_table), table),
      Quoted(expectation.references_table), table, PartnerCondition(expectation), expectation.share,
      expectation.rows_min);
}

using Scope = ExpectationScope;

constexpr std::array<ExpectationKind, 5> kExpectationKinds = {{
    {"expect", "expect.<name>", Scope::kRow, kAllActions, &OutsideCondition},
    {"unique", "unique.<name>", Scope::kKey, kAuditActions, &RepeatedKeys},
    {"references", "references.<column>", Scope::kParents, kAuditActions, &WithoutParent},
    {"not_null", "not_null", Scope::kRow, kFailOnly, &NullRows},
    {kCovers, "covers.<table>", Scope::kTables, kAuditActions, &UncoveredIfTooMany},
}};

}  // namespace

std::string UncoveredRows(const Expectation& expectation, std::string_view covered,
                          std::string_view table) {
  return fmt::format(
      "SELECT * FROM {} AS covered WHERE NOT EXISTS (SELECT 1 FROM {} AS partner WHERE {})",
      covered, table, PartnerCondition(expectation));
}

std::string_view ToString(ExpectationAction action) {
  return kActionNames[static_cast<size_t>(action)];
}

std::optional<ExpectationAction> ParseExpectationAction(std::string_view text) {
  for (size_t i = 0; i < kActionNames.size(); ++i) {
    if (kActionNames[i] == text) return static_cast<ExpectationAction>(i);
  }
  return std::nullopt;
}

std::span<const ExpectationKind> ExpectationKinds() { return kExpectationKinds; }

const ExpectationKind& KindNamed(std::string_view name) {
  for (const ExpectationKind& kind : kExpectationKinds) {
    if (kind.name == name) return kind;
  }
  assert(false && "an expectation's kind is a row of kExpectationKinds");
  return kExpectationKinds.front();
}

const ExpectationKind& KindOf(const Expectation& expectation) {
  return KindNamed(expectation.kind);
}

bool RemovesRows(const Expectation& expectation) {
  return expectation.action == ExpectationAction::kDrop ||
         expectation.action == ExpectationAction::kQuarantine;
}

}  // namespace stedi
