// The guards of one run: which failed guards only warn, and the warning about a table that shrinks.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "lake/run_session.h"
#include "run/run_options.h"
#include "run/table_outcome.h"
#include "select/check.h"

namespace stedi {

class RunGuards {
 public:
  // Returns the outcome of a table's step of this run, and makes the table readable by its name;
  // nullptr if it had no step yet.
  using FindTable = std::function<const TableOutcome*(const std::string&)>;

  // All arguments except `find` are kept by reference.
  RunGuards(const RunSession& session, const CheckedProject& checked, const RunOptions& options,
            FindTable find)
      : session_(session), checked_(checked), options_(options), find_(std::move(find)) {}

  // Turns failed guards into warnings if --allow-shrink is given, or if they would also fail for
  // the published rows without those of people who withdrew: no guard may hold up a withdrawal.
  void DowngradeFailedGuards(TableOutcome& outcome) const;

  // Returns a warning about a table that has fewer than half of the rows that it had before,
  // although no definition or parameter changed, neither its own nor those of the tables it is made
  // from. Returns nothing for any other table.
  std::optional<std::string> ShrinkWarning(const TableOutcome& outcome) const;

 private:
  bool IsByWithdrawal(const ExpectationReport& guard) const;
  bool IsSameDefinition(const std::string& table) const;

  const RunSession& session_;
  const CheckedProject& checked_;
  const RunOptions& options_;
  FindTable find_;
};

}  // namespace stedi
