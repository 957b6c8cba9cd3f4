// The guards of one run: what becomes of one that fails, and what is told of a table that shrinks.
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
  // The outcome of a table's step of this run, readable by its name; nullptr: it had none yet.
  using FindTable = std::function<const TableOutcome*(const std::string&)>;

  // All are kept by reference but `find`.
  RunGuards(const RunSession& session, const CheckedProject& checked, const RunOptions& options,
            FindTable find)
      : session_(session), checked_(checked), options_(options), find_(std::move(find)) {}

  // Turns guards that failed into warnings where --allow-shrink says so, or where they would fail
  // for the published rows without those of people who withdrew as well: no guard holds up a no.
  void LetThrough(TableOutcome& outcome) const;

  // A line about a table that has less than half of the rows it had, though neither its definition
  // nor a parameter changed, nor those of a table that it is made from.
  std::optional<std::string> LossNote(const TableOutcome& outcome) const;

 private:
  bool IsByWithdrawal(const ExpectationReport& guard) const;
  bool IsSameDefinition(const std::string& table) const;

  const RunSession& session_;
  const CheckedProject& checked_;
  const RunOptions& options_;
  FindTable find_;
};

}  // namespace stedi
